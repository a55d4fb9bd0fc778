import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { COUNTED, MATCHES_CLIENT_THEN, REAL } from './filter-sql.ts';
import {
	HAPPENED_IN_SPANS,
	OF_MOMENTS,
	OF_MOMENTS_BY_PART,
	partedColumns,
	partedParameters,
	spanColumns,
	spanParameters,
	type SpanSql
} from './spans-sql.ts';

/** What users hold or held, `held`: when each passkey was first seen, and when it was revoked. */
export const HOLDINGS = `SELECT user_hash, groupArray((first_seen_at, revoked_at)) AS held
	FROM credential_rows_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND user_hash != 0 AND status != 'refused'
	GROUP BY user_hash`;

/** That the user of a sign-in `s` held a usable passkey at that moment, of holdings `h`. */
export const HELD_THEN = `arrayExists(c -> c.1 <= s.occurred_at AND ifNull(c.2 > s.occurred_at, true), h.held)`;

const counts = {
	of_holders: count,
	/** Nobody is named for them: whether they hold a passkey is not known. */
	unnamed: count
};

const sql = ({ days, columns }: SpanSql) => `
WITH holdings AS
(
	${HOLDINGS}
)
SELECT
	${columns},
	countIf(${HELD_THEN}) AS of_holders,
	countIf(s.user_hash = 0) AS unnamed
FROM
(
	SELECT ${days} AS days, user_hash, occurred_at
	FROM signins_v1
	WHERE project_id = {project: String} AND (${HAPPENED_IN_SPANS}) AND ${MATCHES_CLIENT_THEN}
		AND outcome = 'succeeded' AND method != 'passkey'
) AS s
LEFT JOIN holdings AS h ON h.user_hash = s.user_hash
GROUP BY days
ORDER BY span, bucket`;

/**
 * Successful sign-ins by other methods, and how many of them were of users who held a usable passkey at that moment:
 * first seen by then, not revoked by then, not refused. One row a span.
 */
export const queryKpiEnrolledSignins = defineQuery({
	name: 'kpi-enrolled-signins',
	parameters: spanParameters,
	row: z.object({ ...spanColumns, ...counts }),
	sql: sql(OF_MOMENTS)
});

/** The same of each part. */
export const queryKpiEnrolledSigninsByPart = defineQuery({
	name: 'kpi-enrolled-signins-by-part',
	parameters: partedParameters,
	row: z.object({ ...partedColumns, ...counts }),
	sql: sql(OF_MOMENTS_BY_PART)
});
