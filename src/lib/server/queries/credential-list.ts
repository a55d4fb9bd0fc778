import { z } from 'zod';
import { SYNC_STATES } from '../../format/names.ts';
import { defineQuery } from '../define-query.ts';
import { bool, count, flag, hashSql, utcTime } from './column-types.ts';
import {
	CREDENTIAL_STATUSES,
	credentialFilterParameters,
	WHERE_LISTED_CREDENTIAL
} from './credential-filter-sql.ts';

export const credentialRow = z.object({
	credential_hash: z.string(),
	user_hash: z.string(),
	/** Claimed at registration; empty: unknown. */
	provider: z.string(),
	/** Claimed at registration, too; empty: unknown. */
	aaguid: z.string(),
	credential_ecosystem: z.string(),
	credential_legacy_class: z.string(),
	sync_state: z.enum(SYNC_STATES),
	be: flag,
	bs: flag,
	transport_list: z.array(z.string()),
	discoverable: flag,
	first_seen_at: utcTime,
	/** null: registered before anyone watched. */
	registered_at: utcTime.nullable(),
	last_used_at: utcTime.nullable(),
	/** When it was last heard of in any way; what the list is ordered by. */
	last_activity_at: utcTime,
	uses_count: count,
	used_on_os: z.array(z.string()),
	status: z.enum(CREDENTIAL_STATUSES),
	backup_flags_illegal: bool,
	backup_eligibility_changed: bool,
	test_authenticator: bool,
	synthetic: bool
});

export type CredentialRow = z.infer<typeof credentialRow>;

const LAST_ACTIVITY =
	'greatest(first_seen_at, ifNull(registered_at, first_seen_at), ifNull(last_used_at, first_seen_at), ifNull(revoked_at, first_seen_at))';

/** The columns of `credentialRow`, from credentials_v1 as `c`. */
export const CREDENTIAL_COLUMNS = `
	${hashSql('c.credential_hash')} AS credential_hash, ${hashSql('c.user_hash')} AS user_hash,
	c.provider AS provider, c.aaguid AS aaguid, c.credential_ecosystem AS credential_ecosystem, c.credential_legacy_class AS credential_legacy_class,
	c.sync_state AS sync_state, c.be AS be, c.bs AS bs, c.transport_list AS transport_list, c.discoverable AS discoverable,
	c.first_seen_at AS first_seen_at, c.registered_at AS registered_at, c.last_used_at AS last_used_at,
	${LAST_ACTIVITY} AS last_activity_at,
	c.uses_count AS uses_count, c.used_on_os AS used_on_os, c.status AS status, c.backup_flags_illegal AS backup_flags_illegal,
	c.backup_eligibility_changed AS backup_eligibility_changed, c.test_authenticator AS test_authenticator, c.synthetic AS synthetic`;

/**
 * A page of the credential ledger, the lately active first, after the one the cursor names (empty hash: from the first).
 * The page is chosen by narrow columns and read wide only then: the ledger holds the set of each credential's ceremonies.
 */
export const queryCredentialList = defineQuery({
	name: 'credential-list',
	parameters: credentialFilterParameters.extend({
		before_at: z.iso.datetime(),
		before_hash: z.string(),
		limit: z.int().min(1).max(10_000)
	}),
	row: credentialRow,
	sql: `
WITH page AS
(
	SELECT credential_hash FROM credentials_v1
	WHERE ${WHERE_LISTED_CREDENTIAL}
		AND ({before_hash: String} = '' OR (${LAST_ACTIVITY}, ${hashSql('credential_hash')})
			< (parseDateTime64BestEffort({before_at: String}, 3, 'UTC'), {before_hash: String}))
	ORDER BY ${LAST_ACTIVITY} DESC, ${hashSql('credential_hash')} DESC
	LIMIT {limit: UInt32}
)
SELECT ${CREDENTIAL_COLUMNS}
FROM
(
	SELECT * FROM credentials_v1
	WHERE project_id = {project: String} AND credential_hash IN (SELECT credential_hash FROM page)
) AS c
ORDER BY last_activity_at DESC, credential_hash DESC`
});
