import { bucketStart } from '../filters.ts';
import { localDay } from '../zone/local-day.ts';
import type { BucketWidth, TimeSeries } from './time-series.ts';

/** What was noted on the days of a bucket, in order; of hours, at the first one of the day that the chart has. */
export function notesOf(
	{
		annotations = [],
		buckets,
		...width
	}: BucketWidth & Pick<TimeSeries, 'annotations' | 'buckets'>,
	bucket: string
): string[] {
	const isIn = (day: string) =>
		width.bucket === 'hour'
			? localDay(Date.parse(bucket), width.zone) === day &&
				(bucket === buckets[0] || beginsDay(bucket, width.zone))
			: bucketStart(day, width.bucket) === bucket;
	return annotations.filter(({ day }) => isIn(day)).map(({ text }) => text);
}

/** Whether a local day begins at this moment. */
function beginsDay(moment: string, zone: string): boolean {
	const at = Date.parse(moment);
	return localDay(at - 1, zone) !== localDay(at, zone);
}
