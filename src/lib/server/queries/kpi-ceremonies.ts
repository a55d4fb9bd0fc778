import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { inHoursOf, MATCHES_CLIENT } from './filter-sql.ts';
import { daysOfSpans, SPAN, spanColumns, spanParameters } from './spans-sql.ts';

const quantile = count.nullable();

/**
 * The page's own clock where it told; else from start to end by the corrected clocks. A start that was lost says nothing
 * against the end there is: 0. NULL: no end.
 */
const ENDED_AFTER_MS = `multiIf(elapsed_ms IS NOT NULL, toInt64(elapsed_ms),
			coalesce(finished_at, verdict_at) IS NULL, NULL,
			started_at IS NULL, 0,
			dateDiff('millisecond', started_at, coalesce(finished_at, verdict_at)))`;

/**
 * What only single ceremonies tell: verdicts against page records, and how long they took. One row a span.
 * Which server verdicts lack a page's record is asked without the client filters: such a verdict has no client.
 */
export const queryKpiCeremonies = defineQuery({
	name: 'kpi-ceremonies',
	parameters: spanParameters,
	row: z.object({
		...spanColumns,
		/** Started by a user's action and ended. */
		started: count,
		verified: count,
		/** Of those started: no end was ever told. */
		dropped: count,
		/** Of those started: conditional requests in which a passkey was picked. */
		conditional_driven: count,
		/** Of those started: with a virtual authenticator, at its registration or later. */
		tests: count,
		synthetic: count,
		untouched: count,
		pending: count,
		/** Started without mediation "conditional", and how many of them had no end within five minutes. */
		asked: count,
		overdue: count,
		/** The page completed them, or the server had a response to judge. */
		responded: count,
		responded_decided: count,
		refused: count,
		/** Cross-device as far as it can be known, of those started; `hinted`: the site asked for another device. */
		cda_prompted: count,
		cda_hinted: count,
		cda_succeeded: count,
		/** Of those started: the page completed them, no verdict came. */
		undecided: count,
		/** The page completed them, whoever started them. */
		completed: count,
		completed_decided: count,
		/** Server verdicts of the whole project. */
		decided: count,
		decided_seen: count,
		/** Timed sign-ins and their quantiles in milliseconds. */
		timed: count,
		/** Successful sign-ins left out of the times: autofill. */
		untimed: count,
		p50: quantile,
		p75: quantile,
		p95: quantile
	}),
	sql: `
SELECT
	days.1 AS span,
	days.2 AS bucket,
	countIf(matches AND user_driven) AS started,
	countIf(matches AND user_driven AND is_verified) AS verified,
	countIf(matches AND user_driven AND outcome = 'abandoned') AS dropped,
	countIf(matches AND user_driven AND mediation = 'conditional') AS conditional_driven,
	countIf(matches AND user_driven AND is_test) AS tests,
	countIf(matches AND user_driven AND synthetic) AS synthetic,
	countIf(matches AND outcome = 'untouched') AS untouched,
	countIf(matches AND outcome = 'pending') AS pending,
	countIf(matches AND is_asked) AS asked,
	countIf(matches AND is_asked AND ifNull(ended_after_ms > 300000, true)) AS overdue,
	countIf(matches AND (is_completed OR is_decided)) AS responded,
	countIf(matches AND is_decided) AS responded_decided,
	countIf(matches AND outcome = 'rejected') AS refused,
	countIf(matches AND is_cross_device) AS cda_prompted,
	countIf(matches AND is_cross_device AND is_hinted) AS cda_hinted,
	countIf(matches AND is_cross_device AND came_across AND outcome = 'succeeded') AS cda_succeeded,
	countIf(matches AND user_driven AND is_completed AND NOT is_decided) AS undecided,
	countIf(matches AND is_completed) AS completed,
	countIf(matches AND is_completed AND is_decided) AS completed_decided,
	countIf(is_decided) AS decided,
	countIf(is_decided AND seen_by_page) AS decided_seen,
	countIf(is_timed) AS timed,
	countIf(matches AND is_signin AND NOT is_timed) AS untimed,
	quantilesExactIf(0.5, 0.75, 0.95)(ifNull(elapsed_ms, 0), is_timed) AS quantiles,
	if(timed > 0, quantiles[1], NULL) AS p50,
	if(timed > 0, quantiles[2], NULL) AS p75,
	if(timed > 0, quantiles[3], NULL) AS p95
FROM
(
	SELECT
		${SPAN} AS days, user_driven, elapsed_ms, outcome, mediation, synthetic,
		test_authenticator OR credential_hash IN (
			SELECT credential_hash FROM credentials_state_v1 WHERE project_id = {project: String} AND test_authenticator) AS is_test,
		user_driven AND mediation != 'conditional' AS is_asked,
		${ENDED_AFTER_MS} AS ended_after_ms,
		ifNull(cross_device, false) AS came_across,
		has(hints, 'hybrid') AS is_hinted,
		user_driven AND (came_across OR is_hinted OR cause = 'hybrid_transport_failed') AS is_cross_device,
		${MATCHES_CLIENT} AS matches,
		client_outcome = 'succeeded' AS is_completed,
		verified IS NOT NULL AS is_decided,
		ifNull(verified, false) AS is_verified,
		started_at IS NOT NULL OR finished_at IS NOT NULL AS seen_by_page,
		ceremony_type = 'authentication' AND outcome = 'succeeded' AS is_signin,
		matches AND is_signin AND user_driven AND mediation != 'conditional' AND elapsed_ms IS NOT NULL AS is_timed
	FROM ceremonies_v1
	WHERE project_id = {project: String} AND (${daysOfSpans('day')})
		AND ${inHoursOf(daysOfSpans('event_date'))}
)
GROUP BY days
ORDER BY span, bucket`
});

export type CeremoniesRow = Awaited<ReturnType<typeof queryKpiCeremonies>>[number];
