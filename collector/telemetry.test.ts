import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { startTelemetry, telemetry } from './telemetry.ts';

afterEach(() => vi.unstubAllEnvs());

test('nothing is started without an endpoint', async () => {
	vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', '');
	const before = telemetry;
	await (
		await startTelemetry()
	)();
	expect(telemetry).toBe(before);
	expect(telemetry.tracer.startSpan('x').isRecording()).toBe(false);
});

test('with an endpoint, spans and counts arrive there', async () => {
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
	telemetry.tracer.startSpan('passlens.test').end();
	telemetry.eventsAccepted.add(1);
	await stop();
	expect([...paths].sort()).toEqual(['/v1/metrics', '/v1/traces']);
	receiver.close();
});
