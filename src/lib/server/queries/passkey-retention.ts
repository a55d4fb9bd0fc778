import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import {
	COUNTED,
	type FilterParameters,
	filterParameters,
	HAPPENED_IN_PERIOD,
	MATCHES_CLIENT,
	REAL
} from './filter-sql.ts';
import { listUsers } from './listed-users.ts';

/** Weeks a cohort is followed for. */
const WEEKS_FOLLOWED = 12;

/**
 * Common table expressions: `first`, the users whose first passkey was created in the period, by the week of it; `weeks`, in which
 * weeks somebody signed in, and whether by passkey. Constant text: values are bound.
 */
export const RETENTION_SQL = `
first AS
(
	SELECT user_hash, toMonday(min(day)) AS cohort, min(occurred_at) AS first_at
	FROM passkey_acts_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND day <= {to: Date}
		AND ceremony_type = 'registration' AND outcome = 'succeeded' AND user_hash != 0
	GROUP BY user_hash
	HAVING min(day) >= {from: Date} AND argMin(${MATCHES_CLIENT}, (occurred_at, ceremony_id))
),
weeks AS
(
	SELECT user_hash, toMonday(day) AS week_of, max(by_passkey) AS passkey
	FROM
	(
		SELECT user_hash, day, true AS by_passkey FROM passkey_acts_v1
		WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND day BETWEEN {from: Date} AND {to: Date}
			AND ceremony_type = 'authentication' AND outcome = 'succeeded' AND user_hash != 0
		UNION ALL
		SELECT user_hash, toDate(occurred_at, {zone: String}), false FROM signins_v1
		WHERE project_id = {project: String} AND ${COUNTED} AND ${HAPPENED_IN_PERIOD}
			AND outcome = 'succeeded' AND method != 'passkey' AND user_hash != 0
	)
	GROUP BY user_hash, week_of
)`;

/** Which week after a cohort's own a week is. */
const WEEK = `toUInt32(intDiv(dateDiff('day', f.cohort, s.week_of), 7))`;

/** Users of a cohort, all or those who came in a week, or used a passkey then: `which` is `2026-10-05.0.came`, `2026-10-05.3.used`. */
export const RETAINED = /^20\d\d-[01]\d-[0-3]\d\.\d\d?\.(came|used)$/;
export const RETAINED_SQL = `WITH ${RETENTION_SQL}, splitByChar('.', {which: String}) AS cell
	${listUsers(
		`SELECT DISTINCT f.user_hash AS of_user, f.first_at AS at
		FROM first AS f
		LEFT JOIN weeks AS s ON s.user_hash = f.user_hash
		WHERE toString(f.cohort) = cell[1] AND (cell[2] = '0'
			OR s.week_of > f.cohort AND toString(${WEEK}) = cell[2] AND (cell[3] = 'came' OR s.passkey))`,
		{ at: 'at' }
	)}`;

const query = defineQuery({
	name: 'passkey-retention',
	parameters: filterParameters,
	row: z.object({
		/** Monday of the week in which its users created their first passkey. */
		cohort: z.iso.date(),
		users: count,
		/** Weeks after that one, from 1; 0 tells the users of a cohort alone. */
		week: count,
		/** Of the users those who signed in in that week by any method, and by passkey. */
		came: count,
		used: count
	}),
	sql: `
WITH ${RETENTION_SQL}
SELECT c.cohort AS cohort, c.users AS users, w.week AS week, w.came AS came, w.used AS used
FROM (SELECT cohort, count() AS users FROM first GROUP BY cohort) AS c
LEFT JOIN
(
	SELECT f.cohort AS cohort, ${WEEK} AS week, count() AS came, countIf(s.passkey) AS used
	FROM weeks AS s
	INNER JOIN first AS f ON f.user_hash = s.user_hash
	WHERE s.week_of > f.cohort AND s.week_of + 6 <= {to: Date} AND week <= ${WEEKS_FOLLOWED}
	GROUP BY cohort, week
) AS w ON w.cohort = c.cohort
ORDER BY cohort DESC, week`
});

export interface RetentionCohort {
	cohort: string;
	users: number;
	/** One for each whole week after the cohort's own, the first first; null once the period is over. */
	weeks: ({ came: number; used: number } | null)[];
}

/**
 * Whether users go on to use the passkey they created: by the week of their first one, of those who signed in in each later week how
 * many did so by passkey. The filters choose the client that the first was created on; where they sign in later does not matter.
 * The latest cohort first.
 */
export async function readRetention(
	client: ClickHouseClient,
	parameters: FilterParameters
): Promise<RetentionCohort[]> {
	const rows = await query(client, parameters);
	const lastDay = Date.parse(parameters.to);
	return [...Map.groupBy(rows, ({ cohort }) => cohort)].map(([cohort, of]) => ({
		cohort,
		users: of[0]!.users,
		weeks: Array.from({ length: WEEKS_FOLLOWED }, (_, index) => {
			const over = Date.parse(cohort) + ((index + 2) * 7 - 1) * 86_400_000 <= lastDay;
			if (!over) return null;
			const row = of.find(({ week }) => week === index + 1);
			return { came: row?.came ?? 0, used: row?.used ?? 0 };
		})
	}));
}
