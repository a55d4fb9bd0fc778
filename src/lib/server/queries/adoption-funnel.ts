import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { Filters } from '../../filters.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters, OFFERS, toParameters, WHERE_CLIENT } from './filter-sql.ts';
import type { Collected } from './kpi-collected.ts';

/**
 * The enrolment funnel of the period: each step counts users who took all steps before it.
 * It begins with who could be enrolled: seen on a capable client, and without a usable passkey when the period began.
 * Offers are a step only where the site reports them. Conditional creates are not in it: nobody decided on them.
 */
export const queryAdoptionFunnel = defineQuery({
	name: 'adoption-funnel',
	parameters: filterParameters.extend({ offers_reported: z.boolean() }),
	row: z.object({
		eligible_users: count,
		offered_users: count,
		started_users: count,
		created_users: count,
		verified_users: count,
		used_users: count,
		/** Users who created a passkey by their own action without being eligible or offered as far as reported. */
		outside_users: count,
		/** Users on a capable client who had a passkey before: not in the funnel. */
		enrolled_before: count
	}),
	sql: `
WITH enrolled AS
(
	SELECT user_hash FROM credentials_v1
	WHERE project_id = {project: String} AND toDate(first_seen_at) < {from: Date}
		AND status != 'refused' AND (revoked_at IS NULL OR toDate(revoked_at) >= {from: Date})
),
people AS
(
	SELECT
		user_hash,
		max(is_eligible) AS capable,
		capable AND user_hash NOT IN enrolled AS eligible,
		max(is_offered) OR NOT {offers_reported: Bool} AS offered,
		max(is_started) AS started,
		max(is_created) AS created,
		max(is_verified) AS verified,
		hasAny(groupUniqArrayIf(credential_hash, is_verified), groupUniqArrayIf(credential_hash, is_used)) AS used
	FROM
	(
		SELECT user_hash, ifNull(passkey_capable, false) AS is_eligible, false AS is_offered, false AS is_started,
			false AS is_created, false AS is_verified, false AS is_used, toUInt64(0) AS credential_hash
		FROM sessions_v1 WHERE ${WHERE_CLIENT}
		UNION ALL
		SELECT user_hash, false, shown_at IS NOT NULL AND purpose IN ${OFFERS}, false, false, false, false, 0
		FROM prompts_v1 WHERE ${WHERE_CLIENT}
		UNION ALL
		SELECT user_hash, false, false,
			user_driven AND ceremony_type = 'registration',
			user_driven AND ceremony_type = 'registration' AND (client_outcome = 'succeeded' OR ifNull(verified, false)),
			user_driven AND ceremony_type = 'registration' AND ifNull(verified, false),
			ceremony_type = 'authentication' AND outcome = 'succeeded',
			credential_hash
		FROM ceremonies_v1 WHERE ${WHERE_CLIENT}
	)
	WHERE user_hash != 0
	GROUP BY user_hash
)
SELECT
	countIf(eligible) AS eligible_users,
	countIf(eligible AND offered) AS offered_users,
	countIf(eligible AND offered AND started) AS started_users,
	countIf(eligible AND offered AND started AND created) AS created_users,
	countIf(eligible AND offered AND started AND created AND verified) AS verified_users,
	countIf(eligible AND offered AND started AND created AND verified AND used) AS used_users,
	countIf(created AND NOT (eligible AND offered)) AS outside_users,
	countIf(capable AND NOT eligible) AS enrolled_before
FROM people`
});

export type FunnelRow = Awaited<ReturnType<typeof queryAdoptionFunnel>>[number];

/** The funnel under a page's filters; all zeros without anyone. */
export async function readAdoptionFunnel(
	client: ClickHouseClient,
	filters: Filters,
	collected: Pick<Collected, 'offers'>
): Promise<FunnelRow> {
	const parameters = { ...toParameters(filters), offers_reported: collected.offers };
	// An aggregate without groups is one row, whatever there is.
	const [row] = await queryAdoptionFunnel(client, parameters);
	return row!;
}
