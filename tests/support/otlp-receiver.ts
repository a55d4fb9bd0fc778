import type { ClickHouseClient } from '@clickhouse/client';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A span as OTLP writes it in JSON. */
export interface OtlpSpan {
	traceId: string;
	spanId: string;
	parentSpanId?: string;
	name: string;
	kind: number;
	startTimeUnixNano: string;
	endTimeUnixNano: string;
	attributes?: OtlpAttribute[];
	events?: { name: string; timeUnixNano: string; attributes?: OtlpAttribute[] }[];
	status?: { code?: number; message?: string };
}

interface OtlpAttribute {
	key: string;
	value: { stringValue?: string; boolValue?: boolean; intValue?: number | string };
}

export interface ReceivedSpan extends OtlpSpan {
	service: string;
	scope: string;
}

export interface OtlpReceiver {
	/** `http://localhost:<port>`; traces go to `/v1/traces` below it. */
	url: string;
	spans: ReceivedSpan[];
	/** What requests are answered with from now on; 200 at first. */
	status: number;
	requests: number;
	close(): Promise<void>;
}

interface OtlpRequest {
	resourceSpans: {
		resource?: { attributes?: OtlpAttribute[] };
		scopeSpans: { scope?: { name?: string }; spans: OtlpSpan[] }[];
	}[];
}

/**
 * Takes spans by OTLP/HTTP in JSON and, as the OpenTelemetry Collector's ClickHouse exporter does, writes them to `otel.otel_traces`
 * where a database is given.
 */
export async function startOtlpReceiver(client?: ClickHouseClient): Promise<OtlpReceiver> {
	const server = createServer((request, response) => {
		void text(request).then(async (body) => {
			receiver.requests++;
			if (receiver.status === 200) {
				const spans = read(JSON.parse(body) as OtlpRequest);
				receiver.spans.push(...spans);
				await client?.insert({
					...{ table: 'otel.otel_traces', format: 'JSONEachRow', values: spans.map(rowOf) }
				});
			}
			response.writeHead(receiver.status, { 'content-type': 'application/json' }).end('{}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
	const receiver: OtlpReceiver = {
		url: `http://localhost:${(server.address() as AddressInfo).port}`,
		spans: [],
		status: 200,
		requests: 0,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		}
	};
	return receiver;
}

/** A span's attributes by their name. */
export function attributesOf(span: Pick<OtlpSpan, 'attributes'>): Record<string, unknown> {
	return Object.fromEntries(
		(span.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]])
	);
}

const read = ({ resourceSpans }: OtlpRequest): ReceivedSpan[] =>
	resourceSpans.flatMap(({ resource = {}, scopeSpans }) =>
		scopeSpans.flatMap(({ scope, spans }) =>
			spans.map((span) => ({
				...span,
				service: String(attributesOf(resource)['service.name'] ?? ''),
				scope: scope?.name ?? ''
			}))
		)
	);

const KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const STATUSES = ['Unset', 'Ok', 'Error'];

const rowOf = (span: ReceivedSpan) => ({
	// Nanoseconds since the epoch, as DateTime64(9) takes a number.
	Timestamp: span.startTimeUnixNano,
	TraceId: span.traceId,
	SpanId: span.spanId,
	ParentSpanId: span.parentSpanId ?? '',
	SpanName: span.name,
	SpanKind: KINDS[span.kind] ?? '',
	ServiceName: span.service,
	ScopeName: span.scope,
	Duration: String(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)),
	StatusCode: STATUSES[span.status?.code ?? 0],
	StatusMessage: span.status?.message ?? ''
});
