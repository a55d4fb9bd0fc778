import { context, metrics, trace } from '@opentelemetry/api';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createHealth } from './health/health.ts';
import { jsonLog } from './log.ts';
import { observeSpool, startTelemetry, telemetry } from './telemetry.ts';

afterEach(() => {
	vi.unstubAllEnvs();
	vi.restoreAllMocks();
	// One process has one provider; the next test registers its own.
	metrics.disable();
	trace.disable();
	context.disable();
});

test('nothing is started without an endpoint', async () => {
	vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', '');
	const before = telemetry;
	await (
		await startTelemetry()
	)();
	expect(telemetry).toBe(before);
	expect(telemetry.tracer.startSpan('x').isRecording()).toBe(false);
});

test('Prometheus finds the measurements on an address of its own', async () => {
	const probe = createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const { port } = probe.address() as AddressInfo;
	await new Promise((resolve) => probe.close(resolve));
	vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', '');
	vi.stubEnv('OTEL_METRICS_EXPORTER', 'prometheus');
	vi.stubEnv('OTEL_EXPORTER_PROMETHEUS_PORT', String(port));
	vi.stubEnv('OTEL_EXPORTER_PROMETHEUS_HOST', '');
	vi.stubEnv('OTEL_TRACES_EXPORTER', '');
	vi.stubEnv('OTEL_LOGS_EXPORTER', '');

	const stop = await startTelemetry();
	const stopObserving = observeSpool(() => ({ bytes: 4096, segmentsWaiting: 2 }));
	const health = createHealth();
	health.accepted(Array.from({ length: 3 }, () => ({ occurred_at: 1, received_at: 1 })));
	health.refusedEvent(
		{ projectId: 'shop', path: '/v1/events' },
		{ field: 'id', code: 'invalid_format', reason: 'must be a UUID of version 7' }
	);
	health.stored({ rows: 3, bytes: 900, insertMs: 20, lagMs: 600 });
	health.retried('away');
	const answer = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
	stopObserving();
	await stop();
	for (const line of [
		/^passlens_collector_events_accepted_total\S* 3$/m,
		/^passlens_collector_events_refused_total\{.*reason="invalid_format".*\} 1$/m,
		/^passlens_collector_spool_size\S* 4096$/m,
		/^passlens_collector_segments_waiting\S* 2$/m,
		/^passlens_collector_store_lag_bucket\{.*le="1".*\} 1$/m,
		/^passlens_collector_insert_retries_total\S* 1$/m
	])
		expect(answer).toMatch(line);
});

test('with an endpoint, spans and counts arrive there, and a line of the log names its span', async () => {
	const paths = new Set<string>();
	const receiver = createServer((request, response) => {
		paths.add(request.url!);
		request.resume().on('end', () => response.end());
	}).listen(0, '127.0.0.1');
	await once(receiver, 'listening');
	const { port } = receiver.address() as AddressInfo;
	vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
	vi.stubEnv('OTEL_METRICS_EXPORTER', 'otlp');

	const stop = await startTelemetry();
	const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
	const inSpan = telemetry.tracer.startActiveSpan('passlens.test', (span) => {
		jsonLog('info', 'In a span.');
		span.end();
		return span.spanContext();
	});
	const line = JSON.parse(String(write.mock.calls[0]![0]));
	write.mockRestore();
	expect(line).toMatchObject({
		level: 'info',
		message: 'In a span.',
		trace_id: inSpan.traceId,
		span_id: inSpan.spanId
	});
	telemetry.eventsAccepted.add(1);
	await stop();
	expect([...paths].sort()).toEqual(['/v1/metrics', '/v1/traces']);
	receiver.close();
});
