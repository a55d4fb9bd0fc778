import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { COUNTED, MATCHES_CLIENT, REAL } from './filter-sql.ts';
import { DAYS_OF_SPANS, OF_DAYS_BY_PART, partedColumns, partedParameters } from './spans-sql.ts';

/** What kpi-passkey-holders.ts counts, of each part: by the sets that the rollup keeps, since the days of a user are told apart by no tag. */
export const queryKpiPasskeyHoldersByPart = defineQuery({
	name: 'kpi-passkey-holders-by-part',
	parameters: partedParameters,
	row: z.object({ ...partedColumns, seen: count, holders: count, test_holders: count }),
	sql: `
WITH
seen AS
(
	SELECT ${OF_DAYS_BY_PART.days} AS days, uniqExactMergeState(users) AS users
	FROM daily_activity_v1
	WHERE project_id = {project: String} AND (${DAYS_OF_SPANS}) AND ${MATCHES_CLIENT} AND activity = 'seen'
	GROUP BY days
),
ends AS
(
	SELECT days, multiIf(days.1 = 'compared', {compared_to: Date}, days.1 = 'whole', {to: Date},
		{bucket: String} = 'day', days.2, {bucket: String} = 'week', least(addDays(days.2, 6), {to: Date}), {to: Date}) AS last_day
	FROM seen
),
held AS
(
	SELECT e.days AS days, uniqExactState(c.user_hash) AS users, uniqExactStateIf(c.user_hash, c.test_authenticator) AS test_users
	FROM
	(
		SELECT user_hash, test_authenticator, toDate(first_seen_at, {zone: String}) AS first_day, toDate(revoked_at, {zone: String}) AS revoked_day
		FROM credential_rows_v1
		WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND user_hash != 0 AND status != 'refused'
	) AS c
	CROSS JOIN ends AS e
	WHERE c.first_day <= e.last_day AND (c.revoked_day IS NULL OR c.revoked_day > e.last_day)
	GROUP BY e.days
)
SELECT
	${OF_DAYS_BY_PART.columns},
	uniqExactMergeIf(users, side = 'seen') AS seen,
	-- In both sets: one and the other, less those in either.
	seen + uniqExactMergeIf(users, side = 'held') - uniqExactMergeIf(users, side != 'tests') AS holders,
	seen + uniqExactMergeIf(users, side = 'tests') - uniqExactMergeIf(users, side != 'held') AS test_holders
FROM
(
	SELECT days, 'seen' AS side, users FROM seen
	UNION ALL
	SELECT days, set.1 AS side, set.2 AS users FROM (SELECT days, arrayJoin([('held', users), ('tests', test_users)]) AS set FROM held)
)
GROUP BY days
ORDER BY span, bucket`
});
