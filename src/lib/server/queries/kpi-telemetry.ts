import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { COUNTED, MATCHES_CLIENT, REAL } from './filter-sql.ts';
import { DAYS_OF_SPANS, SPAN, spanColumns, spanParameters } from './spans-sql.ts';

/**
 * How much of the traffic is seen: verdicts against page records, both ways. One row a span.
 * Which verdicts lack a page's record is asked without the client filters: such a verdict has no client.
 */
export const queryKpiTelemetry = defineQuery({
	name: 'kpi-telemetry',
	parameters: spanParameters,
	row: z.object({
		...spanColumns,
		/** Server verdicts of the whole project. */
		decided: count,
		decided_seen: count,
		/** Ceremonies the page completed. */
		completed: count,
		completed_decided: count
	}),
	sql: `
SELECT
	days.1 AS span,
	days.2 AS bucket,
	sum(d.decided) AS decided,
	sum(d.decided_seen) AS decided_seen,
	sumIf(d.completed, matches) AS completed,
	sumIf(d.completed_decided, matches) AS completed_decided
FROM
(
	SELECT ${SPAN} AS days, ${MATCHES_CLIENT} AS matches, decided, decided_seen, completed, completed_decided
	FROM daily_ceremonies_v1
	WHERE project_id = {project: String} AND (${DAYS_OF_SPANS}) AND ${COUNTED} AND ${REAL}
) AS d
GROUP BY days
ORDER BY span, bucket`
});
