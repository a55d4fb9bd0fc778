/** A share's two counts. */
export interface Counts {
	numerator: number;
	denominator: number;
}

/** One value of a dimension, such as Android of systems, in the days compared with and in the period. */
export interface Segment {
	key: string;
	before: Counts;
	after: Counts;
}

/** What a segment did to the whole's share. Ratios, 0.01 is a point. */
export interface Effect extends Segment {
	/** Of its own share having moved, at the weight it has on average. */
	rate: number;
	/** Of it making up more or less of the cases, at its distance from the whole. */
	mix: number;
	/** Its part of the cases, before and after. */
	weight: { before: number; after: number };
}

/**
 * Splits the change of a share into what each segment's own share did and what the mix did. Exact: all effects together are the
 * change. Symmetric in before and after (each half is valued at the mean of the other, as Marshall and Edgeworth do for prices),
 * so that reading the change backwards only turns the signs. A segment without cases on one side has no own change: all of it is mix.
 * Undefined where either side has no cases.
 */
export function decompose(
	segments: readonly Segment[]
): { change: number; effects: Effect[] } | undefined {
	const before = sumCounts(segments.map((segment) => segment.before));
	const after = sumCounts(segments.map((segment) => segment.after));
	if (before.denominator === 0 || after.denominator === 0) return undefined;
	const middle = (ratio(before) + ratio(after)) / 2;
	const effects = segments.map((segment): Effect => {
		const weight = {
			before: segment.before.denominator / before.denominator,
			after: segment.after.denominator / after.denominator
		};
		const own = {
			before: ratio(segment.before.denominator > 0 ? segment.before : segment.after),
			after: ratio(segment.after.denominator > 0 ? segment.after : segment.before)
		};
		return {
			...segment,
			weight,
			rate: ((weight.before + weight.after) / 2) * (own.after - own.before),
			mix: (weight.after - weight.before) * ((own.before + own.after) / 2 - middle)
		};
	});
	return { change: ratio(after) - ratio(before), effects };
}

export function sumCounts(all: readonly Counts[]): Counts {
	return {
		numerator: all.reduce((sum, { numerator }) => sum + numerator, 0),
		denominator: all.reduce((sum, { denominator }) => sum + denominator, 0)
	};
}

/** The share; 0 of no cases, which callers have ruled out or weigh with 0. */
export function ratio({ numerator, denominator }: Counts): number {
	return denominator === 0 ? 0 : numerator / denominator;
}

/** How many standard errors apart two shares are (pooled two-proportion z). 0 where either has no cases. */
export function standardErrors(before: Counts, after: Counts): number {
	if (before.denominator === 0 || after.denominator === 0) return 0;
	const pooled = ratio(sumCounts([before, after]));
	const variance = pooled * (1 - pooled) * (1 / before.denominator + 1 / after.denominator);
	return variance === 0 ? 0 : Math.abs(ratio(after) - ratio(before)) / Math.sqrt(variance);
}

type Sides = Record<'before' | 'after', Counts>;

/** How many standard errors two moves of a share differ by, the difference of differences of four counts. 0 where any has no cases. */
export function errorsApart(one: Sides, other: Sides): number {
	const sides = [one.before, one.after, other.before, other.after];
	if (sides.some(({ denominator }) => denominator === 0)) return 0;
	const move = ({ before, after }: Sides) => ratio(after) - ratio(before);
	const apart = Math.abs(move(one) - move(other));
	const variance = sides.reduce(
		(sum, counts) => sum + (ratio(counts) * (1 - ratio(counts))) / counts.denominator,
		0
	);
	return apart === 0 ? 0 : apart / Math.sqrt(variance);
}
