import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { MATCHES_CLIENT, OFFERS, REAL_ACTIVITY } from './filter-sql.ts';
import { DAYS_OF_SPANS, SPAN, spanColumns, spanParameters } from './spans-sql.ts';

/**
 * Distinct users of each span, exact: the rollup keeps their sets.
 * Who is in two sets follows from the sizes: both = one + other − either.
 */
export const queryKpiUsers = defineQuery({
	name: 'kpi-users',
	parameters: spanParameters,
	row: z.object({
		...spanColumns,
		seen: count,
		synthetic_seen: count,
		eligible: count,
		/** No client of theirs told what it can. */
		capability_unknown: count,
		/** Were shown a prompt to create a passkey. */
		offered: count,
		/** Created a passkey, by their own action or by a conditional create. */
		created: count,
		/** Of these, with a virtual authenticator. */
		test_created: count,
		offered_or_created: count
	}),
	sql: `
WITH
	activity = 'prompt_shown' AND detail IN ${OFFERS} AS is_offer,
	activity IN ('registration', 'automatic_registration') AND detail = 'succeeded' AS is_creation
SELECT
	days.1 AS span,
	days.2 AS bucket,
	uniqExactMergeIf(users, activity = 'seen') AS seen,
	uniqExactMergeIf(users, activity = 'seen' AND synthetic) AS synthetic_seen,
	uniqExactMergeIf(users, activity = 'eligible') AS eligible,
	seen - uniqExactMergeIf(users, activity = 'capability_told') AS capability_unknown,
	uniqExactMergeIf(users, is_offer) AS offered,
	uniqExactMergeIf(users, is_creation) AS created,
	uniqExactMergeIf(users, is_creation AND test_authenticator) AS test_created,
	uniqExactMergeIf(users, is_offer OR is_creation) AS offered_or_created
FROM
(
	SELECT activity, detail, synthetic, test_authenticator, users, ${SPAN} AS days
	FROM daily_activity_v1
	WHERE project_id = {project: String} AND (${DAYS_OF_SPANS}) AND ${MATCHES_CLIENT} AND ${REAL_ACTIVITY}
)
GROUP BY days
ORDER BY span, bucket`
});

export type UsersRow = Awaited<ReturnType<typeof queryKpiUsers>>[number];
