import { z } from 'zod';
import { BAD_STATUSES } from '../../format/fido-status.ts';
import { SYNC_STATES } from '../../format/names.ts';
import { COUNTED_PASSKEYS, type CountedPasskeys } from '../../breakdown/counted-passkeys.ts';
import { filterParameters, WHERE_CREDENTIAL } from './filter-sql.ts';
import { onePartParameters } from './part-sql.ts';
import { PARTED_SQL } from './parted-passkeys-sql.ts';
import { USABLE_SQL } from './sync-as-of-sql.ts';

export const CREDENTIAL_STATUSES = ['active', 'revoked', 'refused'] as const;
/** What may be wrong with a credential's flags: BS without BE was seen; BE changed; either. */
export const FLAG_TROUBLES = ['any', 'illegal', 'changed'] as const;

/** What the FIDO metadata says of its model on the day asked of: a status that warns; certified; neither; nothing. */
export const MODEL_STANDINGS = ['weak', 'certified', 'uncertified', 'unlisted'] as const;

export const credentialFilterParameters = filterParameters.extend({
	sync_state: z.enum(['', ...SYNC_STATES]),
	status: z.enum(['', ...CREDENTIAL_STATUSES]),
	flags: z.enum(['', ...FLAG_TROUBLES]),
	/** Empty: all; `any`: those of some class. */
	legacy_class: z.string(),
	/** The beginning of a credential's or its user's hash. */
	search: z.string(),
	/** `name=value`: of users whose newest value of that tag it is; empty: of all. */
	user_tag: z.string().default(''),
	/** Not used, nor registered, for that many days; 0: all. */
	unused_days: z.int().min(0).max(10_000).default(0),
	model: z.enum(['', ...MODEL_STANDINGS]).default(''),
	/** A system it was registered or used on, one that no filter takes too; `unknown`: none is known. */
	used_on: z.string().default(''),
	/** As they stood at the end of the period's last day, rather than with their newest flags, uses and fate. */
	as_of: z.boolean().default(false),
	/** What a figure counts as of that day, and of which part of a breakdown; empty: whatever there is. */
	counted: z.enum(['', ...(Object.keys(COUNTED_PASSKEYS) as CountedPasskeys[])]).default(''),
	...onePartParameters
});

export type CredentialFilterParameters = z.input<typeof credentialFilterParameters>;

/** Whose day a model's status is of: the one asked for, or today where the newest is. */
const MODEL_DAY = `if({as_of: Bool}, {to: Date}, toDate(now(), {zone: String}))`;
const BAD = BAD_STATUSES.map((status) => `'${status}'`).join(', ');

/**
 * Common table expressions `models`, what FIDO had reported of each, and `inventory`: the project's credentials with the columns of
 * credential_rows_v1; `as_of` a day with what each ceremony had shown by then in the place of what is newest. That is read only where it
 * is asked for. Whether a server ever took it, and whose it is, is told of all days once it is known. Constant text: values are bound.
 */
export const INVENTORY_SQL = `
shown_then AS
(
	SELECT
		credential_hash,
		argMaxIf(flags, (observed_at, ceremony_id), flags > 0) AS flags,
		countIf(ceremony_type = 'authentication') AS uses,
		if(countIf(ceremony_type = 'authentication' AND verified IS NOT NULL) = 0,
			maxOrNullIf(observed_at, ceremony_type = 'authentication'),
			maxOrNullIf(observed_at, ceremony_type = 'authentication' AND ifNull(verified, false))) AS last_used,
		arraySort(groupUniqArrayIf(toString(os_name), os_name != '')) AS systems
	FROM credential_observations_v1
	WHERE {as_of: Bool} AND project_id = {project: String} AND toDate(observed_at, {zone: String}) <= {to: Date}
	GROUP BY credential_hash
),
inventory AS
(
	SELECT
		c.* EXCEPT (be, bs, sync_state, last_used_at, uses_count, used_on_os, status, revoked_at),
		if({as_of: Bool}, if(t.flags = 0, NULL, t.flags >= 3), c.be) AS be,
		if({as_of: Bool}, if(t.flags = 0, NULL, t.flags IN (2, 4)), c.bs) AS bs,
		multiIf(be IS NULL OR bs IS NULL, 'unknown', be AND bs, 'synced', be, 'syncable', bs, 'illegal', 'device_bound') AS sync_state,
		if({as_of: Bool}, t.last_used, c.last_used_at) AS last_used_at,
		if({as_of: Bool}, t.uses, c.uses_count) AS uses_count,
		-- What a figure counts was narrowed by all the systems that are known.
		if({as_of: Bool} AND {counted: String} = '', t.systems, c.used_on_os) AS used_on_os,
		if({as_of: Bool} AND toDate(c.revoked_at, {zone: String}) > {to: Date}, NULL, c.revoked_at) AS revoked_at,
		if(c.status = 'revoked' AND revoked_at IS NULL, 'active', c.status) AS status
	FROM (SELECT * FROM credential_rows_v1 WHERE project_id = {project: String} AND toDate(first_seen_at, {zone: String}) <= {to: Date}) AS c
	LEFT JOIN shown_then AS t ON t.credential_hash = c.credential_hash
),
tagged AS
(
	SELECT user_hash
	FROM user_tags_v1
	WHERE {user_tag: String} != '' AND project_id = {project: String} AND toDate(first_at, {zone: String}) <= {to: Date}
		AND name = substring({user_tag: String}, 1, position({user_tag: String}, '=') - 1)
	GROUP BY user_hash
	HAVING argMax(tag, (least(last_at, toDateTime64(addDays({to: Date}, 1), 3, {zone: String})), first_at, tag)) = {user_tag: String}
),
models AS
(
	SELECT aaguid, status, status_since, certification,
		multiIf(status IN (${BAD}), 'weak', certification != '', 'certified', 'uncertified') AS standing
	FROM authenticator_status_v1
	WHERE from_day <= ${MODEL_DAY} AND until_day > ${MODEL_DAY}
)`;

/** The least flags, as `usable` has them, of what each figure counts. */
const LEAST_FLAGS: Record<CountedPasskeys, number> = { known: 1, eligible: 3, backed_up: 4 };

/** Common table expression `counted_here` beside `inventory`: what is behind a count, as the figure itself counts it. Constant text. */
export const COUNTED_HERE_SQL = `${USABLE_SQL},
${PARTED_SQL},
counted_here AS
(
	SELECT credential_hash
	FROM parted
	WHERE {counted: String} != '' AND ({by: String} = '' OR part = {part: String})
		AND flags >= multiIf(${Object.entries(LEAST_FLAGS)
			.map(([name, least]) => `{counted: String} = '${name}', ${least}`)
			.join(', ')}, 0)
)`;

/** Conditions on `inventory`, with `counted_here` beside it. Constant text: values are bound. */
export const WHERE_LISTED_CREDENTIAL = `${WHERE_CREDENTIAL}
	AND ({sync_state: String} = '' OR sync_state = {sync_state: String})
	AND ({status: String} = '' OR status = {status: String})
	AND ({legacy_class: String} = '' OR credential_legacy_class = {legacy_class: String}
		OR ({legacy_class: String} = 'any' AND credential_legacy_class != ''))
	AND ({flags: String} = ''
		OR ({flags: String} IN ('any', 'illegal') AND backup_flags_illegal)
		OR ({flags: String} IN ('any', 'changed') AND backup_eligibility_changed))
	AND ({search: String} = ''
		OR startsWith(leftPad(lower(hex(credential_hash)), 16, '0'), {search: String})
		OR (user_hash != 0 AND startsWith(leftPad(lower(hex(user_hash)), 16, '0'), {search: String})))
	AND ({used_on: String} = '' OR if(empty(used_on_os), {used_on: String} = 'unknown', has(used_on_os, {used_on: String})))
	AND ({counted: String} = '' OR credential_hash IN counted_here)
	AND ({user_tag: String} = '' OR user_hash IN tagged)
	AND ({unused_days: UInt32} = 0 OR toDate(coalesce(last_used_at, registered_at, first_seen_at), {zone: String}) <= addDays({to: Date}, -{unused_days: UInt32}))
	AND ({model: String} = ''
		OR ({model: String} = 'unlisted' AND aaguid NOT IN (SELECT aaguid FROM models))
		OR aaguid IN (SELECT aaguid FROM models WHERE standing = {model: String}))`;
