import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { MATCHES_CLIENT, OFFERS, REAL_ACTIVITY } from './filter-sql.ts';
import { USER_COUNTS } from './kpi-users.ts';
import { DAYS_OF_SPANS, OF_DAYS_BY_PART, partedColumns, partedParameters } from './spans-sql.ts';

/** What kpi-users.ts counts, of each part: by the sets that the rollup keeps, since the days of a user are told apart by no tag. */
export const queryKpiUsersByPart = defineQuery({
	name: 'kpi-users-by-part',
	parameters: partedParameters,
	row: z.object({
		...partedColumns,
		...USER_COUNTS
	}),
	sql: `
WITH
	activity = 'prompt_shown' AND detail IN ${OFFERS} AS is_offer,
	activity IN ('registration', 'automatic_registration') AND detail = 'succeeded' AS is_creation
SELECT
	${OF_DAYS_BY_PART.columns},
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
	SELECT activity, detail, synthetic, test_authenticator, users, ${OF_DAYS_BY_PART.days} AS days
	FROM daily_activity_v1
	WHERE project_id = {project: String} AND (${DAYS_OF_SPANS}) AND ${MATCHES_CLIENT} AND ${REAL_ACTIVITY}
)
GROUP BY days
ORDER BY span, bucket`
});
