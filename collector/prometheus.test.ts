import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { EXAMPLES } from '../sdk/event/examples.ts';
import { findProgram } from '../tools/find-programs.mjs';
import { startTestCollector, uuidV7, type TestCollector } from './testing/harness.ts';
import { freePort } from './testing/start-clickhouse-server.ts';
import { startPrometheus, type Prometheus } from './testing/start-prometheus.ts';

// The alerts of deploy/grafana, asked by Prometheus itself: whether it takes them, and whether one fires that a real collector gives cause for.
const ALERTS = join(import.meta.dirname, '../deploy/grafana/alerts.yaml');
const prometheus = findProgram('prometheus');
const promtool = findProgram('promtool');

const FIRES_WITHIN_MS = 60_000;

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'passlens-prometheus-'))));
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe.skipIf(!promtool)('promtool', () => {
	const run = (...args: string[]) => promisify(execFile)(promtool!, args);

	test('takes the rules', async () => {
		expect((await run('check', 'rules', ALERTS)).stdout).toContain('SUCCESS: 8 rules found');
	});

	test('finds that each fires when it should, and not before', async () => {
		const { stdout } = await run('test', 'rules', join(import.meta.dirname, 'testing/alerts.yaml'));
		expect(stdout).toContain('SUCCESS');
	});
});

describe.skipIf(!prometheus)('a Prometheus beside a collector', () => {
	let collector: TestCollector;
	let server: Prometheus;

	beforeAll(async () => {
		const metrics = await freePort();
		for (const [name, value] of Object.entries({
			OTEL_EXPORTER_OTLP_ENDPOINT: '',
			OTEL_METRICS_EXPORTER: 'prometheus',
			OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
			OTEL_EXPORTER_PROMETHEUS_PORT: String(metrics)
		}))
			vi.stubEnv(name, value);
		collector = await startTestCollector();
		server = await startPrometheus({
			...{ program: prometheus!, folder, targets: [`127.0.0.1:${metrics}`] }
		});
	});
	afterAll(async () => {
		await server?.stop();
		await collector?.close();
		vi.unstubAllEnvs();
	});

	test('alerts of a collector that refuses what it is sent, and of nothing else', async () => {
		await vi.waitFor(async () => expect(await server.firing()).toEqual([]), FIRES_WITHIN_MS);
		const event = EXAMPLES['ceremony.started'];
		await vi.waitFor(
			async () => {
				await collector.send([
					{ ...event, id: uuidV7() },
					{ ...event, id: uuidV7(), type: 'no.such.type' }
				]);
				expect(await server.firing()).toEqual(['PasslensManyRefused']);
			},
			{ timeout: FIRES_WITHIN_MS, interval: 500 }
		);
	});
});
