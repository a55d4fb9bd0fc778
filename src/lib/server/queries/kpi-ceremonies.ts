import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { COUNTED, MATCHES_CLIENT, REAL } from './filter-sql.ts';
import {
	DAYS_OF_SPANS,
	OF_DAYS_BY_PART,
	OF_DAYS,
	partedColumns,
	partedParameters,
	spanColumns,
	spanParameters,
	type SpanSql
} from './spans-sql.ts';

const quantile = count.nullable();

const counts = {
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
	/** Of the page's completed ceremonies and of the verdicts, those that are made up. */
	completed_tests: count,
	completed_synthetic: count,
	decided_tests: count,
	decided_synthetic: count,
	/** Timed sign-ins and their quantiles in milliseconds. */
	timed: count,
	/** Successful sign-ins left out of the times: autofill. */
	untimed: count,
	p50: quantile,
	p75: quantile,
	p95: quantile
};

const sql = ({ days, columns }: SpanSql) => `
SELECT
	${columns},
	sumIf(d.ceremonies, matches AND user_driven) AS started,
	sumIf(d.verified, matches AND user_driven) AS verified,
	sumIf(d.ceremonies, matches AND user_driven AND outcome = 'abandoned') AS dropped,
	sumIf(d.ceremonies, matches AND user_driven AND mediation = 'conditional') AS conditional_driven,
	sumIf(d.ceremonies, matches AND user_driven AND test_authenticator) AS tests,
	sumIf(d.ceremonies, matches AND user_driven AND d.synthetic) AS synthetic,
	sumIf(d.ceremonies, matches AND outcome = 'untouched') AS untouched,
	sumIf(d.ceremonies, matches AND outcome = 'pending') AS pending,
	sumIf(d.ceremonies, matches AND user_driven AND mediation != 'conditional') AS asked,
	sumIf(d.overdue, matches) AS overdue,
	sumIf(d.completed + d.decided - d.completed_decided, matches) AS responded,
	sumIf(d.decided, matches) AS responded_decided,
	sumIf(d.ceremonies, matches AND outcome = 'rejected') AS refused,
	sumIf(d.cross_device, matches) AS cda_prompted,
	sumIf(d.cross_device_hinted, matches) AS cda_hinted,
	sumIf(d.cross_device_succeeded, matches) AS cda_succeeded,
	sumIf(d.completed - d.completed_decided, matches AND user_driven) AS undecided,
	sumIf(d.completed, matches) AS completed,
	sumIf(d.completed_decided, matches) AS completed_decided,
	sum(d.decided) AS decided,
	sum(d.decided_seen) AS decided_seen,
	sumIf(d.completed, matches AND test_authenticator) AS completed_tests,
	sumIf(d.completed, matches AND d.synthetic) AS completed_synthetic,
	sumIf(d.decided, test_authenticator) AS decided_tests,
	sumIf(d.decided, d.synthetic) AS decided_synthetic,
	sumIf(d.timed, matches) AS timed,
	sumIf(d.ceremonies - d.timed, matches AND ceremony_type = 'authentication' AND outcome = 'succeeded') AS untimed,
	quantilesExactMergeIf(0.5, 0.75, 0.95)(times, matches) AS quantiles,
	if(timed > 0, quantiles[1], NULL) AS p50,
	if(timed > 0, quantiles[2], NULL) AS p75,
	if(timed > 0, quantiles[3], NULL) AS p95
FROM
(
	SELECT
		${days} AS days, ${MATCHES_CLIENT} AS matches, ceremony_type, outcome, mediation, user_driven, test_authenticator, synthetic,
		ceremonies, completed, decided, verified, completed_decided, decided_seen, overdue,
		cross_device, cross_device_hinted, cross_device_succeeded, timed, times
	FROM daily_ceremonies_v1
	WHERE project_id = {project: String} AND (${DAYS_OF_SPANS}) AND ${COUNTED} AND ${REAL}
) AS d
GROUP BY days
ORDER BY span, bucket`;

/**
 * Ceremonies by how they ended, verdicts against page records, and how long they took. One row a span.
 * Which server verdicts lack a page's record is asked without the client filters: such a verdict has no client.
 */
export const queryKpiCeremonies = defineQuery({
	name: 'kpi-ceremonies',
	parameters: spanParameters,
	row: z.object({ ...spanColumns, ...counts }),
	sql: sql(OF_DAYS)
});

/** The same of each part. */
export const queryKpiCeremoniesByPart = defineQuery({
	name: 'kpi-ceremonies-by-part',
	parameters: partedParameters,
	row: z.object({ ...partedColumns, ...counts }),
	sql: sql(OF_DAYS_BY_PART)
});
