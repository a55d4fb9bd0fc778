import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { COUNTED, MATCHES_CLIENT, REAL } from './filter-sql.ts';
import { HAPPENED_IN_SPANS, spanColumns, spanOfDay, spanParameters } from './spans-sql.ts';

/**
 * Successful sign-ins by other methods, and how many of them were of users who held a usable passkey at that moment:
 * first seen by then, not revoked by then, not refused. One row a span.
 */
export const queryKpiEnrolledSignins = defineQuery({
	name: 'kpi-enrolled-signins',
	parameters: spanParameters,
	row: z.object({
		...spanColumns,
		of_holders: count,
		/** Nobody is named for them: whether they hold a passkey is not known. */
		unnamed: count
	}),
	sql: `
WITH holdings AS
(
	SELECT user_hash, groupArray((first_seen_at, revoked_at)) AS held
	FROM credential_rows_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND user_hash != 0 AND status != 'refused'
	GROUP BY user_hash
)
SELECT
	days.1 AS span,
	days.2 AS bucket,
	countIf(arrayExists(c -> c.1 <= s.occurred_at AND ifNull(c.2 > s.occurred_at, true), h.held)) AS of_holders,
	countIf(s.user_hash = 0) AS unnamed
FROM
(
	SELECT ${spanOfDay('toDate(occurred_at, {zone: String})')} AS days, user_hash, occurred_at
	FROM signins_v1
	WHERE project_id = {project: String} AND (${HAPPENED_IN_SPANS}) AND ${MATCHES_CLIENT}
		AND outcome = 'succeeded' AND method != 'passkey'
) AS s
LEFT JOIN holdings AS h ON h.user_hash = s.user_hash
GROUP BY days
ORDER BY span, bucket`
});

export type EnrolledSigninsRow = Awaited<ReturnType<typeof queryKpiEnrolledSignins>>[number];
