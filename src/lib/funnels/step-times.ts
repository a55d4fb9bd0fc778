import { formatDuration } from '../format/number.ts';

interface Timed {
	median_ms: number | null;
	p90_ms: number | null;
}

/** How long after the step before it a step was taken; empty where that is not known. */
export function laterNote(median_ms: number | null): string {
	if (median_ms === null) return '';
	return median_ms === 0 ? 'at once (median)' : `${formatDuration(median_ms)} later (median)`;
}

/** What a step means, and how long after the one before it was taken. */
export const stepNote = (meaning: string, { median_ms }: Pick<Timed, 'median_ms'>): string =>
	[meaning, laterNote(median_ms)].filter(Boolean).join('; ');

/** The columns of a funnel's table that tell the time from step to step. */
export const STEP_TIME_COLUMNS = [
	{
		key: 'median',
		label: 'Median from the step before',
		align: 'end' as const,
		value: ({ median_ms }: Timed) => formatDuration(median_ms)
	},
	{
		key: 'p90',
		label: '90 % within',
		align: 'end' as const,
		value: ({ p90_ms }: Timed) => formatDuration(p90_ms)
	}
];
