import { z } from 'zod';
import { SYNC_STATES } from '../../format/names.ts';
import { defineQuery } from '../define-query.ts';
import { bool, count, flag, hashSql, utcTime } from './column-types.ts';
import {
	COUNTED_HERE_SQL,
	CREDENTIAL_STATUSES,
	credentialFilterParameters,
	INVENTORY_SQL,
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

/** How a credential behaved in its ceremonies; 0 of both: nothing told. */
export const behaviourRow = z.object({
	/** Ceremonies in which its user was verified (UV), and was not. */
	times_verified: count,
	times_unverified: count,
	counter: z.enum(['unknown', 'always_zero', 'counting', 'mixed']),
	/** Times the server refused it because the counter went back. */
	counter_regressions: count
});

/** The columns of `behaviourRow`, from rows of credential_observations_v1 by credential. */
export const BEHAVIOUR_COLUMNS = `
	countIf(ifNull(user_verified, false)) AS times_verified, countIf(NOT ifNull(user_verified, true)) AS times_unverified,
	countIf(ifNull(sign_count_zero, false)) AS zero_counts, countIf(NOT ifNull(sign_count_zero, true)) AS counts_above_zero,
	multiIf(zero_counts + counts_above_zero = 0, 'unknown', counts_above_zero = 0, 'always_zero', zero_counts = 0, 'counting', 'mixed') AS counter,
	countIf(counter_regressed) AS counter_regressions`;

/** What the model of a row was reported to be, from `models` of `INVENTORY_SQL` as `m`. */
export const MODEL_COLUMNS = `
	m.status AS model_status, if(m.status = '', NULL, toString(m.status_since)) AS model_status_since, m.certification AS model_certification`;

const inventoryRow = credentialRow.extend({
	...behaviourRow.shape,
	/** As its first ceremony showed it. */
	first_state: z.enum(SYNC_STATES),
	attachment: z.string(),
	/** As the server's verdict named it; empty: told by none. */
	attestation_format: z.string(),
	registration_verified: flag,
	revoked_at: utcTime.nullable(),
	/** What FIDO reported of its model on the day asked of, as MDS names it, and since when; empty: nothing known. */
	model_status: z.string(),
	model_status_since: z.string().nullable(),
	/** The highest certification it had then; empty: none, or nothing known. */
	model_certification: z.string(),
	/** Since its registration, or since it was first seen. */
	age_days: count
});

export type InventoryRow = z.infer<typeof inventoryRow>;

/** What the inventory may be ordered by, beside when each was last heard of. */
const CREDENTIAL_ORDERS = ['registered', 'last', 'uses'] as const;

/** How an address asks for one: `uses` for the least first, `-uses` for the greatest. */
export const CREDENTIAL_SORTS = CREDENTIAL_ORDERS.flatMap((order) => [order, `-${order}`] as const);

/** An order of the inventory: the greatest first, or the least; what is not known comes last either way. */
export interface CredentialOrder {
	order: '' | (typeof CREDENTIAL_ORDERS)[number];
	ascending: boolean;
}

/** Reads the order that an address asks for: `uses` is ascending, `-uses` descending; anything else the lately active first. */
export function parseCredentialOrder(asked: string | null): CredentialOrder {
	const [, minus, name] = /^(-?)(\w+)$/.exec(asked ?? '') ?? [];
	const order = CREDENTIAL_ORDERS.find((one) => one === name) ?? '';
	return { order, ascending: order !== '' && minus === '' };
}

/** Behind everything that is known, in either direction. */
const UNKNOWN_RANK = -999_999_999_999_999;

/** By what a credential has its place in an order: the greatest rank comes first. */
const RANK = `ifNull(if({ascending: Bool}, -1, 1) * multiIf(
	{order: String} = 'registered', toUnixTimestamp64Milli(registered_at),
	{order: String} = 'last', toUnixTimestamp64Milli(last_used_at),
	{order: String} = 'uses', toInt64(uses_count),
	toUnixTimestamp64Milli(${LAST_ACTIVITY})), ${UNKNOWN_RANK})`;

/** The same of a row. */
export function rankOf(row: CredentialRow, { order, ascending }: CredentialOrder): number {
	const ms = (at: string | null) => (at === null ? null : Date.parse(at));
	const value = {
		'': ms(row.last_activity_at),
		registered: ms(row.registered_at),
		last: ms(row.last_used_at),
		uses: row.uses_count
	}[order];
	return value === null ? UNKNOWN_RANK : ascending ? -value : value;
}

/**
 * A page of the inventory, the lately active first unless another order is asked for, after the row that the cursor names (empty hash: from
 * the first). Any order is one pass over the same narrow rows, of which the page's alone are kept and read wide.
 */
export const queryCredentialList = defineQuery({
	name: 'credential-list',
	parameters: credentialFilterParameters.extend({
		order: z.enum(['', ...CREDENTIAL_ORDERS]).default(''),
		ascending: z.boolean().default(false),
		/** Rank and hash of the row that the page before ended with. */
		before: z.int(),
		before_hash: z.string(),
		limit: z.int().min(1).max(10_000)
	}),
	row: inventoryRow,
	sql: `
WITH ${INVENTORY_SQL},
${COUNTED_HERE_SQL},
page AS
(
	SELECT credential_hash FROM inventory
	WHERE ${WHERE_LISTED_CREDENTIAL}
		AND ({before_hash: String} = '' OR (${RANK}, ${hashSql('credential_hash')}) < ({before: Int64}, {before_hash: String}))
	ORDER BY ${RANK} DESC, ${hashSql('credential_hash')} DESC
	LIMIT {limit: UInt32}
),
behaviour AS
(
	SELECT credential_hash, ${BEHAVIOUR_COLUMNS}
	FROM credential_observations_v1
	WHERE project_id = {project: String} AND credential_hash IN page AND NOT ({as_of: Bool} AND toDate(observed_at, {zone: String}) > {to: Date})
	GROUP BY credential_hash
)
SELECT ${CREDENTIAL_COLUMNS},
	multiIf(c.be_first IS NULL OR c.bs_first IS NULL, 'unknown', c.be_first AND c.bs_first, 'synced', c.be_first, 'syncable', c.bs_first, 'illegal', 'device_bound') AS first_state,
	c.attachment AS attachment, c.attestation_format AS attestation_format, c.registration_verified AS registration_verified,
	c.revoked_at AS revoked_at,
	${MODEL_COLUMNS},
	greatest(0, dateDiff('day', toDate(ifNull(c.registered_at, c.first_seen_at), {zone: String}), least({to: Date}, toDate(now(), {zone: String})))) AS age_days,
	b.times_verified AS times_verified, b.times_unverified AS times_unverified,
	if(b.counter = '', 'unknown', b.counter) AS counter, b.counter_regressions AS counter_regressions
FROM
(
	SELECT * FROM inventory
	WHERE credential_hash IN (SELECT credential_hash FROM page)
) AS c
LEFT JOIN behaviour AS b ON b.credential_hash = c.credential_hash
LEFT JOIN models AS m ON m.aaguid = c.aaguid
ORDER BY ${RANK} DESC, credential_hash DESC`
});
