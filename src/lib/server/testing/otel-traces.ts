import type { ClickHouseClient } from '@clickhouse/client';

/** The columns of the OpenTelemetry Collector's ClickHouse exporter, in a database of its own as it is usually set up. */
export async function createTracesTable({
	client,
	database
}: {
	client: ClickHouseClient;
	/** A plain name. */
	database: string;
}): Promise<void> {
	await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
	await client.command({
		query: `CREATE TABLE ${database}.otel_traces (
			Timestamp DateTime64(9), TraceId String, SpanId String, ParentSpanId String, TraceState String,
			SpanName LowCardinality(String), SpanKind LowCardinality(String), ServiceName LowCardinality(String),
			ResourceAttributes Map(LowCardinality(String), String), ScopeName String, ScopeVersion String,
			SpanAttributes Map(LowCardinality(String), String), Duration UInt64,
			StatusCode LowCardinality(String), StatusMessage String,
			Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)),
			Links Nested (TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String)),
			INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
		) ENGINE = MergeTree PARTITION BY toDate(Timestamp)
		ORDER BY (ServiceName, SpanName, toDateTime(Timestamp), Timestamp)`
	});
}

/** A row of it; `at` in Unix epoch milliseconds. */
export function span({
	traceId,
	id,
	parent,
	service,
	at,
	name = 'POST /verify',
	durationMs = 12.5,
	status = 'Unset'
}: {
	traceId: string;
	id: string;
	parent: string;
	service: string;
	at: number;
	name?: string;
	durationMs?: number;
	status?: string;
}): Record<string, unknown> {
	return {
		Timestamp: new Date(at).toISOString(),
		TraceId: traceId,
		SpanId: id,
		ParentSpanId: parent,
		SpanName: name,
		SpanKind: 'Server',
		ServiceName: service,
		Duration: Math.round(durationMs * 1e6),
		StatusCode: status
	};
}
