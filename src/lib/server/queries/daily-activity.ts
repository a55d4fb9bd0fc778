import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { BUCKET, bucketParameters, REAL, WHERE_CLIENT } from './filter-sql.ts';

/** How often each activity of the daily rollup happened, bucket by bucket. What the activities are: migrations/0006. */
export const queryDailyActivity = defineQuery({
	name: 'daily-activity',
	parameters: bucketParameters,
	row: z.object({
		bucket: z.iso.date(),
		activity: z.string(),
		detail: z.string(),
		occurrences: count
	}),
	sql: `
SELECT ${BUCKET} AS bucket, activity, detail, sum(occurrences) AS occurrences
FROM daily_activity_v1
WHERE ${WHERE_CLIENT} AND ${REAL} AND activity NOT IN ('seen', 'eligible', 'capability_told')
GROUP BY bucket, activity, detail
ORDER BY bucket, activity, detail`
});

export type ActivityRow = Awaited<ReturnType<typeof queryDailyActivity>>[number];

/** The sum of the rows of an activity, of one detail or several; 0 when there are none. */
export function sumActivity(
	rows: readonly ActivityRow[],
	activity: string | readonly string[],
	detail?: string | readonly string[]
): number {
	const activities = [activity].flat();
	const details = detail === undefined ? undefined : [detail].flat();
	return rows
		.filter((row) => activities.includes(row.activity) && (details?.includes(row.detail) ?? true))
		.reduce((sum, row) => sum + row.occurrences, 0);
}
