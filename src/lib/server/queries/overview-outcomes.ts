import { COUNTED_OUTCOMES, type Outcome } from '../../format/names.ts';
import { bucketOf, listBuckets, shiftDay, type DayRange } from '../../filters.ts';
import type { ActivityRow } from './daily-activity.ts';

/** Ceremonies started by users, by how they ended; null before anything was collected. */
export type OutcomesRow = { bucket: string; total: number | null } & Record<
	Exclude<Outcome, 'pending' | 'untouched'>,
	number | null
>;

/** One row a bucket, those in which nothing happened included. */
export function outcomesByBucket({
	rows,
	range,
	firstDay
}: {
	rows: readonly ActivityRow[];
	range: DayRange;
	/** The project's first day with data; a bucket before it is unknown, not 0. */
	firstDay: string;
}): OutcomesRow[] {
	const counts = new Map<string, number>();
	for (const { bucket, activity, detail, occurrences } of rows)
		if (activity === 'registration' || activity === 'authentication')
			counts.set(`${bucket} ${detail}`, (counts.get(`${bucket} ${detail}`) ?? 0) + occurrences);
	return listBuckets(range).map((bucket) => {
		const known = isCollected({ bucket, range, firstDay });
		const values = COUNTED_OUTCOMES.map((outcome) =>
			known ? (counts.get(`${bucket} ${outcome}`) ?? 0) : null
		);
		return {
			bucket,
			...Object.fromEntries(COUNTED_OUTCOMES.map((outcome, index) => [outcome, values[index]])),
			total: known ? values.reduce<number>((sum, value) => sum + (value ?? 0), 0) : null
		} as OutcomesRow;
	});
}

/** Whether a bucket reaches into the time the project has sent from. */
export function isCollected({
	bucket,
	range,
	firstDay
}: {
	bucket: string;
	range: DayRange;
	firstDay: string;
}): boolean {
	const last = bucketOf(range) === 'week' ? shiftDay(bucket, 6) : bucket;
	return firstDay !== NEVER && last >= firstDay;
}

/** ClickHouse's minimum of no days. */
const NEVER = '1970-01-01';
