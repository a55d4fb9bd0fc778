import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { BUCKET, bucketParameters, OFFERS, WHERE_CLIENT } from './filter-sql.ts';

/**
 * Distinct users per bucket, exact: the rollup keeps their sets.
 * Who is in two sets follows from the sizes: both = one + other − either.
 */
export const queryKpiUsers = defineQuery({
	name: 'kpi-users',
	parameters: bucketParameters,
	row: z.object({
		bucket: z.iso.date(),
		seen: count,
		eligible: count,
		/** Were shown a prompt to create a passkey. */
		offered: count,
		/** Created a passkey, by their own action or by a conditional create. */
		created: count,
		offered_or_created: count
	}),
	sql: `
WITH
	activity = 'prompt_shown' AND detail IN ${OFFERS} AS is_offer,
	activity IN ('registration', 'automatic_registration') AND detail = 'succeeded' AS is_creation
SELECT
	${BUCKET} AS bucket,
	uniqExactMergeIf(users, activity = 'seen') AS seen,
	uniqExactMergeIf(users, activity = 'eligible') AS eligible,
	uniqExactMergeIf(users, is_offer) AS offered,
	uniqExactMergeIf(users, is_creation) AS created,
	uniqExactMergeIf(users, is_offer OR is_creation) AS offered_or_created
FROM daily_activity_v1
WHERE ${WHERE_CLIENT}
GROUP BY bucket
ORDER BY bucket`
});

export type UsersRow = Awaited<ReturnType<typeof queryKpiUsers>>[number];
