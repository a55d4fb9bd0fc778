import type { AlertRule } from '../../../settings/alert-rules.ts';
import { fisherExact } from '../statistics/fisher-exact.ts';
import { wallClock } from '../zone/local-day.ts';

/** What a rule's measure is counted in; `group`: it looks for what was never seen before. */
export type AlertUnit = 'share' | 'duration' | 'count' | 'group';

/** A measure in one hour or day. */
export interface AlertPoint {
	/** First moment of the hour, ISO 8601 in UTC; or the project's day, `YYYY-MM-DD`. */
	at: string;
	/** Of a share; else null. */
	numerator: number | null;
	/** Cases: what a share divides by, how many times a median is of, or the count itself. */
	denominator: number;
	/** A share (1 is all), a median in milliseconds, or a count. Null: nothing to say. */
	value: number | null;
	/** The hour or day has ended. */
	over: boolean;
}

/** The same measure on the same weekday, and at the same hour, of the four weeks before. */
export interface AlertBaseline {
	value: number;
	numerator: number | null;
	denominator: number;
	/** How many of the four weeks had enough cases. */
	weeks: number;
}

export interface JudgedPoint extends AlertPoint {
	/** Of rules that compare; undefined: there is nothing to compare with. */
	baseline: AlertBaseline | undefined;
	fires: boolean;
	/** Why neither yes nor no can be said. */
	undecided: 'too_few' | 'nothing_before' | 'not_over' | undefined;
}

const WEEKS = 4;
const DAY_MS = 86_400_000;
/** Rules that compare a share look every day for months: what chance alone makes of it so rarely is no chance. */
const CHANCE = 0.001;

/**
 * Which points a rule fires on. Points are in order and without gaps, those it compares with among them.
 * A count is judged downwards only when its hour or day is over; a share or a time as soon as it has enough cases.
 */
export function judgePoints({
	rule,
	unit,
	points,
	zone
}: {
	rule: AlertRule;
	unit: AlertUnit;
	points: readonly AlertPoint[];
	/** The project's time zone: nine in the morning is nine by its clock, in summer as in winter. */
	zone: string;
}): JudgedPoint[] {
	const clock = ({ at }: AlertPoint) =>
		at.length > 10 ? wallClock(Date.parse(at), zone).getTime() : Date.parse(at);
	const byTime = new Map(points.map((point) => [clock(point), point]));
	const earlier = (point: AlertPoint): AlertPoint[] =>
		Array.from({ length: WEEKS }, (_, week) =>
			byTime.get(clock(point) - (week + 1) * 7 * DAY_MS)
		).filter((one) => one !== undefined);
	return points.map((point, index) => {
		if (rule.condition === 'absent')
			return judgeAbsence({ rule, window: windowAt(points, index, rule.threshold), earlier });
		if (rule.condition === 'above' || rule.condition === 'below')
			return { ...point, baseline: undefined, ...judgeThreshold(rule, unit, point) };
		const baseline = toBaseline(unit, earlier(point), rule.minimum);
		return { ...point, baseline, ...judgeChange(rule, unit, point, baseline) };
	});
}

type Verdict = Pick<JudgedPoint, 'fires' | 'undecided'>;
const NO: Verdict = { fires: false, undecided: undefined };
const YES: Verdict = { fires: true, undecided: undefined };
const cannotSay = (undecided: NonNullable<JudgedPoint['undecided']>): Verdict => ({
	fires: false,
	undecided
});

function judgeThreshold(rule: AlertRule, unit: AlertUnit, point: AlertPoint): Verdict {
	const { value, denominator, over } = point;
	if (unit !== 'count' && (value === null || denominator < rule.minimum))
		return cannotSay('too_few');
	if (value === null) return cannotSay('too_few');
	const limit = toValue(rule.threshold, unit);
	if (rule.condition === 'above') return value > limit ? YES : NO;
	if (unit === 'count' && !over) return cannotSay('not_over');
	return value < limit ? YES : NO;
}

function judgeChange(
	rule: AlertRule,
	unit: AlertUnit,
	point: AlertPoint,
	baseline: AlertBaseline | undefined
): Verdict {
	const { value, denominator, over } = point;
	if (!baseline) return cannotSay('nothing_before');
	if (value === null || (unit !== 'count' && denominator < rule.minimum))
		return cannotSay('too_few');
	if (unit === 'count' && rule.condition === 'falls' && !over) return cannotSay('not_over');
	const by = unit === 'share' ? value - baseline.value : value / baseline.value - 1;
	const wanted = rule.threshold / 100;
	const moved = rule.condition === 'rises' ? by >= wanted : by <= -wanted;
	if (!moved) return NO;
	return unit === 'share' && couldBeChance(point, baseline) ? NO : YES;
}

function couldBeChance(point: AlertPoint, baseline: AlertBaseline): boolean {
	const [a, c] = [point.numerator ?? 0, baseline.numerator ?? 0];
	const table = { a, b: point.denominator - a, c, d: baseline.denominator - c };
	return fisherExact(table) >= CHANCE;
}

/** Shares and times of weeks with enough cases, weighted by them; of counts the mean, where that is enough. */
function toBaseline(
	unit: AlertUnit,
	weeks: readonly AlertPoint[],
	minimum: number
): AlertBaseline | undefined {
	if (weeks.length === 0) return undefined;
	const total = (list: readonly AlertPoint[], of: (point: AlertPoint) => number) =>
		list.reduce((sum, point) => sum + of(point), 0);
	if (unit === 'count') {
		const value = total(weeks, (point) => point.value ?? 0) / weeks.length;
		const enough = value > 0 && value >= minimum;
		return enough ? { value, numerator: null, denominator: value, weeks: weeks.length } : undefined;
	}
	const enough = weeks.filter(
		({ value, denominator }) => value !== null && denominator > 0 && denominator >= minimum
	);
	if (enough.length === 0) return undefined;
	const denominator = total(enough, (point) => point.denominator);
	const numerator = unit === 'share' ? total(enough, (point) => point.numerator ?? 0) : null;
	const value =
		numerator === null
			? total(enough, (point) => point.value! * point.denominator) / denominator
			: numerator / denominator;
	return { value, numerator, denominator, weeks: enough.length };
}

/** Nothing in a row of hours or days that had enough in the weeks before: nights and closed days are none. */
function judgeAbsence({
	rule,
	window,
	earlier
}: {
	rule: AlertRule;
	window: readonly AlertPoint[];
	earlier: (point: AlertPoint) => AlertPoint[];
}): JudgedPoint {
	const last = window.at(-1)!;
	const cases = (list: readonly AlertPoint[]) =>
		list.reduce((sum, { denominator }) => sum + denominator, 0);
	const before = window.map(earlier);
	const weeks = Math.min(...before.map((list) => list.length));
	const usual = weeks > 0 ? cases(before.flatMap((list) => list.slice(0, weeks))) / weeks : 0;
	const baseline =
		weeks > 0 && usual > 0
			? { value: usual, numerator: null, denominator: usual, weeks }
			: undefined;
	const judged = (verdict: Verdict) => ({ ...last, baseline, ...verdict });
	if (cases(window) > 0) return judged(NO);
	if (!last.over || window.length < rule.threshold) return judged(cannotSay('not_over'));
	if (!baseline || usual < rule.minimum) return judged(cannotSay('nothing_before'));
	return judged(YES);
}

const windowAt = (points: readonly AlertPoint[], index: number, length: number) =>
	points.slice(Math.max(0, index + 1 - length), index + 1);

/** A threshold as people write it, in the measure's own unit: a share of 1, milliseconds, a count. */
export function toValue(threshold: number, unit: AlertUnit): number {
	if (unit === 'share') return threshold / 100;
	return unit === 'duration' ? threshold * 1_000 : threshold;
}
