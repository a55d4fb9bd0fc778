import { z } from 'zod';
import type { Filters } from '../../filters.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import {
	filterParameters,
	happenedWithin,
	MATCHES_CLIENT_THEN,
	REAL_CEREMONY,
	toParameters
} from './filter-sql.ts';
import { NEVER } from './funnel-parameters.ts';

/** How long an attempt has for all its steps, in minutes; 0: as long as it lasts. */
const SIGNIN_WINDOWS = [0, 1, 5, 60] as const;

export const signinParameters = filterParameters.extend({
	window_minutes: z.number().int().min(0).default(0)
});

/** The filters, and the window a page's address asks for (`window=5m`); anything else is all of an attempt. */
export function toSigninParameters(filters: Filters, search: URLSearchParams) {
	const asked = search.get('window') ?? '';
	const window_minutes = SIGNIN_WINDOWS.find((minutes) => `${minutes}m` === asked) ?? 0;
	return { ...toParameters(filters), window_minutes };
}

const NO_ID = `toUUID('00000000-0000-0000-0000-000000000000')`;

/** One attempt at signing in: the flow, where the page tells flows; else the visit; else the ceremony by itself. */
const ATTEMPT = `multiIf(flow_id != ${NO_ID}, flow_id, session_id != ${NO_ID}, session_id, own_id)`;

const DAYS = `project_id = {project: String} AND ${happenedWithin('addDays({from: Date}, -1)', 'addDays({to: Date}, 1)')} AND ${MATCHES_CLIENT_THEN}`;

const first = (at: string, condition: string) => `min(if(${condition}, ${at}, ${NEVER}))`;

/**
 * Common table expression `signins`: one row an attempt at signing in, of the day of its first event; days beside the period
 * are looked into, so that one which spans midnight is whole. `depth` is how many steps it took within the window, each at or after
 * the one before: whoever was answered had tried, whoever signed in had been answered. `times` are those of the steps.
 * Constant text: values are bound.
 */
export const SIGNIN_ATTEMPTS_SQL = `
signins AS
(
	SELECT
		attempt,
		max(user_hash) AS user_hash,
		min(at) AS began_at,
		max(at) AS ended_at,
		if({window_minutes: UInt32} = 0, ${NEVER}, addMinutes(began_at, {window_minutes: UInt32})) AS limit_at,
		${first('at', 'tried')} AS tried_at,
		${first('answered_at', 'answered')} AS answered_at,
		${first('signed_in_at', 'by_passkey')} AS signed_in_at,
		groupArrayIf((at, reason), otherwise) AS all_others,
		arrayFilter(one -> one.1 <= limit_at, all_others) AS others,
		notEmpty(others) AS by_other,
		arrayMax(arrayMap(one -> one.2, others)) AS fallback_reason,
		multiIf(tried_at > limit_at OR tried_at = ${NEVER}, 1, answered_at > limit_at OR answered_at = ${NEVER}, 2,
			signed_in_at > limit_at OR signed_in_at = ${NEVER}, 3, 4) AS depth,
		[began_at, tried_at, answered_at, signed_in_at] AS times
	FROM
	(
		SELECT
			${ATTEMPT} AS attempt, user_hash, assumeNotNull(occurred_at) AS at,
			user_driven AS tried,
			user_driven AND (client_outcome = 'succeeded' OR verified IS NOT NULL) AS answered,
			user_driven AND outcome = 'succeeded' AS by_passkey,
			assumeNotNull(coalesce(finished_at, verdict_at, started_at)) AS answered_at,
			greatest(answered_at, assumeNotNull(coalesce(verdict_at, finished_at, started_at))) AS signed_in_at,
			false AS otherwise, '' AS reason
		FROM (SELECT *, ceremony_id AS own_id FROM ceremonies_v1
			WHERE ${DAYS} AND ${REAL_CEREMONY} AND ceremony_type = 'authentication' AND outcome != 'pending')
		UNION ALL
		SELECT
			${ATTEMPT} AS attempt, user_hash, occurred_at AS at, false, false, false, ${NEVER}, ${NEVER},
			outcome = 'succeeded' AND method != 'passkey',
			if(outcome = 'succeeded', toString(fallback_reason), '')
		FROM (SELECT *, event_id AS own_id FROM signins_v1 WHERE ${DAYS})
	)
	GROUP BY attempt
	HAVING toDate(began_at, {zone: String}) BETWEEN {from: Date} AND {to: Date}
)`;

const fellBack = (reason: string) =>
	`depth IN (2, 3) AND by_other AND fallback_reason = '${reason}'`;

/** How an attempt that did not end with a passkey ended, as conditions on `signins`. */
export const SIGNIN_ENDS = {
	/** Tried and not signed in by passkey: signed in otherwise, by what the site said of it. */
	fell_back_failed: fellBack('ceremony_failed'),
	fell_back_by_choice: fellBack('user_choice'),
	fell_back_no_passkey: fellBack('no_passkey_here'),
	fell_back_untold: fellBack(''),
	/** Tried, and not signed in at all. */
	lost: 'depth IN (2, 3) AND NOT by_other',
	/** Did not try a passkey: signed in otherwise, or not at all. */
	other: 'depth = 1 AND by_other',
	left: 'depth = 1 AND NOT by_other'
} as const;

export type SigninEnd = keyof typeof SIGNIN_ENDS;

/** The ends, each with what `of` makes of its condition. */
export const mapSigninEnds = (of: (end: SigninEnd, condition: string) => string) =>
	Object.entries(SIGNIN_ENDS).map(([end, condition]) => of(end as SigninEnd, condition));

export const SIGNIN_STEPS = ['begun', 'tried', 'answered', 'signed_in'] as const;

/** Milliseconds from the step before; NULL where it was not reached. */
const GAPS = `arrayMap(step -> if(step > 1 AND depth >= step,
	toNullable(greatest(0, dateDiff('millisecond', times[step - 1], times[step]))), NULL), range(1, ${SIGNIN_STEPS.length + 1}))`;

const perStep = (level: string) =>
	`if(count() = 0, arrayResize([CAST(NULL, 'Nullable(Int64)')], ${SIGNIN_STEPS.length}), quantileExactForEach(${level})(${GAPS}))`;

const msPerStep = z.array(count.nullable()).length(SIGNIN_STEPS.length);

/**
 * How attempts at signing in went: how many tried a passkey, got the browser's answer, were signed in by it, and what became
 * of the others. Always one row.
 */
export const querySigninFunnel = defineQuery({
	name: 'signin-funnel',
	parameters: signinParameters,
	row: z.object({
		/** A sign-in page that armed autofill, a passkey asked for, or a sign-in by another method. */
		begun: count,
		/** A user's action started a passkey ceremony. */
		tried: count,
		/** The browser answered one. */
		answered: count,
		/** Signed in by passkey. */
		signed_in: count,
		/** Median and ninth decile of the time from the step before, in milliseconds; null for the first, and where nobody came. */
		median_ms: msPerStep,
		p90_ms: msPerStep,
		fell_back_no_passkey: count,
		fell_back_failed: count,
		fell_back_by_choice: count,
		fell_back_untold: count,
		lost: count,
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
	${perStep('0.5')} AS median_ms,
	${perStep('0.9')} AS p90_ms,
	${mapSigninEnds((end, condition) => `countIf(${condition}) AS ${end}`).join(',\n\t')}
FROM signins`
});
