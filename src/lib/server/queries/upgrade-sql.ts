import {
	COUNTED,
	HAPPENED_IN_PERIOD,
	MATCHES_DEVICE,
	MATCHES_DEVICE_THEN,
	REAL
} from './filter-sql.ts';
import { limitAfter, NEVER } from './funnel-parameters.ts';
import { PART, PART_OF_MOMENT } from './part-sql.ts';

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

/** The first of each credential, on the devices that the filters name. */
const USES = `
uses AS
(
	SELECT credential_hash, max(user_hash) AS user_hash, minOrNullIf(${USED_AT}, ${MATCHES_DEVICE}) AS first_used_at
	${VERIFIED}
	GROUP BY credential_hash
)`;

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
			${parted ? `, ${PART_OF_MOMENT} AS part_of_signin` : ''}
		FROM signins_v1
		WHERE project_id = {project: String} AND ${COUNTED} AND ${HAPPENED_IN_PERIOD}
			AND method = 'password' AND outcome = 'succeeded'
			AND ${MATCHES_DEVICE_THEN}
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

/** Registrations of the period that name their user. */
const REGISTERED = `FROM passkey_acts_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND day BETWEEN {from: Date} AND {to: Date}
		AND ceremony_type = 'registration' AND user_hash != 0`;

/** The registrations of the period, those of a user in one row: each array has an element for each of them. */
const REGISTRATIONS = `
registrations AS
(
	SELECT
		r.user_hash AS user_hash,
		groupArray(r.client_ecosystem) AS places,
		groupArray(r.prompt_id != ${NO_ID}) AS prompted,
		groupArray(r.automatic) AS automatics,
		groupArray(r.cause) AS causes,
		groupArray(r.started_at) AS starts,
		groupArray(r.responded_at) AS responses,
		groupArray(r.stored_at) AS storings,
		groupArray(r.answered) AS answers,
		groupArray(ifNull(r.verified, false)) AS verifications,
		groupArray(ifNull(toInt8(ifNull(r.backup_eligible, k.be)), -1)) AS synced_kinds,
		groupArray(ifNull(k.backed_up_at, ${NEVER})) AS backups,
		groupArray(us.used) AS uses_after
	FROM
	(
		SELECT
			user_hash, client_ecosystem, prompt_id, automatic, cause, credential_hash, verified, backup_eligible,
			assumeNotNull(occurred_at) AS started_at,
			assumeNotNull(coalesce(finished_at, verdict_at, occurred_at)) AS responded_at,
			assumeNotNull(coalesce(verdict_at, finished_at, occurred_at)) AS stored_at,
			client_outcome = 'succeeded' OR verified IS NOT NULL AS answered
		${REGISTERED}
	) AS r
	LEFT JOIN credentials AS k ON k.credential_hash = r.credential_hash
	LEFT JOIN
	(
		SELECT credential_hash, groupArray(${USED_AT}) AS used
		${VERIFIED} AND credential_hash IN (SELECT credential_hash ${REGISTERED})
		GROUP BY credential_hash
	) AS us ON us.credential_hash = r.credential_hash
	GROUP BY user_hash
)`;

/** How many registrations in the arrays `of` hold the condition on `names`. */
const countOf = (names: string, condition: string, of: string) =>
	`arrayCount((${names}) -> ${condition}, ${of})`;

/** How far the attempt of this mode that got furthest led. */
const depthBy = (mode: string) =>
	`if(eligible, arrayMax(arrayMap((depth, mode) -> if(mode = '${mode}', depth, 0), depths, modes)), 0)`;

/**
 * `standing`: eligible; has_synced (one is there already); cannot_sync (every client that told said no); unknown (none told).
 * A registration started there shows that the client can. Depths: 1 legacy_active, 2 eligible, 3 offered, and so on; of a
 * registration 4 started … 9 retired, or 0: before the legacy sign-in, or on a device of another ecosystem.
 *
 * Most users of a cohort registered nothing in the period. So what happened in a registration is worked out in arrays that are empty
 * for them, and not in a row for each.
 */
const byUser = (parted: boolean) => `
tries AS
(
	SELECT
		a.ecosystem AS ecosystem, a.legacy_class AS legacy_class, a.user_hash AS user_hash, ${parted ? 'a.part AS part,' : ''}
		a.active_at AS active_at, a.retired_at AS retired_at, a.limit_at AS limit_at, a.first_prompt_at AS first_prompt_at,
		a.has_synced AS has_synced, a.client_can AS client_can, a.client_told AS client_told,
		r.starts AS starts, r.responses AS responses, r.storings AS storings, r.backups AS backups, r.uses_after AS uses_after,
		r.synced_kinds AS synced_kinds, r.verifications AS verifications, r.causes AS causes, r.answers AS answers,
		arrayMap(place -> ${onItsDevice('place')}, r.places) AS there,
		arrayMap((there, start) -> there AND start >= active_at AND start <= limit_at, there, starts) AS counting,
		arrayMap((automatic, prompted, start) ->
			multiIf(automatic, 'automatic', prompted OR first_prompt_at <= start, 'prompt', 'self'),
			r.automatics, r.prompted, starts) AS modes
	FROM cohort AS a
	LEFT JOIN registrations AS r ON r.user_hash = a.user_hash
),
paths AS
(
	SELECT
		*,
		arrayMap((counts, answered) -> counts AND answered, counting, answers) AS responded,
		arrayMap((counts, responded, synced, verified, response, stored, backed_up, used) -> multiIf(
			NOT counts, 0,
			NOT (responded AND synced = 1 AND response <= limit_at), 4,
			NOT (verified AND stored <= limit_at), 5,
			NOT (backed_up <= limit_at AND toDate(backed_up, {zone: String}) <= {to: Date}), 6,
			NOT arrayExists(at -> at >= backed_up AND at <= limit_at, used), 7,
			retired_at < active_at OR toDate(retired_at, {zone: String}) > {to: Date} OR retired_at > limit_at, 8,
			9), counting, responded, synced_kinds, verifications, responses, storings, backups, uses_after) AS depths,
		-- When each step from the third on was reached: acts at their own time, states not before the step they follow.
		arrayMap((start, response, stored, backed_up, used) ->
			[least(first_prompt_at, start), start, response, stored, backed_up,
			arrayMin(arrayPushBack(arrayFilter(at -> at >= backed_up AND at <= limit_at, used), ${NEVER})), retired_at],
			starts, responses, storings, backups, uses_after) AS moments,
		multiIf(has_synced, 'has_synced', client_can OR has(there, true), 'eligible', client_told, 'cannot_sync', 'unknown') AS standing,
		standing = 'eligible' AS eligible,
		if(eligible, if(first_prompt_at < ${NEVER}, 3, 2), 1) AS base_depth
	FROM tries
),
by_user AS
(
	SELECT
		ecosystem, legacy_class, user_hash, ${parted ? 'part, active_at AS began_at,' : ''}
		standing, eligible, base_depth,
		arrayMax(depths) AS depth,
		-- Of those that got furthest, the one that was there first.
		arraySort((times, reached) -> (reached != depth, arrayMax(arraySlice(times, 1, depth - 2)), times), moments, depths)[1] AS furthest,
		multiIf(
			base_depth = 1, [active_at],
			depth > 0, arrayConcat([active_at, active_at],
				arrayMap(step -> arrayMax(arraySlice(furthest, 1, step)), range(1, toInt16(depth) - 1))),
			base_depth = 2, [active_at, active_at],
			[active_at, active_at, first_prompt_at]) AS step_times,
		${depthBy('prompt')} AS prompt_depth,
		${depthBy('self')} AS self_depth,
		${depthBy('automatic')} AS automatic_depth,
		${countOf('reached', 'reached >= 5', 'depths')} AS created,
		${countOf('responded, synced', 'responded AND synced = 0', 'responded, synced_kinds')} AS created_not_synced,
		${countOf('counts, cause', `counts AND cause = 'already_registered'`, 'counting, causes')} AS already_registered,
		${countOf('counts, mode', `counts AND mode = 'automatic'`, 'counting, modes')} AS automatic_attempts,
		${countOf('responded, mode', `responded AND mode = 'automatic'`, 'responded, modes')} AS automatic_responded,
		${countOf('counts, mode, cause', `counts AND mode = 'automatic' AND cause IN ('conditional_not_eligible', 'timed_out')`, 'counting, modes, causes')} AS automatic_refused
	FROM paths
)`;

const upgradeSql = (parted: boolean) =>
	[
		...[CREDENTIALS, parted ? FIRST_USES : USES],
		...[active(parted), known(parted), REGISTRATIONS, byUser(parted)]
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
