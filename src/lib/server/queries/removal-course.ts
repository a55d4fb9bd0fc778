import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { Filters } from '../../filters.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { countsByBucket, type CountsOfBucket } from './counts-by-bucket.ts';
import { COUNTED, filterParameters, REAL, toParameters } from './filter-sql.ts';
import { SEEN_SQL } from './sync-coverage.ts';
import { lastDays, STATES_SQL } from './sync-states-over-time.ts';

/**
 * Users who could do without a password at the end of each of the days asked for, and all that were seen by then: the figure
 * `password_removal_ready` over time. Users are followed one by one, whatever the number of days.
 */
export const queryRemovalCourse = defineQuery({
	name: 'removal-course',
	parameters: filterParameters.extend({ days: z.array(z.iso.date()) }),
	row: z.object({ day: z.iso.date(), ready_users: count, seen_users: count }),
	sql: `
WITH ${STATES_SQL},
${SEEN_SQL},
used AS
(
	SELECT credential_hash, groupUniqArray(day) AS used_on
	FROM passkey_acts_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND day BETWEEN {from: Date} - 59 AND {to: Date}
		AND ceremony_type = 'authentication' AND outcome = 'succeeded'
	GROUP BY credential_hash
),
people AS
(
	SELECT user_hash, groupArray((states, if(isNull(last_used_day), used_on, arrayPushBack(used_on, assumeNotNull(last_used_day))))) AS passkeys
	FROM steps
	LEFT JOIN used ON used.credential_hash = steps.credential_hash
	WHERE user_hash != 0 AND notEmpty(states) AND user_hash IN (SELECT user_hash FROM seen)
	GROUP BY user_hash
)
SELECT day, r.ready_users AS ready_users, s.seen_users AS seen_users
FROM
(
	SELECT arrayJoin(arrayMap(one -> toDate(one), {days: Array(String)})) AS day, sumIf(users, first_day <= day) AS seen_users
	FROM (SELECT toDate(first_seen_at, {zone: String}) AS first_day, count() AS users FROM seen GROUP BY first_day)
	GROUP BY day
) AS s
LEFT JOIN
(
	SELECT
		day,
		countIf((length(held) >= 2 OR arrayExists(one -> one.1 = 'synced', held)) AND arrayExists(one -> one.2, held)) AS ready_users
	FROM
	(
		SELECT
			arrayJoin(arrayMap(one -> toDate(one), {days: Array(String)})) AS day,
			arrayFilter(one -> one.1 != '', arrayMap(passkey -> (
				arrayLast(s -> s.1 <= day, passkey.1).2,
				arrayExists(used_day -> used_day BETWEEN day - 59 AND day, passkey.2)), passkeys)) AS held
		FROM people
	)
	GROUP BY day
) AS r ON r.day = s.day
ORDER BY day`
});

const COUNTS = ['ready_users', 'seen_users'] as const;

/** How many could do without a password at the end of a bucket. */
export type RemovalOfBucket = CountsOfBucket<(typeof COUNTS)[number]>;

/** The course of readiness to drop the password over a chart's buckets. */
export async function readRemovalCourse({
	client,
	filters,
	firstDay
}: {
	client: ClickHouseClient;
	filters: Filters;
	/** The project's first day with data. */
	firstDay: string;
}): Promise<RemovalOfBucket[]> {
	const days = lastDays(filters);
	const rows = await queryRemovalCourse(client, { ...toParameters(filters), days });
	const byDay = new Map(rows.map((row) => [row.day, row]));
	return countsByBucket(COUNTS, {
		...{ filters, firstDay },
		rowOf: (_, index) => byDay.get(days[index]!)
	});
}
