import {
	durationChange,
	SMALL_SAMPLE,
	type DurationAnswer,
	type KpiDefinition
} from '../format/kpi.ts';
import { formatDuration, formatPercent } from '../format/number.ts';
import { sumCounts, type Segment } from './decompose.ts';
import {
	ANOTHER_WAY,
	noneStandsOut,
	ofSegment,
	type DescribedChange,
	type Part
} from './describe-change.ts';
import { findReasons, type Dimension, type Reason } from './explain-change.ts';

/**
 * What is timed in one segment. Its counts are of those that took longer than the whole's median before: a median moves as that share
 * does, and shares add up, as medians do not.
 */
export interface TimeSegment extends Segment {
	/** Milliseconds; null of none. */
	medians: { before: number | null; after: number | null };
}

/** Each timed sign-in is in one segment of each dimension. */
export type TimeBreakdown = Partial<Record<Dimension, readonly TimeSegment[]>>;

/** A time as the page has it. */
export interface TimeFigure {
	definition: KpiDefinition;
	duration: DurationAnswer;
	previousDuration?: DurationAnswer;
	/** Undefined: it is not told apart, and its sentence gives no reason. */
	breakdown?: TimeBreakdown;
}

/** A change of the median by less is not worth a word. */
const NOTEWORTHY_GROWTH = 0.05;
/** As of shares: times of one person resemble each other. */
const NOTEWORTHY_ERRORS = 3;

/**
 * The standard error of a median, were the times spread as widely on both sides as above it: 1.2533 σ ÷ √n, σ being the upper
 * quartile's distance ÷ 0.6745. Times have a long tail above, so it errs on the wide side.
 */
const errorOf = (p50: number, p75: number, count: number) =>
	(1.2533 * (p75 - p50)) / (0.6745 * Math.sqrt(count));

/** A time whose median moved beyond chance, in a sentence; none where it did not, or where few were timed. */
export function describeTimeChange({
	definition,
	duration,
	previousDuration,
	breakdown
}: TimeFigure): DescribedChange[] {
	const change = durationChange(definition, duration, previousDuration);
	if (!change || !isTimeNoteworthy(duration, previousDuration)) return [];
	const direction = change.direction === 'down' ? 'down' : 'up';
	const verb = direction === 'down' ? 'fell' : 'rose';
	const by = change.text.replace(/^[+−]/, '');
	const lead = `${definition.name} ${verb} by ${by} to ${formatDuration(duration.p50)} (median).`;
	return [
		{
			id: definition.id,
			direction,
			better: (direction === 'down') === definition.lowerIsBetter,
			parts: [{ text: lead }, ...(breakdown ? reasons(breakdown, { direction, duration }) : [])]
		}
	];
}

/** Whether a median moved by more than chance and by more than a twentieth. */
export function isTimeNoteworthy(now: DurationAnswer, before: DurationAnswer | undefined): boolean {
	if (now.p50 === null || now.p75 === null || before?.p50 == null || before.p75 === null)
		return false;
	if (Math.min(now.count, before.count) < SMALL_SAMPLE) return false;
	const difference = Math.abs(now.p50 - before.p50);
	const error = Math.hypot(
		errorOf(now.p50, now.p75, now.count),
		errorOf(before.p50, before.p75, before.count)
	);
	return difference >= NOTEWORTHY_GROWTH * before.p50 && difference >= NOTEWORTHY_ERRORS * error;
}

interface Whole {
	direction: 'up' | 'down';
	duration: DurationAnswer;
}

function reasons(breakdown: TimeBreakdown, whole: Whole): Part[] {
	const all = Object.values(breakdown)[0] ?? [];
	const found = findReasons({
		before: sumCounts(all.map(({ before }) => before)),
		after: sumCounts(all.map(({ after }) => after)),
		breakdown
	}).flatMap((reason) => {
		const { medians } = breakdown[reason.dimension]!.find(({ key }) => key === reason.segment)!;
		return isBorneOut(reason, medians, whole.direction) ? [{ reason, medians }] : [];
	});
	if (found.length === 0) return [{ text: ` ${noneStandsOut(breakdown)}` }];
	return found.flatMap(({ reason, medians }, index) => [
		{ text: index === 0 ? ' ' : ANOTHER_WAY },
		...sentence(reason, medians, whole.duration)
	]);
}

/** A part that is said to have moved has a median that did, the whole's way. */
function isBorneOut(
	{ kind }: Reason,
	{ before, after }: TimeSegment['medians'],
	direction: Whole['direction']
): boolean {
	if (kind !== 'rate' || before === null || after === null) return kind !== 'rate';
	return direction === 'up' ? after > before : after < before;
}

function sentence(reason: Reason, medians: TimeSegment['medians'], whole: DurationAnswer): Part[] {
	const { kind, weight } = reason;
	const cases = 'the timed sign-ins';
	const [then, now] = [formatDuration(medians.before), formatDuration(medians.after)];
	switch (kind) {
		case 'new':
			return ofSegment(
				reason,
				`is new in this period, at ${formatPercent(weight.after)} of ${cases}, and stands out: its median is ${now}, that of all ${formatDuration(whole.p50)}.`
			);
		case 'mix':
			return ofSegment(
				reason,
				`makes up ${formatPercent(weight.after)} of ${cases}, ${formatPercent(weight.before)} before; its median is ${medians.after === null ? then : now}, that of all ${formatDuration(whole.p50)}: that shift, not a change of its own, stands out.`
			);
		case 'rate':
			return ofSegment(
				reason,
				`stands out: there the median went from ${then} to ${now}, at ${formatPercent(weight.after)} of ${cases}.`
			);
	}
}
