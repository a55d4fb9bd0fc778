import { SMALL_SAMPLE } from '../format/kpi.ts';
import {
	decompose,
	ratio,
	standardErrors,
	sumCounts,
	type Counts,
	type Effect,
	type Segment
} from './decompose.ts';

/** What a change is told apart by, in the order of preference where two explain it equally well. */
export const DIMENSIONS = [
	'browser',
	'platform',
	'ecosystem',
	'application',
	'release',
	'country'
] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** The segments of each dimension that is known. */
export type Breakdown = Partial<Record<Dimension, readonly Segment[]>>;

export interface Reason {
	/**
	 * `rate`: the segment's own share moved; `mix`: it makes up more or less of the cases; `new`: it is there only now, and differs from
	 * the rest.
	 */
	kind: 'rate' | 'mix' | 'new';
	dimension: Dimension;
	segment: string;
	/** How much of the change it makes, a ratio with the change's sign. */
	effect: number;
	before: Counts;
	after: Counts;
	/** Its part of the cases, before and after. */
	weight: { before: number; after: number };
	/** All other segments of the dimension, in the period. */
	rest: Counts;
}

export interface Explanation {
	/** Of the whole share. */
	change: number;
	/** The best reason first, at most two, of dimensions that do not say the same; none where it moved alike everywhere. */
	reasons: Reason[];
}

/** Ceremonies of one person resemble each other, so the customary two standard errors would cry wolf. */
const NOTEWORTHY_ERRORS = 3;
/** A change smaller than a point is not worth a word. */
const NOTEWORTHY_POINTS = 0.01;
/** A reason makes at least so much of the change, and so much more than the segment's size would give it. */
const LEAST_PART = 0.4;
const LEAST_EXCESS = 0.2;
/** Two dimensions that say nearly the same are told apart by their order. */
const TIE = 0.05;

/** Dimensions that tell nearly the same rows apart: one of them is enough. */
const KIN: Record<Dimension, string> = {
	browser: 'browser',
	platform: 'device',
	ecosystem: 'device',
	application: 'application',
	release: 'release',
	country: 'country'
};

/** Whether a share moved by more than chance and by more than a point. */
export function isNoteworthy(before: Counts, after: Counts): boolean {
	return (
		Math.min(before.denominator, after.denominator) >= SMALL_SAMPLE &&
		Math.abs(ratio(after) - ratio(before)) >= NOTEWORTHY_POINTS &&
		standardErrors(before, after) >= NOTEWORTHY_ERRORS
	);
}

/**
 * What a change of a share is likely due to: the segment that makes up most of it beyond its size. A segment that moved as everything
 * else did explains nothing, however large it is. Undefined where the change is within noise.
 */
export function explainChange({
	before,
	after,
	breakdown
}: {
	before: Counts;
	after: Counts;
	breakdown: Breakdown;
}): Explanation | undefined {
	if (!isNoteworthy(before, after)) return undefined;
	const change = ratio(after) - ratio(before);
	const found = DIMENSIONS.flatMap((dimension) =>
		reasonsOf(dimension, breakdown[dimension] ?? [])
	).toSorted((a, b) => b.excess - a.excess);
	const leaders = found.filter(({ excess }) => excess >= (found[0]?.excess ?? 0) - TIE);
	const first = leaders.toSorted(
		(a, b) => DIMENSIONS.indexOf(a.reason.dimension) - DIMENSIONS.indexOf(b.reason.dimension)
	)[0]?.reason;
	const second = found.find(
		({ reason }) => first && KIN[reason.dimension] !== KIN[first.dimension]
	)?.reason;
	return { change, reasons: [first, second].filter((reason) => reason !== undefined) };
}

/** `excess`: which part of the change the segment makes beyond its size, 0 to 1. */
interface Ranked {
	reason: Reason;
	excess: number;
}

function reasonsOf(dimension: Dimension, segments: readonly Segment[]): Ranked[] {
	const split = decompose(segments);
	if (!split || split.change === 0) return [];
	return split.effects
		.filter(({ key }) => key !== '')
		.flatMap((effect) => {
			const { key: segment, before, after, weight } = effect;
			const rest = sumCounts(
				segments.filter(({ key }) => key !== segment).map((other) => other.after)
			);
			return contributions(dimension, effect, split.effects, rest).map(({ kind, by, size }) => {
				const part = by / split.change;
				return {
					reason: { kind, dimension, segment, effect: by, before, after, weight, rest },
					part,
					excess: part - size
				};
			});
		})
		.filter(({ part, excess }) => part >= LEAST_PART && excess >= LEAST_EXCESS);
}

/** A shift of the mix is one of all segments: of those that grew, the one that moved the whole most stands for it. */
function mostShifted(all: readonly Effect[]): Effect | undefined {
	return all
		.filter(({ key, weight }) => key !== '' && weight.after - weight.before >= NOTEWORTHY_POINTS)
		.toSorted((a, b) => Math.abs(b.mix) - Math.abs(a.mix))[0];
}

/** What a segment may have done, by how much (`by`), and how much of that its size alone would give it. */
function contributions(
	dimension: Dimension,
	effect: Effect,
	all: readonly Effect[],
	rest: Counts
): { kind: Reason['kind']; by: number; size: number }[] {
	const { before, after, weight } = effect;
	if (before.denominator === 0) {
		// What the whole would be without it: the rest alone.
		if (rest.denominator === 0 || !isNoteworthy(rest, after)) return [];
		const whole = sumCounts([rest, after]);
		return [{ kind: 'new', by: ratio(whole) - ratio(rest), size: weight.after }];
	}
	const found: { kind: Reason['kind']; by: number; size: number }[] = [];
	if (after.denominator > 0 && isNoteworthy(before, after))
		found.push({
			kind: 'rate',
			by: effect.rate,
			size: (weight.before + weight.after) / 2
		});
	// Releases replace each other: their mix always shifts, and says nothing.
	if (dimension !== 'release' && effect === mostShifted(all))
		found.push({
			kind: 'mix',
			by: all.reduce((sum, { mix }) => sum + mix, 0),
			size: LEAST_EXCESS
		});
	return found;
}
