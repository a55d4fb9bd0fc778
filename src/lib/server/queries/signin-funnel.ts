import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters, MATCHES_CLIENT } from './filter-sql.ts';

const NO_ID = `toUUID('00000000-0000-0000-0000-000000000000')`;

/** One attempt at signing in: the flow, where the page tells flows; else the visit; else the ceremony by itself. */
const ATTEMPT = `multiIf(flow_id != ${NO_ID}, flow_id, session_id != ${NO_ID}, session_id, own_id)`;

/**
 * Common table expression `signins`: one row an attempt at signing in, of the day of its first event; days beside the period
 * are looked into, so that one which spans midnight is whole. Constant text: values are bound.
 */
export const SIGNIN_ATTEMPTS_SQL = `
signins AS
(
	SELECT
		attempt,
		max(user_hash) AS user_hash,
		min(at) AS began_at,
		max(at) AS ended_at,
		max(tried) AS tried,
		max(answered) AS answered,
		max(by_passkey) AS by_passkey,
		max(by_other) AS by_other,
		max(fallback_reason) AS fallback_reason,
		multiIf(by_passkey, 4, answered, 3, tried, 2, 1) AS depth
	FROM
	(
		SELECT
			${ATTEMPT} AS attempt, user_hash, assumeNotNull(occurred_at) AS at,
			user_driven AS tried,
			user_driven AND (client_outcome = 'succeeded' OR verified IS NOT NULL) AS answered,
			user_driven AND outcome = 'succeeded' AS by_passkey,
			false AS by_other, '' AS fallback_reason
		FROM (SELECT *, ceremony_id AS own_id FROM ceremonies_v1
			WHERE project_id = {project: String} AND day BETWEEN {from: Date} - 1 AND {to: Date} + 1 AND ${MATCHES_CLIENT}
				AND ceremony_type = 'authentication' AND outcome != 'pending')
		UNION ALL
		SELECT
			${ATTEMPT} AS attempt, user_hash, occurred_at AS at, false, false, false,
			outcome = 'succeeded' AND method != 'passkey',
			if(outcome = 'succeeded', toString(fallback_reason), '')
		FROM (SELECT *, event_id AS own_id FROM signins_v1
			WHERE project_id = {project: String} AND day BETWEEN {from: Date} - 1 AND {to: Date} + 1 AND ${MATCHES_CLIENT})
	)
	GROUP BY attempt
	HAVING toDate(began_at) BETWEEN {from: Date} AND {to: Date}
)`;

export const SIGNIN_STEPS = ['begun', 'tried', 'answered', 'signed_in'] as const;

/**
 * How attempts at signing in went: how many tried a passkey, got the browser's answer, were signed in by it, and what became
 * of the others. Always one row.
 */
export const querySigninFunnel = defineQuery({
	name: 'signin-funnel',
	parameters: filterParameters,
	row: z.object({
		/** A sign-in page that armed autofill, a passkey asked for, or a sign-in by another method. */
		begun: count,
		/** A user's action started a passkey ceremony. */
		tried: count,
		/** The browser answered one. */
		answered: count,
		/** Signed in by passkey. */
		signed_in: count,
		/** Tried and not signed in by passkey: signed in otherwise, by what the site said of it. */
		fell_back_no_passkey: count,
		fell_back_failed: count,
		fell_back_by_choice: count,
		fell_back_untold: count,
		/** Tried, and not signed in at all. */
		lost: count,
		/** Did not try a passkey: signed in otherwise, or not at all. */
		other: count,
		left: count
	}),
	sql: `
WITH ${SIGNIN_ATTEMPTS_SQL}
SELECT
	count() AS begun,
	countIf(depth >= 2) AS tried,
	countIf(depth >= 3) AS answered,
	countIf(depth >= 4) AS signed_in,
	countIf(depth IN (2, 3) AND by_other AND fallback_reason = 'no_passkey_here') AS fell_back_no_passkey,
	countIf(depth IN (2, 3) AND by_other AND fallback_reason = 'ceremony_failed') AS fell_back_failed,
	countIf(depth IN (2, 3) AND by_other AND fallback_reason = 'user_choice') AS fell_back_by_choice,
	countIf(depth IN (2, 3) AND by_other AND fallback_reason = '') AS fell_back_untold,
	countIf(depth IN (2, 3) AND NOT by_other) AS lost,
	countIf(depth = 1 AND by_other) AS other,
	countIf(depth = 1 AND NOT by_other) AS left
FROM signins`
});

export type SigninFunnel = Awaited<ReturnType<typeof querySigninFunnel>>[number];
