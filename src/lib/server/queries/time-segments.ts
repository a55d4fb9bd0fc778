import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { TimeBreakdown } from '../../changes/describe-time-change.ts';
import type { Filters } from '../../filters.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { MATCHES_CLIENT, REAL } from './filter-sql.ts';
import { bySegment, SEGMENTS, segmentColumns, toWholeSpans } from './segment-counts.ts';
import { DAYS_OF_SPANS, SPAN, spanParameters } from './spans-sql.ts';

/** The rollup keeps quantiles, not a count of what took longer than a time: of so many quantiles, those above it tell that share to a point. */
const LEVELS = 99;
const MEDIAN = 50;
const QUANTILES = `
		0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.10, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17, 0.18, 0.19, 0.20,
		0.21, 0.22, 0.23, 0.24, 0.25, 0.26, 0.27, 0.28, 0.29, 0.30, 0.31, 0.32, 0.33, 0.34, 0.35, 0.36, 0.37, 0.38, 0.39, 0.40,
		0.41, 0.42, 0.43, 0.44, 0.45, 0.46, 0.47, 0.48, 0.49, 0.50, 0.51, 0.52, 0.53, 0.54, 0.55, 0.56, 0.57, 0.58, 0.59, 0.60,
		0.61, 0.62, 0.63, 0.64, 0.65, 0.66, 0.67, 0.68, 0.69, 0.70, 0.71, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77, 0.78, 0.79, 0.80,
		0.81, 0.82, 0.83, 0.84, 0.85, 0.86, 0.87, 0.88, 0.89, 0.90, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99`;

/** How long sign-ins took, by each dimension: what kpi-ceremonies.ts times, its median, and which part of it took longer than `median`. */
const queryTimeSegments = defineQuery({
	name: 'time-segments',
	parameters: spanParameters.extend({ median: z.number().int() }),
	row: z.object({ ...segmentColumns, timed: count, longer: count, p50: count }),
	sql: `
SELECT dimension, segment, span, timed, arrayCount(one -> one > {median: UInt32}, quantiles) AS longer, quantiles[${MEDIAN}] AS p50
FROM
(
	SELECT part.1 AS dimension, part.2 AS segment, days.1 AS span, sum(d.timed) AS timed, quantilesExactMerge(${QUANTILES})(times) AS quantiles
	FROM
	(
		SELECT ${SPAN} AS days, ${SEGMENTS} AS part, timed, times
		FROM daily_ceremonies_v1
		WHERE project_id = {project: String} AND (${DAYS_OF_SPANS}) AND ${MATCHES_CLIENT} AND ${REAL} AND timed > 0
	) AS d
	GROUP BY dimension, segment, span
)
ORDER BY dimension, segment, span`
});

/** Timed sign-ins by every dimension. @param median the whole's before, in milliseconds */
export async function readTimeSegments(
	client: ClickHouseClient,
	filters: Filters,
	median: number
): Promise<TimeBreakdown> {
	const rows = await queryTimeSegments(client, { ...toWholeSpans(filters), median });
	const countsOf = (row: (typeof rows)[number] | undefined) => ({
		numerator: row ? (row.timed * row.longer) / LEVELS : 0,
		denominator: row?.timed ?? 0
	});
	return bySegment(rows, (key, { before, after }) => ({
		key,
		...{ before: countsOf(before), after: countsOf(after) },
		medians: { before: before?.p50 ?? null, after: after?.p50 ?? null }
	}));
}
