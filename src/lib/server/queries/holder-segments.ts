import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { Breakdown } from '../../changes/explain-change.ts';
import type { Filters } from '../../filters.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { COUNTED, MATCHES_CLIENT, REAL } from './filter-sql.ts';
import { SEGMENTS, segmentColumns, toBreakdown, toWholeSpans } from './segment-counts.ts';
import { DAYS_OF_SPANS, SPAN, spanParameters } from './spans-sql.ts';

/** What kpi-passkey-holders.ts counts, by each dimension: users seen, and of them those who hold a usable passkey at the span's end. Who is in two segments is in both. */
const queryHolderSegments = defineQuery({
	name: 'holder-segments',
	parameters: spanParameters,
	row: z.object({ ...segmentColumns, seen: count, holders: count }),
	sql: `
WITH
held AS
(
	SELECT user_hash, max(first_day <= {to: Date} AND ended > {to: Date}) AS now, max(first_day <= {compared_to: Date} AND ended > {compared_to: Date}) AS before
	FROM
	(
		SELECT user_hash, toDate(first_seen_at, {zone: String}) AS first_day, ifNull(toDate(revoked_at, {zone: String}), {to: Date} + 1) AS ended
		FROM credential_rows_v1
		WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND user_hash != 0 AND status != 'refused'
	)
	GROUP BY user_hash
)
SELECT part.1 AS dimension, part.2 AS segment, days.1 AS span, uniqExact(user_hash) AS seen,
	uniqExactIf(user_hash, if(span = 'whole', h.now, h.before)) AS holders
FROM
(
	SELECT user_hash, ${SPAN} AS days, ${SEGMENTS} AS part
	FROM user_days_v1
	WHERE project_id = {project: String} AND (${DAYS_OF_SPANS}) AND ${MATCHES_CLIENT}
) AS d
LEFT JOIN held AS h ON h.user_hash = d.user_hash
GROUP BY dimension, segment, span
ORDER BY dimension, segment, span`
});

/** Users with a passkey of users seen, by every dimension. */
export async function readHolderSegments(
	client: ClickHouseClient,
	filters: Filters
): Promise<Breakdown> {
	const rows = await queryHolderSegments(client, toWholeSpans(filters));
	return toBreakdown(rows, ({ holders, seen }) => [holders, seen]);
}
