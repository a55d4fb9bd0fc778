import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { flag, hashSql, utcTime } from './column-types.ts';

/** What came within a time, by the collector's clock, of some projects. */
const arrived = z.object({
	projects: z.array(z.string()),
	/** Unix epoch in milliseconds. */
	from: z.int(),
	to: z.int()
});

const utc = (name: string) => `fromUnixTimestamp64Milli({${name}: Int64}, 'UTC')`;
const BETWEEN = `received_at >= ${utc('from')} AND received_at <= ${utc('to')}`;
const PARTS = `event_type IN ('ceremony.started', 'ceremony.finished', 'ceremony.verdict')`;

/**
 * Registrations that succeeded and ceremonies that the server refused for one of some reasons, of which nothing new came after `to`, in
 * the order of their newest part. By what arrived lately first, which has an index. Constant text: values are bound.
 */
export const queryStreamCeremonies = defineQuery({
	name: 'stream-ceremonies',
	parameters: arrived.extend({ reasons: z.array(z.string()), limit: z.int() }),
	row: z.object({
		project_id: z.string(),
		ceremony_id: z.string(),
		ceremony_type: z.enum(['registration', 'authentication']),
		outcome: z.enum(['succeeded', 'rejected']),
		reason: z.string(),
		verified: flag,
		at: utcTime,
		/** Unix epoch in milliseconds. */
		received: z.number(),
		user_hash: z.string(),
		credential_hash: z.string(),
		provider: z.string(),
		aaguid: z.string(),
		backup_eligible: flag,
		backup_state: flag,
		rp_id: z.string(),
		application: z.string(),
		environment: z.string(),
		os_name: z.string(),
		browser_name: z.string(),
		country: z.string()
	}),
	sql: `SELECT
	project_id, toString(ceremony_id) AS ceremony_id, ceremony_type, outcome, refusal_reason AS reason, verified, occurred_at AS at,
	toFloat64(toUnixTimestamp64Milli(received_at)) AS received, ${hashSql('user_hash')} AS user_hash,
	${hashSql('credential_hash')} AS credential_hash, provider, aaguid, backup_eligible, backup_state, rp_id, application, environment,
	os_name, browser_name, country
FROM ceremonies_v1 AS c
WHERE (project_id, ceremony_hour, c.ceremony_id) IN (
		SELECT project_id, toStartOfHour(UUIDv7ToDateTime(ceremony_id, 'UTC')), ceremony_id
		FROM events_raw_v1
		WHERE project_id IN {projects: Array(String)} AND ${BETWEEN} AND ${PARTS}
	)
	AND ${BETWEEN} AND NOT synthetic
	AND ((ceremony_type = 'registration' AND outcome = 'succeeded')
		OR (outcome = 'rejected' AND refusal_reason IN {reasons: Array(String)}))
ORDER BY received_at, ceremony_id
LIMIT {limit: UInt32}`
});

/** Credentials that a server said were revoked. */
export const queryStreamRevocations = defineQuery({
	name: 'stream-revocations',
	parameters: arrived,
	row: z.object({
		project_id: z.string(),
		event_id: z.string(),
		at: utcTime,
		user_hash: z.string(),
		credential_hash: z.string(),
		reason: z.string()
	}),
	sql: `SELECT project_id, toString(e.event_id) AS event_id, min(e.occurred_at) AS at, ${hashSql('max(e.user_hash)')} AS user_hash,
	${hashSql('max(e.credential_hash)')} AS credential_hash, max(toString(e.revocation_reason)) AS reason
FROM events_raw_v1 AS e
WHERE project_id IN {projects: Array(String)} AND ${BETWEEN} AND event_type = 'credential.revoked' AND NOT synthetic
GROUP BY project_id, e.event_id
ORDER BY at, event_id`
});

/** Legal changes of BS by a ceremony that came within the time; the others are findings of the ledger. */
export const queryStreamBackups = defineQuery({
	name: 'stream-backups',
	parameters: arrived,
	row: z.object({
		project_id: z.string(),
		ceremony_id: z.string(),
		at: utcTime,
		user_hash: z.string(),
		credential_hash: z.string(),
		provider: z.string(),
		verdict: z.enum(['backed_up', 'no_longer_backed_up'])
	}),
	sql: `WITH shown AS
(
	SELECT project_id, credential_hash, ceremony_id
	FROM events_raw_v1
	WHERE project_id IN {projects: Array(String)} AND ${BETWEEN} AND ${PARTS} AND credential_hash != 0
)
SELECT h.project_id AS project_id, toString(h.change.ceremony_id) AS ceremony_id, h.change.at AS at, ${hashSql('c.user_hash')} AS user_hash,
	${hashSql('h.credential')} AS credential_hash, c.provider AS provider, h.change.verdict AS verdict
FROM
(
	SELECT project_id, credential_hash AS credential, arrayJoin(arrayPopFront(changes)) AS change
	FROM credential_history_v1
	WHERE project_id IN {projects: Array(String)} AND credential_hash IN (SELECT credential_hash FROM shown)
		AND (project_id, credential_hash) IN (
			SELECT project_id, credential_hash FROM credential_flags_v1
			WHERE changed AND project_id IN {projects: Array(String)} AND credential_hash IN (SELECT credential_hash FROM shown))
) AS h
JOIN (
	SELECT project_id, credential_hash, user_hash, provider, synthetic
	FROM credentials_v1
	WHERE project_id IN {projects: Array(String)} AND credential_hash IN (SELECT credential_hash FROM shown)
) AS c ON c.project_id = h.project_id AND c.credential_hash = h.credential
WHERE h.change.verdict IN ('backed_up', 'no_longer_backed_up') AND NOT c.synthetic
	AND (h.project_id, h.change.ceremony_id) IN (SELECT project_id, ceremony_id FROM shown)
ORDER BY at, ceremony_id`
});
