import type { Dimension as AnyDimension } from '../breakdown/dimensions.ts';
import { SMALL_SAMPLE } from '../format/kpi.ts';
import {
	decompose,
	errorsApart,
	ratio,
	standardErrors,
	sumCounts,
	type Counts,
	type Effect,
	type Segment
} from './decompose.ts';

/** What a change is told apart by, in the order of preference where two explain it equally well. The provider and creations are of passkeys alone. */
export const DIMENSIONS = [
	'provider',
	'browser',
	'platform',
	'ecosystem',
	'created_platform',
	'application',
	'release',
	'created_release',
	'country'
] as const satisfies readonly AnyDimension[];

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
	/** Its part of the whole's cases, before and after. */
	weight: { before: number; after: number };
	/** All other segments of the dimension together. */
	rest: { before: Counts; after: Counts };
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
/** Who is in two segments counts in both: where they together move by less than this part of the whole's change, they do not tell of it. */
const LEAST_TOLD = 0.5;
/** Two dimensions that say nearly the same are told apart by their order. */
const TIE = 0.05;

/** Dimensions that tell nearly the same rows apart: one of them is enough. */
const KIN: Record<Dimension, string> = {
	provider: 'device',
	browser: 'browser',
	platform: 'device',
	ecosystem: 'device',
	created_platform: 'device',
	application: 'application',
	release: 'release',
	created_release: 'release',
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

/** The whole of a share, and its segments by each dimension that is known. */
interface Told {
	before: Counts;
	after: Counts;
	breakdown: Breakdown;
}

/** What a change of a share is likely due to. Undefined where the change is within noise. */
export function explainChange(told: Told): Explanation | undefined {
	const { before, after } = told;
	if (!isNoteworthy(before, after)) return undefined;
	return { change: ratio(after) - ratio(before), reasons: findReasons(told) };
}

/**
 * The segment that makes up most of a change beyond its size, and one of another dimension. A segment that moved as everything else did
 * explains nothing, however large it is.
 */
export function findReasons({ breakdown, ...whole }: Told): Reason[] {
	const found = DIMENSIONS.flatMap((dimension) =>
		reasonsOf(dimension, breakdown[dimension] ?? [], whole)
	).toSorted((a, b) => b.excess - a.excess);
	const leaders = found.filter(({ excess }) => excess >= (found[0]?.excess ?? 0) - TIE);
	const first = leaders.toSorted(
		(a, b) => DIMENSIONS.indexOf(a.reason.dimension) - DIMENSIONS.indexOf(b.reason.dimension)
	)[0]?.reason;
	const second = found.find(
		({ reason }) => first && KIN[reason.dimension] !== KIN[first.dimension]
	)?.reason;
	return [first, second].filter((reason) => reason !== undefined);
}

/** `excess`: which part of the change the segment makes beyond its size, 0 to 1. */
interface Ranked {
	reason: Reason;
	excess: number;
}

function reasonsOf(
	dimension: Dimension,
	segments: readonly Segment[],
	whole: Omit<Told, 'breakdown'>
): Ranked[] {
	const split = decompose(segments);
	const change = ratio(whole.after) - ratio(whole.before);
	if (!split || change === 0 || split.change / change < LEAST_TOLD) return [];
	return split.effects
		.filter(({ key }) => key !== '')
		.flatMap((effect) => {
			const { key: segment, before, after } = effect;
			const rest = restOf(segments, segment);
			const weight = {
				before: before.denominator / whole.before.denominator,
				after: after.denominator / whole.after.denominator
			};
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

function restOf(segments: readonly Segment[], segment: string): Reason['rest'] {
	const others = segments.filter(({ key }) => key !== segment);
	return {
		before: sumCounts(others.map(({ before }) => before)),
		after: sumCounts(others.map(({ after }) => after))
	};
}

/** A shift of the mix is one of all segments: of those that grew and moved the whole its way, the one that did most stands for it. */
function mostShifted(all: readonly Effect[], shift: number): Effect | undefined {
	return all
		.filter((effect) => effect.key !== '' && effect.mix * shift > 0 && hasGrown(effect, all))
		.toSorted((a, b) => Math.abs(b.mix) - Math.abs(a.mix))[0];
}

/** It makes up more of the cases, by a point and beyond chance. */
function hasGrown({ before, after, weight }: Effect, all: readonly Effect[]): boolean {
	const weightOf = ({ denominator }: Counts, whole: readonly Counts[]) => ({
		numerator: denominator,
		denominator: sumCounts(whole).denominator
	});
	return (
		weight.after - weight.before >= NOTEWORTHY_POINTS &&
		standardErrors(
			weightOf(
				before,
				all.map((one) => one.before)
			),
			weightOf(
				after,
				all.map((one) => one.after)
			)
		) >= NOTEWORTHY_ERRORS
	);
}

/** What a segment may have done, by how much (`by`), and how much of that its size alone would give it. */
function contributions(
	dimension: Dimension,
	effect: Effect,
	all: readonly Effect[],
	rest: Reason['rest']
): { kind: Reason['kind']; by: number; size: number }[] {
	const { before, after, weight } = effect;
	if (before.denominator === 0) {
		// What the whole would be without it: the rest alone.
		if (rest.after.denominator === 0 || !isNoteworthy(rest.after, after)) return [];
		const whole = sumCounts([rest.after, after]);
		return [{ kind: 'new', by: ratio(whole) - ratio(rest.after), size: weight.after }];
	}
	const found: { kind: Reason['kind']; by: number; size: number }[] = [];
	// Beyond chance, and otherwise than the rest beyond chance.
	if (isNoteworthy(before, after) && errorsApart(effect, rest) >= NOTEWORTHY_ERRORS)
		found.push({ kind: 'rate', by: effect.rate, size: (weight.before + weight.after) / 2 });
	const shift = all.reduce((sum, { mix }) => sum + mix, 0);
	// Releases replace each other: their mix always shifts, and says nothing.
	if (dimension !== 'release' && effect === mostShifted(all, shift))
		found.push({ kind: 'mix', by: shift, size: LEAST_EXCESS });
	return found;
}
