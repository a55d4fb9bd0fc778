import {
	durationChange,
	SMALL_SAMPLE,
	type DurationAnswer,
	type KpiDefinition
} from '../format/kpi.ts';
import { formatDuration } from '../format/number.ts';
import type { DescribedChange } from './describe-change.ts';

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
	previousDuration
}: {
	definition: KpiDefinition;
	duration: DurationAnswer;
	previousDuration?: DurationAnswer;
}): DescribedChange[] {
	const change = durationChange(definition, duration, previousDuration);
	if (!change || !previousDuration || !isNoteworthy(duration, previousDuration)) return [];
	const verb = change.direction === 'down' ? 'fell' : 'rose';
	const by = change.text.replace(/^[+−]/, '');
	return [
		{
			id: definition.id,
			direction: change.direction === 'down' ? 'down' : 'up',
			better: (change.direction === 'down') === definition.lowerIsBetter,
			parts: [
				{ text: `${definition.name} ${verb} by ${by} to ${formatDuration(duration.p50)} (median).` }
			]
		}
	];
}

function isNoteworthy(now: DurationAnswer, before: DurationAnswer): boolean {
	if (now.p50 === null || now.p75 === null || before.p50 === null || before.p75 === null)
		return false;
	if (Math.min(now.count, before.count) < SMALL_SAMPLE) return false;
	const difference = Math.abs(now.p50 - before.p50);
	const error = Math.hypot(
		errorOf(now.p50, now.p75, now.count),
		errorOf(before.p50, before.p75, before.count)
	);
	return difference >= NOTEWORTHY_GROWTH * before.p50 && difference >= NOTEWORTHY_ERRORS * error;
}
