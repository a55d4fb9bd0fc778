import { bucketStart } from '../filters.ts';
import type { TimeSeries } from './time-series.ts';

/** What was noted on the days of a bucket, in order. */
export function notesOf(
	{ bucket: width, annotations = [] }: Pick<TimeSeries, 'bucket' | 'annotations'>,
	bucket: string
): string[] {
	if (width === 'hour') return [];
	return annotations
		.filter(({ day }) => bucketStart(day, width) === bucket)
		.map(({ text }) => text);
}
