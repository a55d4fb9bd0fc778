import type { ClickHouseClient } from '@clickhouse/client';

/** A ceremony as it is told to a tracing system: nothing of the person, the passkey or the session. */
export interface SettledCeremony {
	project_id: string;
	ceremony_id: string;
	ceremony_type: 'registration' | 'authentication';
	/** Unix epoch in milliseconds, as all times here. */
	finished: number | null;
	verdict: number | null;
	/** When it began, as far as known. */
	occurred: number;
	/** When the newest part of it came, by the collector's clock. */
	received: number;
	outcome: string;
	cause: string;
	cause_confidence: string;
	client_outcome: string;
	error_name: string;
	verified: boolean | null;
	refusal_reason: string;
	blurred_after_ms: number | null;
	mediation: string;
	rp_id: string;
	user_verification: string;
	resident_key: string;
	authenticator_attachment: string;
	user_verified: boolean | null;
	backup_eligible: boolean | null;
	backup_state: boolean | null;
	cross_device: boolean | null;
	provider: string;
	application: string;
	environment: string;
	release: string;
	os_name: string;
	os_version: string;
	browser_name: string;
	browser_version: string;
	/** 32 hex digits; empty: it has none. */
	trace_id: string;
	/** The span it began in, of the same trace: the page's own, else the server's; empty: none. */
	parent_span_id: string;
	/** Something came so late that it had been told before. */
	told_before: boolean;
}

/** How far the export has come: every ceremony whose newest part was received before, and of that moment those up to this id. */
export interface Position {
	at: number;
	id: string;
}

type Row = Omit<SettledCeremony, 'ceremony_id' | 'parent_span_id' | 'told_before'> & { id: string };

const utc = (name: string) => `fromUnixTimestamp64Milli({${name}: Int64}, 'UTC')`;
/** As a number that JSON holds: 64-bit integers come as text. */
const ms = (column: string) => `toFloat64(toUnixTimestamp64Milli(${column}))`;
const PARTS = `event_type IN ('ceremony.started', 'ceremony.finished', 'ceremony.verdict')`;

// By what arrived lately first, which has an index; then by the ceremonies' own key. Simulated ones are nobody's trace.
const SETTLED = `SELECT
	project_id, toString(ceremony_id) AS id, ceremony_type,
	${ms('finished_at')} AS finished, ${ms('verdict_at')} AS verdict,
	${ms('received_at')} AS received, ${ms('occurred_at')} AS occurred,
	outcome, cause, cause_confidence, client_outcome, error_name, verified, refusal_reason, blurred_after_ms, mediation, rp_id,
	user_verification, resident_key, authenticator_attachment, user_verified, backup_eligible, backup_state, cross_device, provider,
	application, environment, release, os_name, os_version, browser_name, browser_version, trace_id
FROM ceremonies_v1
WHERE (project_id, ceremony_hour, ceremony_id) IN (
		SELECT project_id, toStartOfHour(UUIDv7ToDateTime(ceremony_id, 'UTC')), ceremony_id
		FROM events_raw_v1
		WHERE received_at >= ${utc('from')} AND received_at <= ${utc('to')} AND ${PARTS}
			AND ({every: Bool} OR project_id IN {projects: Array(String)})
	)
	AND received_at >= ${utc('from')} AND received_at <= ${utc('to')}
	AND (received_at > ${utc('from')} OR toString(ceremony_id) > {after: String})
	AND NOT synthetic
ORDER BY received_at, toString(ceremony_id)
LIMIT {limit: UInt32}`;

const SPANS = `SELECT
	toString(ceremony_id) AS id, event_type = 'ceremony.verdict' AS server, trace_id, min(span_id) AS span,
	min(${ms('received_at')}) AS received
FROM events_raw_v1
WHERE project_id IN {projects: Array(String)} AND ceremony_id IN {ids: Array(UUID)} AND ${PARTS}
	AND event_date BETWEEN toDate(${utc('from')}) - 1 AND toDate(${utc('to')}) + 1
GROUP BY id, server, trace_id
ORDER BY server`;

interface SpanRow {
	id: string;
	trace_id: string;
	span: string;
	received: number;
}

/** The next ceremonies of which nothing new came between `to` and now, in the order of their newest part, up to `limit`. */
export async function findSettledCeremonies({
	client,
	projects,
	after,
	to,
	settledAfterMs,
	limit
}: {
	client: ClickHouseClient;
	/** Undefined: every project. */
	projects: readonly string[] | undefined;
	after: Position;
	to: number;
	settledAfterMs: number;
	limit: number;
}): Promise<SettledCeremony[]> {
	const rows = await ask<Row>(client, SETTLED, {
		...{ every: projects === undefined, projects: projects ?? [] },
		...{ from: after.at, after: after.id, to, limit }
	});
	if (rows.length === 0) return [];
	const times = rows.map(({ occurred }) => occurred);
	const spans = await ask<SpanRow>(client, SPANS, {
		projects: [...new Set(rows.map(({ project_id }) => project_id))],
		ids: rows.map(({ id }) => id),
		...{ from: Math.min(...times), to: Math.max(...times) }
	});
	const byCeremony = Map.groupBy(spans, ({ id }) => id);
	return rows.map(({ id, ...row }) => {
		const own = byCeremony.get(id) ?? [];
		const parent = own.find(({ trace_id, span }) => span && trace_id === row.trace_id);
		const first = Math.min(...own.map(({ received }) => received));
		return {
			...row,
			ceremony_id: id,
			parent_span_id: parent?.span ?? '',
			told_before: row.received - first > settledAfterMs
		};
	});
}

async function ask<Found>(client: ClickHouseClient, query: string, query_params: object) {
	const result = await client.query({
		query,
		query_params: query_params as Record<string, unknown>,
		format: 'JSONEachRow'
	});
	return result.json<Found>();
}
