/** One measurement: ours beside a reference taken in the same run, on the same machine. */
export interface BenchResult {
	name: string;
	ours: number;
	/** A limit or a peer; undefined when there is none. */
	reference: number;
	unit: string;
	/** ours ÷ reference. */
	ratio: number;
	/** What the reference is. Shown in the table only. */
	against: string;
	/** It must not be so: the run ends with 1. */
	failed?: boolean;
}

export interface BenchOptions {
	/** Ceremonies of the largest database; absent: a small number. */
	rows?: number;
	/** Where databases of a size are kept for the next run; absent: made anew and removed. */
	dataDir?: string;
	/** Paths of pages; absent: all. */
	pages?: string[];
}

/** A part of `npm run bench`: one file in `bench/`, exporting this as `part`. */
export interface BenchPart {
	name: string;
	/** At most half a minute or so, unless more is asked for. */
	run(options: BenchOptions): Promise<BenchResult[]>;
}

export function result(fields: Omit<BenchResult, 'ratio'>): BenchResult {
	return { ...fields, ratio: fields.ours / fields.reference };
}
