import { hash } from 'node:crypto';
import type { FailureIdentity } from '../../failures/failure-words.ts';
import { happenedWithin } from './filter-sql.ts';

/**
 * What makes one group of failures, on ceremonies_v1: how it ended, why, and the error to the letter. The dashboard's addresses and the
 * triage in the settings go by this id, so it must not change.
 */
export const GROUP_ID = `lower(substring(hex(SHA256(concat(outcome, '\\n', cause, '\\n', error_name, '\\n', error_signature, '\\n', error_code))), 1, 10))`;

/** The id that GROUP_ID gives such a group. */
export function groupIdOf(identity: FailureIdentity): string {
	const { outcome, cause, error_name, error_signature, error_code } = identity;
	const text = [outcome, cause, error_name, error_signature, error_code].join('\n');
	return hash('sha256', text).slice(0, 10);
}

/** Outcomes that are errors, and those that a user's choice or the page itself makes: kept apart on every page. */
export const ENDED_BADLY = {
	errors: `outcome IN ('failed', 'rejected')`,
	expected: `outcome IN ('cancelled', 'aborted', 'abandoned', 'untouched')`
};

const NO_ID = `toUUID('00000000-0000-0000-0000-000000000000')`;

/**
 * Whose a ceremony is, of ceremonies_v1 as `c` and its session's user as `s` (`SESSION_USERS`): the user it names, else the user whom its
 * session names elsewhere (a sign-in that fails often names nobody), 0 when nobody is known. A session that names two users is
 * the later hash's: its ceremonies without a user of their own are few.
 */
export const PERSON = `if(c.user_hash != 0, c.user_hash, s.user_hash)`;

/** The person, else the session, else the ceremony itself: what counts once. */
export const WHO = `multiIf(c.user_hash != 0, c.user_hash, s.user_hash != 0, s.user_hash,
			c.session_id != ${NO_ID}, cityHash64(c.session_id), cityHash64(c.ceremony_id))`;

export const SESSION_USERS = `(
		SELECT session_id, user_hash FROM sessions_v1
		WHERE project_id = {project: String} AND ${happenedWithin('addDays({from: Date}, -1)', '{to: Date}')} AND user_hash != 0
	)`;

/** Ceremonies that meet `where` (conditions on ceremonies_v1), each with `person`, `who` and one column `more`. */
export const withPersons = (where: string, more = 'true AS listed') => `
	SELECT c.*, ${PERSON} AS person, ${WHO} AS who
	FROM
	(
		SELECT ceremony_id, session_id, user_hash, occurred_at, ceremony_type, os_name, browser_name, release, outcome, user_driven,
			cause, error_name, error_signature, error_code, ${more}
		FROM ceremonies_v1
		WHERE ${where}
	) AS c
	LEFT JOIN ${SESSION_USERS} AS s ON c.session_id = s.session_id`;
