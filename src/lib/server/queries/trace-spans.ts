import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';

const identifier = z.string().regex(/^\w+$/);

/**
 * The spans of one trace in the table of the OpenTelemetry Collector's ClickHouse exporter, of the named services alone, earliest
 * first; `found` is how many there are without the limit. What spans say beside (attributes, events, messages) is not read: it is the
 * server's own and may name people. `from` and `to` are days of the server's clock: the table is divided by day.
 */
export const queryTraceSpans = defineQuery({
	name: 'trace-spans',
	parameters: z.object({
		database: identifier,
		table: identifier,
		trace_id: z.string().regex(/^[0-9a-f]{32}$/),
		services: z.array(z.string()).min(1),
		from: z.iso.date(),
		to: z.iso.date(),
		limit: z.int().positive()
	}),
	row: z.object({
		span_id: z.string(),
		parent_span_id: z.string(),
		name: z.string(),
		kind: z.string(),
		service: z.string(),
		started_unix_ms: z.number(),
		duration_ms: z.number(),
		status: z.string(),
		found: count
	}),
	sql: `
SELECT *, count() OVER () AS found
FROM (
	SELECT
		SpanId AS span_id,
		ParentSpanId AS parent_span_id,
		SpanName AS name,
		SpanKind AS kind,
		ServiceName AS service,
		toUnixTimestamp64Nano(Timestamp) / 1000000 AS started_unix_ms,
		Duration / 1000000 AS duration_ms,
		StatusCode AS status
	FROM {database: Identifier}.{table: Identifier}
	WHERE TraceId = {trace_id: String}
		AND ServiceName IN {services: Array(String)}
		-- The ceremony itself, where it is exported to the same table.
		AND ScopeName != 'passlens'
		AND Timestamp >= toDateTime64({from: Date}, 9, 'UTC')
		AND Timestamp < toDateTime64(addDays({to: Date}, 1), 9, 'UTC')
	LIMIT 1 BY SpanId
)
ORDER BY started_unix_ms, span_id
LIMIT {limit: UInt32}
SETTINGS max_execution_time = 5`
});

export type TraceSpan = Awaited<ReturnType<typeof queryTraceSpans>>[number];
