/**
 * The common table expressions the upgrade queries share. Constant text: values are bound
 * (`project`, `from`, `to`, `ecosystem`, `platform`, `application`).
 */

/** Where a class's upgrade happens: the system it lives on. */
const ECOSYSTEM_OF_CLASS = `transform(credential_legacy_class,
	['apple_platform', 'android_platform', 'chrome_mac_profile', 'windows_hello', 'u2f_key'],
	['apple', 'google', 'apple', 'microsoft', 'security_key'], 'unknown')`;

/** Later than anything that happened, and still within what a Date holds (2149). */
const NEVER = `toDateTime64('2100-01-01', 3)`;

/** Security keys, and platform credentials of a system we have no name for, may be upgraded on any device. */
const ANYWHERE = `a.legacy_class IN ('u2f_key', 'other_platform')`;

/** The device belongs to the ecosystem the upgrade is looked for in. */
const onItsDevice = (device: string) =>
	`(${ANYWHERE} OR if(${device} = '', 'unknown', ${device}) = a.ecosystem)`;

/**
 * The ledger keeps every place a credential was ever used in; for those used after the period, and only those,
 * the places of that day are read from the events: a later use must not change an earlier period.
 */
const CREDENTIALS = `
places_then AS
(
	SELECT credential_hash, groupUniqArray(toString(client_ecosystem)) AS places
	FROM events_raw_v1
	WHERE project_id = {project: String} AND event_date <= {to: Date} AND event_type = 'ceremony.finished' AND client_ecosystem != ''
		AND credential_hash IN (
			SELECT credential_hash FROM credentials_v1
			WHERE project_id = {project: String} AND toDate(first_seen_at) <= {to: Date} AND toDate(last_used_at) > {to: Date})
	GROUP BY credential_hash
),
credentials AS
(
	SELECT
		c.credential_hash AS credential_hash, user_hash, credential_legacy_class, credential_ecosystem,
		if(ifNull(toDate(last_used_at) > {to: Date}, false), p.places, c.used_in_ecosystems) AS used_in_ecosystems,
		be, status, first_seen_at, backed_up_at, revoked_at,
		least(ifNull(revoked_at, ${NEVER}), ifNull(signalled_at, ${NEVER})) AS retired_at,
		${ECOSYSTEM_OF_CLASS} AS class_ecosystem
	FROM credentials_v1 AS c
	LEFT JOIN places_then AS p ON p.credential_hash = c.credential_hash
	WHERE project_id = {project: String} AND toDate(first_seen_at) <= {to: Date}
)`;

/** Verified sign-ins by passkey in the period, each with the credential that signed. */
const USES = `
uses AS
(
	SELECT
		credential_hash,
		user_hash,
		greatest(ifNull(finished_at, verdict_at), verdict_at) AS used_at,
		({platform: String} = '' OR os_name = {platform: String})
			AND ({application: String} = '' OR application = {application: String}) AS in_filter
	FROM ceremonies_v1
	WHERE project_id = {project: String} AND day BETWEEN {from: Date} AND {to: Date}
		AND ceremony_type = 'authentication' AND verified = true AND credential_hash != 0
)`;

/** The first sign-in of each user with each class, and when all the credentials they used of it were retired. */
const ACTIVE = `
active AS
(
	SELECT user_hash, legacy_class, ecosystem, min(active_at) AS active_at, max(retired_at) AS retired_at
	FROM
	(
		SELECT
			if(u.user_hash = 0, k.user_hash, u.user_hash) AS user_hash,
			k.credential_legacy_class AS legacy_class,
			k.class_ecosystem AS ecosystem,
			u.used_at AS active_at,
			k.retired_at AS retired_at
		FROM uses AS u
		INNER JOIN credentials AS k ON k.credential_hash = u.credential_hash
		WHERE k.credential_legacy_class != '' AND u.in_filter
		UNION ALL
		SELECT
			user_hash,
			'password' AS legacy_class,
			if(client_ecosystem = '', 'unknown', client_ecosystem) AS ecosystem,
			occurred_at AS active_at,
			${NEVER} AS retired_at
		FROM signins_v1
		WHERE project_id = {project: String} AND day BETWEEN {from: Date} AND {to: Date}
			AND method = 'password' AND outcome = 'succeeded'
			AND ({platform: String} = '' OR os_name = {platform: String})
			AND ({application: String} = '' OR application = {application: String})
	)
	WHERE user_hash != 0 AND ({ecosystem: String} = '' OR ecosystem = {ecosystem: String})
	GROUP BY user_hash, legacy_class, ecosystem
)`;

/** What is known of each user: devices, prompts, registrations, credentials that may be synced. */
const KNOWN = `
known_clients AS
(
	SELECT user_hash, groupUniqArray((if(client_ecosystem = '', 'unknown', client_ecosystem), assumeNotNull(synced_capable))) AS clients
	FROM sessions_v1
	WHERE project_id = {project: String} AND day <= {to: Date} AND user_hash != 0 AND synced_capable IS NOT NULL
	GROUP BY user_hash
),
registrations AS
(
	SELECT
		user_hash, ceremony_id, client_ecosystem, prompt_id, automatic, credential_hash,
		occurred_at AS started_at,
		outcome = 'succeeded' OR verified IS NOT NULL AS responded,
		backup_eligible, verified, cause
	FROM ceremonies_v1
	WHERE project_id = {project: String} AND day BETWEEN {from: Date} AND {to: Date}
		AND ceremony_type = 'registration' AND user_hash != 0
),
known_registrations AS
(
	SELECT user_hash, groupUniqArray(if(client_ecosystem = '', 'unknown', client_ecosystem)) AS places
	FROM registrations
	GROUP BY user_hash
),
known_synced AS
(
	SELECT user_hash, groupArray((first_seen_at, retired_at, arrayDistinct(arrayPushBack(used_in_ecosystems, credential_ecosystem)))) AS synced
	FROM credentials
	WHERE be = true AND status != 'refused' AND user_hash != 0
	GROUP BY user_hash
),
known_prompts AS
(
	SELECT user_hash, groupArray((shown_at, client_ecosystem)) AS prompts
	FROM (
		SELECT user_hash, assumeNotNull(shown_at) AS shown_at, client_ecosystem
		FROM prompts_v1
		WHERE project_id = {project: String} AND day BETWEEN {from: Date} AND {to: Date}
			AND shown_at IS NOT NULL AND purpose IN ('enroll', 'upgrade') AND user_hash != 0
	)
	GROUP BY user_hash
)`;

/**
 * One row a user, class and ecosystem. `standing`: eligible, has_synced (one is there already), cannot_sync (every client said no),
 * unknown (no client said). Eligible holds from the sign-in on, so only later prompts are offers.
 */
const COHORT = `
cohort AS
(
	SELECT
		a.user_hash AS user_hash, a.legacy_class AS legacy_class, a.ecosystem AS ecosystem,
		a.active_at AS active_at, a.retired_at AS retired_at,
		arrayExists(s -> s.1 < a.active_at AND s.2 > a.active_at
			AND (${ANYWHERE} OR has(s.3, a.ecosystem)), sy.synced) AS has_synced,
		arrayExists(c -> ${onItsDevice('c.1')} AND c.2, cl.clients)
			OR if(${ANYWHERE}, notEmpty(re.places), has(re.places, a.ecosystem)) AS can_sync,
		arrayExists(c -> ${onItsDevice('c.1')}, cl.clients) AS asked_client,
		multiIf(has_synced, 'has_synced', can_sync, 'eligible', asked_client, 'cannot_sync', 'unknown') AS standing,
		standing = 'eligible' AS eligible,
		arrayMin(arrayPushBack(arrayMap(p -> p.1, arrayFilter(p -> p.1 >= a.active_at
			AND ${onItsDevice('p.2')}, pr.prompts)), ${NEVER})) AS first_prompt_at,
		first_prompt_at < ${NEVER} AS prompted
	FROM active AS a
	LEFT JOIN known_synced AS sy ON sy.user_hash = a.user_hash
	LEFT JOIN known_clients AS cl ON cl.user_hash = a.user_hash
	LEFT JOIN known_registrations AS re ON re.user_hash = a.user_hash
	LEFT JOIN known_prompts AS pr ON pr.user_hash = a.user_hash
)`;

/** Each registration of the cohort at or after the legacy sign-in, and how far it led (4 started … 9 retired). */
const ATTEMPTS = `
credential_uses AS
(
	SELECT credential_hash, groupArray(used_at) AS used FROM uses GROUP BY credential_hash
),
attempts AS
(
	SELECT
		a.user_hash AS user_hash, a.legacy_class AS legacy_class, a.ecosystem AS ecosystem, r.cause AS cause,
		multiIf(r.automatic, 'automatic',
			a.first_prompt_at <= r.started_at OR r.prompt_id != toUUID('00000000-0000-0000-0000-000000000000'), 'prompt', 'self') AS mode,
		r.responded AS responded,
		ifNull(r.backup_eligible, k.be) AS synced,
		responded AND synced = true AS created,
		created AND r.verified = true AS stored,
		stored AND toDate(k.backed_up_at) <= {to: Date} AS backed,
		arrayMin(arrayPushBack(arrayFilter(x -> x >= k.backed_up_at, us.used), ${NEVER})) AS first_used_at,
		multiIf(
			NOT ifNull(created, false), 4,
			NOT ifNull(stored, false), 5,
			NOT ifNull(backed, false), 6,
			first_used_at >= ${NEVER}, 7,
			a.retired_at < a.active_at OR toDate(a.retired_at) > {to: Date}, 8,
			9) AS depth
	FROM cohort AS a
	INNER JOIN registrations AS r ON r.user_hash = a.user_hash
	LEFT JOIN credentials AS k ON k.credential_hash = r.credential_hash
	LEFT JOIN credential_uses AS us ON us.credential_hash = r.credential_hash
	WHERE r.started_at >= a.active_at AND ${onItsDevice('r.client_ecosystem')}
)`;

export const LEGACY_SQL = [CREDENTIALS, USES, ACTIVE, KNOWN, COHORT, ATTEMPTS].join(',');
