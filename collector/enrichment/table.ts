/** A table of facts that an operator may give or extend: what it is called and how its bytes are read. */
export interface TableKind<Value> {
	/** Stable, as pages and logs name it. */
	name: string;
	/** Larger than any real one. */
	maxBytes: number;
	/** @throws TableError when the bytes are not such a table */
	parse(bytes: Buffer): Promise<Parsed<Value>> | Parsed<Value>;
}

export interface Parsed<Value> {
	value: Value;
	/** As the table itself says it, or a digest of it. */
	version: string;
	entries: number;
	/** When its publisher means to bring out the next: Unix epoch in milliseconds. */
	nextUpdate?: number;
}

/** How a table stands, for whoever runs the collector. Times are Unix epoch milliseconds. */
export interface TableState {
	name: string;
	/** File or address, without what may be secret in it; empty: nobody names one. */
	source: string;
	/** Empty: nothing was loaded yet. */
	version: string;
	entries: number;
	loadedAt: number | undefined;
	/** When it was last looked for. */
	triedAt: number | undefined;
	/** Why the last look failed; the last good table stays in use. */
	lastError: string | undefined;
	nextUpdate: number | undefined;
}

/** A table cannot be had or read; the message says why, in words for the operator. */
export class TableError extends Error {
	readonly code: 'source_unreachable' | 'too_large' | 'not_such_a_table' | 'not_trusted';
	constructor(code: TableError['code'], message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}
