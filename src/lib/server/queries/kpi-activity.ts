import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { MATCHES_CLIENT, REAL } from './filter-sql.ts';
import {
	DAYS_OF_SPANS,
	OF_DAYS_BY_PART,
	OF_DAYS,
	partedColumns,
	partedParameters,
	spanColumns,
	spanParameters,
	type SpanSql
} from './spans-sql.ts';

const counts = {
	/** Ceremonies started by a user's action that ended one way or another. */
	started: count,
	cancelled: count,
	failed: count,
	/** Never ended. */
	abandoned: count,
	/** Conditional requests nobody picked a passkey in: in none of the counts above. */
	untouched: count,
	synthetic_started: count,
	/** With a virtual authenticator. */
	test_signins: count,
	passkey_signins: count,
	other_signins: count,
	synthetic_signins: count,
	fell_back_no_passkey: count,
	fell_back_failed: count,
	fell_back_by_choice: count
};

const sql = ({ days, columns }: SpanSql) => `
WITH
	activity IN ('registration', 'authentication') AS is_started,
	activity = 'authentication' AND detail = 'succeeded' AS is_passkey_signin
SELECT
	${columns},
	sumIf(occurrences, is_started) AS started,
	sumIf(occurrences, is_started AND detail = 'cancelled') AS cancelled,
	sumIf(occurrences, is_started AND detail = 'failed') AS failed,
	sumIf(occurrences, is_started AND detail = 'abandoned') AS abandoned,
	sumIf(occurrences, activity = 'untouched') AS untouched,
	sumIf(occurrences, is_started AND synthetic) AS synthetic_started,
	sumIf(occurrences, is_passkey_signin AND test_authenticator) AS test_signins,
	sumIf(occurrences, is_passkey_signin) AS passkey_signins,
	sumIf(occurrences, activity = 'signin') AS other_signins,
	sumIf(occurrences, synthetic AND (is_passkey_signin OR activity = 'signin')) AS synthetic_signins,
	sumIf(occurrences, activity = 'fallback' AND detail = 'no_passkey_here') AS fell_back_no_passkey,
	sumIf(occurrences, activity = 'fallback' AND detail = 'ceremony_failed') AS fell_back_failed,
	sumIf(occurrences, activity = 'fallback' AND detail = 'user_choice') AS fell_back_by_choice
FROM
(
	SELECT activity, detail, synthetic, test_authenticator, occurrences, ${days} AS days
	FROM daily_activity_v1
	WHERE project_id = {project: String} AND (${DAYS_OF_SPANS}) AND ${MATCHES_CLIENT} AND ${REAL}
		AND activity NOT IN ('seen', 'eligible', 'capability_told')
)
GROUP BY days
ORDER BY span, bucket`;

/** What the daily rollup adds up: ceremonies started by users and how they ended, sign-ins by any method, fallbacks. One row a span. */
export const queryKpiActivity = defineQuery({
	name: 'kpi-activity',
	parameters: spanParameters,
	row: z.object({ ...spanColumns, ...counts }),
	sql: sql(OF_DAYS)
});

/** The same of each part. */
export const queryKpiActivityByPart = defineQuery({
	name: 'kpi-activity-by-part',
	parameters: partedParameters,
	row: z.object({ ...partedColumns, ...counts }),
	sql: sql(OF_DAYS_BY_PART)
});
