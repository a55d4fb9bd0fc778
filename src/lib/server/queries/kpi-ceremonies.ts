import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { inHoursOf, MATCHES_CLIENT } from './filter-sql.ts';
import { daysOfSpans, SPAN, spanColumns, spanParameters } from './spans-sql.ts';

const quantile = count.nullable();

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
		${SPAN} AS days, user_driven, elapsed_ms,
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
