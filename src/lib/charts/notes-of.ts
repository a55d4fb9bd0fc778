import { bucketStart } from '../filters.ts';
import { localDay } from '../zone/local-day.ts';
import type { BucketWidth, TimeSeries } from './time-series.ts';

/** What was noted on the days of a bucket, in order; of hours, at the first of the day. */
export function notesOf(
	{ annotations = [], ...width }: BucketWidth & Pick<TimeSeries, 'annotations'>,
	bucket: string
): string[] {
	const isIn = (day: string) =>
		width.bucket === 'hour'
			? day === dayBegunAt(bucket, width.zone)
			: bucketStart(day, width.bucket) === bucket;
	return annotations.filter(({ day }) => isIn(day)).map(({ text }) => text);
}

/** The local day whose first moment this is. */
function dayBegunAt(moment: string, zone: string): string | undefined {
	const at = Date.parse(moment);
	const day = localDay(at, zone);
	return localDay(at - 1, zone) === day ? undefined : day;
}
