import { z } from 'zod';
import { TIMELINE_KINDS } from '../../users/timeline-kinds.ts';
import { defineQuery } from '../define-query.ts';
import { bool, count, flag, hashSql, utcTime } from './column-types.ts';
import { CREDENTIAL_COLUMNS, credentialRow } from './credential-list.ts';

/** One thing that happened to a user; what a kind does not tell is empty or null. */
export const timelineEntry = z.object({
	kind: z.enum(TIMELINE_KINDS),
	id: z.string(),
	at: utcTime,
	/** Type of a ceremony, method of a sign-in, purpose of a prompt, step of a credential. */
	what: z.string(),
	/** How a ceremony or a sign-in ended; of a prompt `accepted`, `dismissed` or `unanswered`; of a registration that the server refused `refused`. */
	outcome: z.string(),
	/** Cause of a ceremony's end, why a sign-in fell back on another method, why a credential was revoked. */
	reason: z.string(),
	/** How sure a ceremony's cause is. */
	confidence: z.string(),
	/** Mediation of a ceremony, mode of a prompt. */
	mode: z.string(),
	automatic: bool,
	cross_device: flag,
	elapsed_ms: count.nullable(),
	/** Of a prompt: which showing for this user; 0: not known. */
	showing: count,
	/** Of a ceremony, and that of a sign-in or of a change of flags. */
	ceremony_id: z.string(),
	credential_hash: z.string(),
	be: flag,
	bs: flag,
	os_name: z.string(),
	browser_name: z.string(),
	application: z.string(),
	synthetic: bool
});

export type TimelineEntry = z.infer<typeof timelineEntry>;

const NO_CEREMONY = '00000000-0000-0000-0000-000000000000';

/** The credentials that an event named this user for; whose each is in the end, its own row says. */
const OWN_CREDENTIALS = `
	SELECT credential_hash FROM credentials_v1
	WHERE project_id = {project: String} AND user_hash = toUInt64({user: String}) AND credential_hash IN
	(
		SELECT credential_hash FROM credentials_state_v2
		WHERE project_id = {project: String} AND owner.2 = toUInt64({user: String})
	)`;

const OF_CREDENTIAL = `
	'' AS confidence, '' AS mode, false AS automatic, NULL AS cross_device, NULL AS elapsed_ms, 0 AS showing`;

/**
 * All that is known of a user but untouched autofill requests, newest first, after the entry that the cursor names (empty id: from the
 * newest). Sign-ins and prompts lie in the order of time; their index on users leaves most of them unread.
 */
export const queryUserTimeline = defineQuery({
	name: 'user-timeline',
	parameters: z.object({
		project: z.string(),
		/** As a number in text. */
		user: z.string().regex(/^\d{1,20}$/),
		kinds: z.array(z.enum(TIMELINE_KINDS)),
		before_at: z.iso.datetime(),
		before_id: z.string(),
		limit: z.int().min(1).max(1_000)
	}),
	row: timelineEntry,
	sql: `
WITH
toUInt64({user: String}) AS the_user
SELECT kind, id, at, what, outcome, reason, confidence, mode, automatic, cross_device, elapsed_ms, showing,
	if(ceremony = '${NO_CEREMONY}', '', ceremony) AS ceremony_id, ${hashSql('credential')} AS credential_hash,
	be, bs, os_name, browser_name, application, synthetic
FROM
(
	SELECT 'ceremony' AS kind, toString(c.ceremony_id) AS id, assumeNotNull(c.occurred_at) AS at,
		toString(c.ceremony_type) AS what, c.outcome AS outcome, toString(c.cause) AS reason,
		toString(c.cause_confidence) AS confidence, toString(c.mediation) AS mode, c.automatic AS automatic,
		c.cross_device AS cross_device, c.elapsed_ms AS elapsed_ms, 0 AS showing,
		toString(c.ceremony_id) AS ceremony, c.credential_hash AS credential, c.backup_eligible AS be, c.backup_state AS bs,
		toString(c.os_name) AS os_name, toString(c.browser_name) AS browser_name, toString(c.application) AS application,
		c.synthetic AS synthetic
	FROM ceremonies_v1 AS c
	WHERE has({kinds: Array(String)}, 'ceremony') AND c.project_id = {project: String} AND (c.ceremony_hour, c.ceremony_id) IN
		(
			SELECT toStartOfHour(UUIDv7ToDateTime(ceremony_id, 'UTC')), ceremony_id
			FROM user_ceremonies_state_v1
			WHERE project_id = {project: String} AND user_hash = the_user
		)
		AND c.user_hash = the_user AND c.outcome != 'untouched'
	UNION ALL
	SELECT 'signin', toString(s.event_id), s.occurred_at, toString(s.method), toString(s.outcome), toString(s.fallback_reason),
		'', '', false, NULL, s.elapsed_ms, 0, toString(s.ceremony_id), 0, NULL, NULL,
		toString(s.os_name), toString(s.browser_name), toString(s.application), s.synthetic
	FROM signins_v1 AS s
	WHERE has({kinds: Array(String)}, 'signin') AND s.project_id = {project: String}
		AND (toStartOfHour(UUIDv7ToDateTime(s.event_id, 'UTC')), s.event_id) IN
		(
			SELECT toStartOfHour(UUIDv7ToDateTime(event_id, 'UTC')), event_id
			FROM signins_state_v1
			WHERE project_id = {project: String} AND user_hash = the_user
		)
		AND s.user_hash = the_user
	UNION ALL
	SELECT 'prompt', toString(p.prompt_id), assumeNotNull(p.occurred_at), toString(p.purpose),
		multiIf(p.accepted_at IS NOT NULL, 'accepted', p.dismissed_at IS NOT NULL, 'dismissed', 'unanswered'), '',
		'', toString(p.mode), false, NULL, NULL, toUInt16(p.showing), '', 0, NULL, NULL,
		toString(p.os_name), toString(p.browser_name), toString(p.application), p.synthetic
	FROM prompts_v1 AS p
	WHERE has({kinds: Array(String)}, 'prompt') AND p.project_id = {project: String}
		AND (toStartOfHour(UUIDv7ToDateTime(p.prompt_id, 'UTC')), p.prompt_id) IN
		(
			SELECT toStartOfHour(UUIDv7ToDateTime(prompt_id, 'UTC')), prompt_id
			FROM prompts_state_v1
			WHERE project_id = {project: String} AND user_hash = the_user
		)
		AND p.user_hash = the_user
	UNION ALL
	SELECT 'credential' AS kind, concat(${hashSql('c.credential_hash')}, '-', toString(step.1)) AS id, assumeNotNull(step.3) AS at,
		step.2 AS what, if(step.2 = 'registered' AND c.status = 'refused', 'refused', '') AS outcome,
		if(step.2 = 'revoked', toString(c.revocation_reason), '') AS reason, ${OF_CREDENTIAL},
		'' AS ceremony, c.credential_hash AS credential, NULL AS be, NULL AS bs,
		if(step.2 = 'registered', toString(c.registration_os), '') AS os_name, '' AS browser_name, toString(c.application) AS application,
		c.synthetic AS synthetic
	FROM credentials_v1 AS c
	ARRAY JOIN
	[
		(1, 'first_seen', if(c.registered_at IS NULL, toNullable(c.first_seen_at), NULL)),
		(2, 'registered', c.registered_at),
		(8, 'signalled', c.signalled_at),
		(9, 'revoked', c.revoked_at)
	] AS step
	WHERE has({kinds: Array(String)}, 'credential') AND c.project_id = {project: String} AND c.credential_hash IN (${OWN_CREDENTIALS})
		AND step.3 IS NOT NULL
	UNION ALL
	SELECT 'credential' AS kind, concat(${hashSql('h.credential_hash')}, '-5') AS id, change.at AS at,
		change.verdict AS what, '' AS outcome, '' AS reason, ${OF_CREDENTIAL},
		toString(change.ceremony_id) AS ceremony, h.credential_hash AS credential, change.be AS be, change.bs AS bs,
		change.os_name AS os_name, '' AS browser_name, '' AS application, false AS synthetic
	FROM credential_history_v1 AS h
	ARRAY JOIN h.changes AS change
	WHERE has({kinds: Array(String)}, 'credential') AND h.project_id = {project: String} AND h.credential_hash IN (${OWN_CREDENTIALS})
		AND change.verdict != 'first'
)
WHERE {before_id: String} = '' OR (at, id) < (parseDateTime64BestEffort({before_at: String}, 3, 'UTC'), {before_id: String})
ORDER BY at DESC, id DESC
LIMIT {limit: UInt16}`
});

/** What a user holds and held, the lately active first. */
export const queryUserCredentials = defineQuery({
	name: 'user-credentials',
	parameters: z.object({ project: z.string(), user: z.string().regex(/^\d{1,20}$/) }),
	row: credentialRow,
	sql: `
SELECT ${CREDENTIAL_COLUMNS}
FROM credentials_v1 AS c
WHERE c.project_id = {project: String} AND c.credential_hash IN (${OWN_CREDENTIALS})
ORDER BY last_activity_at DESC, credential_hash DESC`
});
