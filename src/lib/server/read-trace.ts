import type { ClickHouseClient } from '@clickhouse/client';
import { queryTraceSpans, type TraceSpan } from './queries/trace-spans.ts';
import type { TracesTable } from './traces-table.ts';

/** What is to be shown of the server's side of a trace, or why nothing is. */
export interface ReadTrace {
	/** Of the project, as its settings name them; none: nothing is looked for. */
	services: string[];
	/** `otel.otel_traces` */
	table: string;
	spans: TraceSpan[];
	/** How many there are; the earliest of them are in `spans`. */
	found: number;
	/** Why the table could not be read, in words. */
	problem?: string;
}

export const MOST_SPANS = 100;

/** Reads the spans of the project's services in one trace. A table that is not there, or not readable, is said and no error. */
export async function readTrace({
	client,
	table: { database, table },
	services,
	traceId,
	days
}: {
	client: ClickHouseClient;
	table: TracesTable;
	services: string[];
	traceId: string;
	/** Of the server's clock. */
	days: { from: string; to: string };
}): Promise<ReadTrace> {
	const asked = { services, table: `${database}.${table}` };
	if (services.length === 0) return { ...asked, spans: [], found: 0 };
	try {
		const spans = await queryTraceSpans(client, {
			...{ database, table, services, trace_id: traceId, limit: MOST_SPANS },
			...days
		});
		return { ...asked, spans, found: spans[0]?.found ?? 0 };
	} catch (error) {
		const problem = PROBLEMS[codeOf(error)];
		if (!problem) throw error;
		return { ...asked, spans: [], found: 0, problem };
	}
}

/** By ClickHouse's own error code. */
const PROBLEMS: Record<string, string> = {
	// UNKNOWN_TABLE, UNKNOWN_DATABASE
	60: 'There is no such table in the ClickHouse that Passlens uses.',
	81: 'There is no such database in the ClickHouse that Passlens uses.',
	// UNKNOWN_IDENTIFIER
	47: 'It has not the columns of the OpenTelemetry Collector’s ClickHouse exporter.',
	// TIMEOUT_EXCEEDED
	159: 'It did not answer within five seconds.',
	// ACCESS_DENIED
	497: 'The database’s reading user may not read it: grant it SELECT there.'
};

/** The embedded engine says the code in its words alone. */
function codeOf(error: unknown): string {
	const { code, clickhouseCode, message } = Object(error) as Record<string, unknown>;
	return String(
		clickhouseCode ?? /^\d+$/.exec(String(code))?.[0] ?? /Code: (\d+)/.exec(String(message))?.[1]
	);
}
