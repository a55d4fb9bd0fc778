import { COUNTED, OFFERS, REAL, WHERE_CLIENT, WHERE_CLIENT_THEN } from './filter-sql.ts';
import { limitAfter, NEVER } from './funnel-parameters.ts';

/** The steps, in order. */
export const ENROLMENT_STEPS = [
	'eligible',
	'offered',
	'started',
	'created',
	'verified',
	'first_use'
] as const;

const NO_ID = `toUUID('00000000-0000-0000-0000-000000000000')`;

/** Clocks are corrected to within network time (collector/ingest/correct-time.ts), and two devices of one user by as much each. */
const SLACK = 'INTERVAL 5 SECOND';

/**
 * Common table expressions of the enrolment funnel, ending in `people`: one row a user of the period: `depth` (how many steps),
 * `times` (of each step reached, in order), `release` of the first visit on a capable client. The depth is 0 of those who are not in
 * the funnel: never on a capable client, or with a usable passkey when the period began (`enrolled_before`); `ever_created` tells whether
 * any registration of theirs was answered. Every step at or after the one before:
 * - eligible: the first visit of the period on a capable client;
 * - offered: the first prompt from then on; passed over where a site reports none;
 * - from `started` on one registration is followed, that of the user which got furthest: it names one of the prompts or began after it;
 * - within it the order is the protocol's: clocks of page and server differ by seconds, so their times are not compared;
 * - first use: the first sign-in with the passkey it made.
 * Conditional creates are not in it: nobody decided on them.
 * Constant text: values are bound (filters, `window_days`, `offers_reported`).
 */
export const ENROLMENT_SQL = `
enrolled AS
(
	SELECT user_hash FROM credential_rows_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND toDate(first_seen_at, {zone: String}) < {from: Date}
		AND status != 'refused' AND (revoked_at IS NULL OR toDate(revoked_at, {zone: String}) >= {from: Date})
),
entries AS
(
	SELECT user_hash, assumeNotNull(min(capable_from)) AS eligible_at, argMin(toString(release), (capable_from, release)) AS first_release,
		${limitAfter('eligible_at')} AS limit_at
	FROM user_days_v1
	WHERE ${WHERE_CLIENT} AND passkey_capable = 'yes'
	GROUP BY user_hash
),
offers AS
(
	SELECT user_hash, groupArray((assumeNotNull(shown_at), prompt_id)) AS shown
	FROM prompts_v1
	WHERE ${WHERE_CLIENT_THEN} AND user_hash != 0 AND shown_at IS NOT NULL AND purpose IN ${OFFERS}
	GROUP BY user_hash
),
-- One pass over what passkeys did: the registrations of a passkey, and beside them the sign-ins with it.
attempts AS
(
	SELECT
		one.1 AS user_hash, one.2 AS prompt_id, one.3 AS started_at, one.4 AS created, one.5 AS created_at,
		one.6 AS stored, one.7 AS stored_at, used
	FROM
	(
		SELECT
			groupArrayIf((
				user_hash, prompt_id, assumeNotNull(occurred_at),
				client_outcome = 'succeeded' OR verified IS NOT NULL, assumeNotNull(coalesce(finished_at, verdict_at, started_at)),
				ifNull(verified, false), assumeNotNull(coalesce(verdict_at, finished_at, started_at))),
				ceremony_type = 'registration') AS made,
			groupArrayIf(assumeNotNull(coalesce(verdict_at, finished_at, started_at)), ceremony_type = 'authentication') AS used
		FROM passkey_acts_v1
		WHERE ${WHERE_CLIENT} AND ${REAL} AND multiIf(
			ceremony_type = 'registration', user_driven AND user_hash != 0,
			outcome = 'succeeded' AND credential_hash != 0)
		-- Registrations that made none have nothing in common.
		GROUP BY credential_hash, if(credential_hash = 0, ceremony_id, ${NO_ID})
	)
	ARRAY JOIN made AS one
),
begun AS
(
	SELECT
		e.user_hash AS user_hash, e.first_release AS release, e.eligible_at AS eligible_at, e.limit_at AS limit_at,
		e.user_hash IN enrolled AS had_one,
		arrayFilter(one -> one.1 >= e.eligible_at - ${SLACK} AND one.1 <= e.limit_at, o.shown) AS offered,
		arrayMap(one -> one.2, offered) AS prompt_ids,
		if({offers_reported: Bool}, arrayMin(arrayPushBack(arrayMap(one -> one.1, offered), ${NEVER})), e.eligible_at) AS offered_at
	FROM entries AS e
	LEFT JOIN offers AS o ON o.user_hash = e.user_hash
),
paths AS
(
	SELECT
		if(b.user_hash != 0, b.user_hash, a.user_hash) AS user_hash, b.release AS release, b.eligible_at AS eligible_at,
		b.offered_at AS offered_at, b.had_one AS had_one, a.created AS created,
		arrayMin(arrayPushBack(arrayFilter(at -> at <= b.limit_at, a.used), ${NEVER})) AS used_at,
		a.user_hash != 0 AND b.offered_at < ${NEVER} AND a.started_at <= b.limit_at
			AND (has(b.prompt_ids, a.prompt_id) OR a.started_at >= b.offered_at - if({offers_reported: Bool}, 0, 5)) AS counts,
		multiIf(
			b.user_hash = 0 OR b.had_one, 0,
			b.offered_at = ${NEVER}, 1,
			NOT counts, 2,
			NOT a.created OR a.created_at > b.limit_at, 3,
			NOT a.stored OR a.stored_at > b.limit_at, 4,
			used_at = ${NEVER}, 5,
			6) AS got_to,
		arraySlice([b.eligible_at, b.offered_at, a.started_at, a.created_at, a.stored_at, used_at], 1, got_to) AS step_times
	FROM begun AS b
	FULL JOIN attempts AS a ON a.user_hash = b.user_hash
),
people AS
(
	-- Of two attempts that got equally far, the first: it ends the comparison, so the answer is one in any order.
	SELECT user_hash, any(release) AS release, max(got_to) AS depth, max(had_one) AS enrolled_before, max(created) AS ever_created,
		argMax(step_times, (got_to, -toUnixTimestamp64Milli(step_times[-1]))) AS times
	FROM paths
	GROUP BY user_hash
)`;

/** The time from the step before to each step, of a row of `people`, in milliseconds; NULL where it was not reached. */
export const stepGaps = (steps: number) => `arrayMap(step -> if(step > 1 AND depth >= step,
	toNullable(greatest(0, dateDiff('millisecond', times[step - 1], times[step]))), NULL), range(1, ${steps + 1}))`;

/** How many got to each step. */
export const stepCounts = (steps: number) =>
	`sumForEach(arrayMap(step -> toUInt64(depth >= step), range(1, ${steps + 1})))`;
