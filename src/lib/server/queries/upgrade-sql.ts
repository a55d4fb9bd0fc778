import { COUNTED, HAPPENED_IN_PERIOD, MATCHES_DEVICE, REAL } from './filter-sql.ts';
import { limitAfter, NEVER } from './funnel-parameters.ts';

/** Where a class's upgrade happens: the system it lives on. */
const ECOSYSTEM_OF_CLASS = `transform(credential_legacy_class,
	['apple_platform', 'android_platform', 'chrome_mac_profile', 'windows_hello', 'u2f_key'],
	['apple', 'google', 'apple', 'microsoft', 'security_key'], 'unknown')`;

const NO_ID = `toUUID('00000000-0000-0000-0000-000000000000')`;

/** Security keys, and platform credentials of a system we have no name for, may be upgraded on any device. */
const ANYWHERE = `a.legacy_class IN ('u2f_key', 'other_platform')`;

/** The device belongs to the ecosystem the upgrade is looked for in. */
const onItsDevice = (device: string) =>
	`(${ANYWHERE} OR if(${device} = '', 'unknown', ${device}) = a.ecosystem)`;

/** The ecosystem of a client as one bit, so that those of a user are put together as numbers, faster than lists of words by far. */
const bitOf = (ecosystem: string) =>
	`transform(${ecosystem}, ['apple', 'google', 'microsoft'], [1, 2, 4], 8)`;
const PLACE = bitOf('client_ecosystem');
const ITS_PLACES = `if(${ANYWHERE}, 15, ${bitOf('a.ecosystem')})`;

/** A credential that was used after the period has its places of that day: a later use must not change an earlier period. */
const CREDENTIALS = `
credentials AS
(
	SELECT
		credential_hash, user_hash, credential_legacy_class, credential_ecosystem, be, status, first_seen_at, backed_up_at,
		if(ifNull(toDate(last_observed_at, {zone: String}) > {to: Date}, false),
			arrayMap(one -> one.ecosystem, arrayFilter(one -> toDate(one.first_at, {zone: String}) <= {to: Date}, places)), used_in_ecosystems) AS used_in,
		least(ifNull(revoked_at, ${NEVER}), ifNull(signalled_at, ${NEVER})) AS retired_at,
		${ECOSYSTEM_OF_CLASS} AS class_ecosystem
	FROM credential_rows_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND toDate(first_seen_at, {zone: String}) <= {to: Date}
)`;

/** Verified sign-ins by passkey in the period. */
const VERIFIED = `FROM passkey_acts_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND day BETWEEN {from: Date} AND {to: Date}
		AND ceremony_type = 'authentication' AND verified = true AND credential_hash != 0`;
const USED_AT = `greatest(ifNull(finished_at, verdict_at), verdict_at)`;

/** They by the credential that signed. */
const USES = `
uses AS
(
	SELECT
		credential_hash,
		max(user_hash) AS user_hash,
		groupArray(${USED_AT}) AS used,
		minOrNullIf(${USED_AT},
			${MATCHES_DEVICE}) AS first_used_at
	${VERIFIED}
	GROUP BY credential_hash
)`;

/** What tells legacy sign-ins apart. What passkeys did names no environment. */
const PART = `toString(multiIf({by: String} = 'platform', os_name, {by: String} = 'browser', browser_name, {by: String} = 'country', country,
	{by: String} = 'application', application, {by: String} = 'release', release, ''))`;

/** The first use of each credential in each part. */
const FIRST_USES = `
first_uses AS
(
	SELECT credential_hash, ${PART} AS part, max(user_hash) AS user_hash, min(${USED_AT}) AS first_used_at
	${VERIFIED} AND ${MATCHES_DEVICE}
	GROUP BY credential_hash, part
)`;

/** The first sign-in of each user with each class, and when the last of the credentials they used of it was retired. */
const active = (parted: boolean) => `
active AS
(
	SELECT user_hash, legacy_class, ecosystem, min(active_at) AS active_at, max(retired_at) AS retired_at
		${parted ? `, if({by: String} = 'ecosystem', toString(ecosystem), part_of_signin) AS part` : ''}
	FROM
	(
		SELECT
			if(u.user_hash = 0, k.user_hash, u.user_hash) AS user_hash,
			k.credential_legacy_class AS legacy_class,
			k.class_ecosystem AS ecosystem,
			assumeNotNull(u.first_used_at) AS active_at,
			k.retired_at AS retired_at
			${parted ? `, u.part AS part_of_signin` : ''}
		FROM ${parted ? 'first_uses' : 'uses'} AS u
		INNER JOIN credentials AS k ON k.credential_hash = u.credential_hash
		WHERE k.credential_legacy_class != '' AND u.first_used_at IS NOT NULL
		UNION ALL
		SELECT
			user_hash,
			'password' AS legacy_class,
			if(client_ecosystem = '', 'unknown', client_ecosystem) AS ecosystem,
			occurred_at AS active_at,
			${NEVER} AS retired_at
			${parted ? `, ${PART} AS part_of_signin` : ''}
		FROM signins_v1
		WHERE project_id = {project: String} AND ${COUNTED} AND ${HAPPENED_IN_PERIOD}
			AND method = 'password' AND outcome = 'succeeded'
			AND ${MATCHES_DEVICE}
	)
	WHERE user_hash != 0 AND ({ecosystem: String} = '' OR ecosystem = {ecosystem: String})
	GROUP BY user_hash, legacy_class, ecosystem ${parted ? ', part' : ''}
)`;

/** What is known of each user: the clients that told, the passkeys that may sync, the offers of the period. */
const known = (parted: boolean) => `
known_clients AS
(
	SELECT user_hash, groupBitOr(${PLACE}) AS told, groupBitOr(if(synced_capable = 'yes', ${PLACE}, 0)) AS can
	FROM user_days_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND day <= {to: Date} AND synced_capable != ''
	GROUP BY user_hash
),
known_synced AS
(
	SELECT user_hash, groupArray((first_seen_at, retired_at, arrayPushBack(used_in, credential_ecosystem))) AS synced
	FROM credentials
	WHERE be = true AND status != 'refused' AND user_hash != 0
	GROUP BY user_hash
),
known_prompts AS
(
	SELECT user_hash, groupArray((assumeNotNull(shown_at), client_ecosystem)) AS prompts
	FROM prompts_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${HAPPENED_IN_PERIOD}
		AND shown_at IS NOT NULL AND purpose IN ('enroll', 'upgrade') AND user_hash != 0
	GROUP BY user_hash
),
cohort AS
(
	SELECT
		a.user_hash AS user_hash, a.legacy_class AS legacy_class, a.ecosystem AS ecosystem, ${parted ? 'a.part AS part,' : ''}
		a.active_at AS active_at, a.retired_at AS retired_at, ${limitAfter('a.active_at')} AS limit_at,
		arrayExists(s -> s.1 < a.active_at AND s.2 > a.active_at
			AND (${ANYWHERE} OR has(s.3, a.ecosystem)), sy.synced) AS has_synced,
		bitAnd(cl.can, ${ITS_PLACES}) != 0 AS client_can,
		bitAnd(cl.told, ${ITS_PLACES}) != 0 AS client_told,
		arrayMin(arrayPushBack(arrayMap(p -> p.1, arrayFilter(p -> p.1 >= a.active_at AND p.1 <= limit_at
			AND ${onItsDevice('p.2')}, pr.prompts)), ${NEVER})) AS first_prompt_at
	FROM active AS a
	LEFT JOIN known_synced AS sy ON sy.user_hash = a.user_hash
	LEFT JOIN known_clients AS cl ON cl.user_hash = a.user_hash
	LEFT JOIN known_prompts AS pr ON pr.user_hash = a.user_hash
)`;

/**
 * The cohort's registrations in the period, and how far each led: 4 started … 9 retired; 0: before the legacy sign-in,
 * or on a device of another ecosystem. A user without any has one row of none (`there` is false).
 */
const attempts = (parted: boolean) => `
registrations AS
(
	SELECT
		user_hash, ceremony_id, client_ecosystem, prompt_id, automatic, credential_hash,
		occurred_at AS started_at,
		coalesce(finished_at, verdict_at, started_at) AS responded_at,
		coalesce(verdict_at, finished_at, started_at) AS stored_at,
		client_outcome = 'succeeded' OR verified IS NOT NULL AS responded,
		backup_eligible, verified, cause
	FROM passkey_acts_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND day BETWEEN {from: Date} AND {to: Date}
		AND ceremony_type = 'registration' AND user_hash != 0
),
attempts AS
(
	SELECT
		a.user_hash AS user_hash, a.legacy_class AS legacy_class, a.ecosystem AS ecosystem, ${parted ? 'a.part AS part,' : ''}
		a.has_synced AS has_synced, a.client_can AS client_can, a.client_told AS client_told, a.first_prompt_at AS first_prompt_at,
		r.cause AS cause,
		${parted ? 'a.active_at AS active_at,' : ''}
		r.ceremony_id != ${NO_ID} AND ${onItsDevice('r.client_ecosystem')} AS there,
		there AND r.started_at >= a.active_at AND r.started_at <= a.limit_at AS counts,
		counts AND r.responded AS responded,
		multiIf(r.automatic, 'automatic', a.first_prompt_at <= r.started_at OR r.prompt_id != ${NO_ID}, 'prompt', 'self') AS mode,
		ifNull(r.backup_eligible, k.be) AS synced,
		ifNull(responded AND synced = true AND r.responded_at <= a.limit_at, false) AS created,
		ifNull(created AND r.verified = true AND r.stored_at <= a.limit_at, false) AS stored,
		ifNull(stored AND toDate(k.backed_up_at, {zone: String}) <= {to: Date} AND k.backed_up_at <= a.limit_at, false) AS backed,
		arrayMin(arrayPushBack(arrayFilter(x -> x >= k.backed_up_at AND x <= a.limit_at, us.used), ${NEVER})) AS first_used_at,
		backed AND first_used_at < ${NEVER} AS in_use,
		multiIf(NOT counts, 0, NOT created, 4, NOT stored, 5, NOT backed, 6, NOT in_use, 7,
			a.retired_at < a.active_at OR toDate(a.retired_at, {zone: String}) > {to: Date} OR a.retired_at > a.limit_at, 8, 9) AS depth,
		greatest(depth, if(a.first_prompt_at < ${NEVER}, 3, 2)) AS reached,
		-- When each step was reached: acts at their own time, states not before the step they follow.
		[a.active_at, a.active_at, if(counts, least(a.first_prompt_at, ifNull(r.started_at, ${NEVER})), a.first_prompt_at),
			ifNull(r.started_at, ${NEVER}), ifNull(r.responded_at, ${NEVER}), ifNull(r.stored_at, ${NEVER}),
			ifNull(k.backed_up_at, ${NEVER}), first_used_at, a.retired_at] AS own_times,
		arrayMap(step -> arrayMax(arraySlice(own_times, 1, step)), range(1, reached + 1)) AS times
	FROM cohort AS a
	LEFT JOIN registrations AS r ON r.user_hash = a.user_hash
	LEFT JOIN credentials AS k ON k.credential_hash = r.credential_hash
	LEFT JOIN uses AS us ON us.credential_hash = r.credential_hash
)`;

/**
 * `standing`: eligible; has_synced (one is there already); cannot_sync (every client that told said no); unknown (none told).
 * A registration started there shows that the client can. Depths: 1 legacy_active, 2 eligible, 3 offered, and so on.
 */
const byUser = (parted: boolean) => `
by_user AS
(
	SELECT
		ecosystem, legacy_class, user_hash, ${parted ? 'part, min(active_at) AS began_at,' : ''}
		multiIf(any(has_synced), 'has_synced', any(client_can) OR max(there), 'eligible',
			any(client_told), 'cannot_sync', 'unknown') AS standing,
		standing = 'eligible' AS eligible,
		if(eligible, if(any(first_prompt_at) < ${NEVER}, 3, 2), 1) AS base_depth,
		if(eligible, argMax(times, (reached, -toUnixTimestamp64Milli(times[-1]))), arraySlice(any(times), 1, 1)) AS step_times,
		if(eligible, maxIf(depth, mode = 'prompt'), 0) AS prompt_depth,
		if(eligible, maxIf(depth, mode = 'self'), 0) AS self_depth,
		if(eligible, maxIf(depth, mode = 'automatic'), 0) AS automatic_depth,
		countIf(created) AS created,
		countIf(responded AND synced = false) AS created_not_synced,
		countIf(counts AND cause = 'already_registered') AS already_registered,
		countIf(counts AND mode = 'automatic') AS automatic_attempts,
		countIf(mode = 'automatic' AND responded) AS automatic_responded,
		countIf(counts AND mode = 'automatic' AND cause IN ('conditional_not_eligible', 'timed_out')) AS automatic_refused
	FROM attempts
	GROUP BY ecosystem, legacy_class, user_hash ${parted ? ', part' : ''}
)`;

const upgradeSql = (parted: boolean) =>
	[
		...[CREDENTIALS, USES, ...(parted ? [FIRST_USES] : [])],
		...[active(parted), known(parted), attempts(parted), byUser(parted)]
	].join(',');

/**
 * The common table expressions of the upgrade funnel, ending in `by_user`: one row a user, class and ecosystem.
 * Each is used once where it can be, because the database runs a common table expression again at each use.
 * Constant text: values are bound (the filters and `window_days`, within which all steps must follow the legacy sign-in).
 */
export const UPGRADE_SQL = upgradeSql(false);

/**
 * The same told apart by `by`, a dimension of the legacy sign-in that users enter by, as the filters would narrow it: `by_user` has a row
 * for each `part` (empty: not known) that somebody signed in from, and in which all steps follow the first sign-in from there.
 */
export const UPGRADE_PARTS_SQL = upgradeSql(true);

/** Of `by_user`: got as far as using a synced passkey, in any way. */
export const UPGRADED = `greatest(base_depth, prompt_depth, self_depth, automatic_depth) >= 8`;
