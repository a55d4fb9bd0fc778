import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { BUCKET, bucketParameters, WHERE_CLIENT } from './filter-sql.ts';

/**
 * Users seen in each bucket, and how many of them held a usable passkey, of any ecosystem, at its end.
 * Usable as in sync-as-of-sql.ts: first seen by then, not revoked by then, not refused.
 */
export const queryKpiPasskeyHolders = defineQuery({
	name: 'kpi-passkey-holders',
	parameters: bucketParameters,
	row: z.object({ bucket: z.iso.date(), seen: count, holders: count }),
	sql: `
WITH
seen AS
(
	SELECT ${BUCKET} AS bucket, uniqExactMergeState(users) AS users
	FROM daily_activity_v1
	WHERE ${WHERE_CLIENT} AND activity = 'seen'
	GROUP BY bucket
),
ends AS
(
	SELECT bucket, multiIf({bucket: String} = 'day', bucket, {bucket: String} = 'week', least(addDays(bucket, 6), {to: Date}), {to: Date}) AS last_day
	FROM seen
),
held AS
(
	SELECT e.bucket AS bucket, uniqExactState(c.user_hash) AS users
	FROM
	(
		SELECT user_hash, toDate(first_seen_at) AS first_day, toDate(revoked_at) AS revoked_day
		FROM credentials_v1
		WHERE project_id = {project: String} AND user_hash != 0 AND status != 'refused'
	) AS c
	CROSS JOIN ends AS e
	WHERE c.first_day <= e.last_day AND (c.revoked_day IS NULL OR c.revoked_day > e.last_day)
	GROUP BY e.bucket
)
SELECT
	bucket,
	uniqExactMergeIf(users, side = 'seen') AS seen,
	-- In both sets: one and the other, less those in either.
	seen + uniqExactMergeIf(users, side = 'held') - uniqExactMerge(users) AS holders
FROM (SELECT bucket, 'seen' AS side, users FROM seen UNION ALL SELECT bucket, 'held' AS side, users FROM held)
GROUP BY bucket
ORDER BY bucket`
});

export type HoldersRow = Awaited<ReturnType<typeof queryKpiPasskeyHolders>>[number];
