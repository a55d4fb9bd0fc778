import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { MATCHES_CLIENT, OFFERS, REAL_ACTIVITY } from './filter-sql.ts';
import { daysSeen, spanOfBit } from './span-bits-sql.ts';
import { DAYS_OF_SPANS, SPAN, spanColumns, spanParameters } from './spans-sql.ts';

/** What the rollup tells of the spans, with sets of users. */
const ACTIVITY = `daily_activity_v1
	WHERE project_id = {project: String} AND (${DAYS_OF_SPANS}) AND ${MATCHES_CLIENT} AND ${REAL_ACTIVITY}`;

/** What is counted of users. */
export const USER_COUNTS = {
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
};

/**
 * Distinct users of each span, exact: by the days they were seen on, and by the sets that the rollup keeps of what they did.
 * Who is in two sets follows from the sizes: both = one + other − either.
 */
export const queryKpiUsers = defineQuery({
	name: 'kpi-users',
	parameters: spanParameters,
	row: z.object({
		...spanColumns,
		...USER_COUNTS
	}),
	sql: `
WITH
activity = 'prompt_shown' AND detail IN ${OFFERS} AS is_offer,
activity IN ('registration', 'automatic_registration') AND detail = 'succeeded' AS is_creation,
${daysSeen(`project_id = {project: String} AND ${MATCHES_CLIENT}`, 'synthetic, passkey_capable')},
people AS
(
	SELECT block, groupBitOr(days_seen.seen) AS seen, groupBitOr(if(synthetic, days_seen.seen, 0)) AS of_synthetic,
		groupBitOr(if(passkey_capable = 'yes', days_seen.seen, 0)) AS of_capable, groupBitOr(if(passkey_capable != '', days_seen.seen, 0)) AS of_told
	FROM days_seen
	GROUP BY user_hash, block
),
counted AS
(
	SELECT block, place, count() AS seen_users, countIf(bitTest(of_synthetic, place)) AS synthetic_users,
		countIf(bitTest(of_capable, place)) AS capable_users, countIf(bitTest(of_told, place)) AS told_users
	FROM people
	ARRAY JOIN bitPositionsToArray(people.seen) AS place
	GROUP BY block, place
)
SELECT
	days.1 AS span,
	days.2 AS bucket,
	sum(came.1) AS seen,
	sum(came.2) AS synthetic_seen,
	sum(came.3) AS eligible,
	seen - sum(came.4) AS capability_unknown,
	sum(did.1) AS offered,
	sum(did.2) AS created,
	sum(did.3) AS test_created,
	sum(did.4) AS offered_or_created
FROM
(
	SELECT ${spanOfBit('block', 'place')} AS days, (seen_users, synthetic_users, capable_users, told_users) AS came, (0, 0, 0, 0) AS did FROM counted
	UNION ALL
	SELECT ${SPAN} AS days, (0, 0, 0, 0) AS came, (uniqExactMergeIf(users, is_offer), uniqExactMergeIf(users, is_creation),
		uniqExactMergeIf(users, is_creation AND test_authenticator), uniqExactMergeIf(users, is_offer OR is_creation)) AS did
	FROM ${ACTIVITY} AND (is_offer OR is_creation)
	GROUP BY days
	UNION ALL
	-- Something happened, even if nobody is known to whom.
	SELECT DISTINCT ${SPAN} AS days, (0, 0, 0, 0) AS came, (0, 0, 0, 0) AS did FROM ${ACTIVITY}
)
WHERE has({spans: Array(String)}, days.1)
GROUP BY days
ORDER BY span, bucket`
});
