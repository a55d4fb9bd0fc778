import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { EXAMPLES } from '../sdk/event/examples.ts';
import { findProgram } from '../tools/find-programs.mjs';
import { startTestCollector, uuidV7, type TestCollector } from './testing/harness.ts';

// The alerts of deploy/grafana, asked by Prometheus itself: whether it takes them, and whether one fires that a real collector gives cause for.
const ALERTS = join(import.meta.dirname, '../deploy/grafana/alerts.yaml');
const prometheus = findProgram('prometheus');
const promtool = findProgram('promtool');

/** Scrapes and asks the rules so often: a test does not wait for a quarter of an hour. */
const EVERY = '1s';
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
	let server: ChildProcess;
	let address: string;

	beforeAll(async () => {
		const [metrics, own] = [await freePort(), await freePort()];
		for (const [name, value] of Object.entries({
			OTEL_EXPORTER_OTLP_ENDPOINT: '',
			OTEL_METRICS_EXPORTER: 'prometheus',
			OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
			OTEL_EXPORTER_PROMETHEUS_PORT: String(metrics)
		}))
			vi.stubEnv(name, value);
		collector = await startTestCollector();
		await writeFile(join(folder, 'alerts.yaml'), inSeconds(await readFile(ALERTS, 'utf8')));
		const configuration = {
			global: { scrape_interval: EVERY, evaluation_interval: EVERY },
			rule_files: ['alerts.yaml'],
			scrape_configs: [
				{ job_name: 'passlens', static_configs: [{ targets: [`127.0.0.1:${metrics}`] }] }
			]
		};
		await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(configuration));
		address = `http://127.0.0.1:${own}`;
		server = spawn(
			prometheus!,
			[
				`--config.file=${join(folder, 'prometheus.yml')}`,
				`--storage.tsdb.path=${join(folder, 'data')}`,
				`--web.listen-address=127.0.0.1:${own}`
			],
			{ stdio: 'ignore' }
		);
	});
	afterAll(async () => {
		if (server && server.exitCode === null) {
			server.kill();
			await once(server, 'exit');
		}
		await collector?.close();
		vi.unstubAllEnvs();
	});

	const firing = async (): Promise<string[]> => {
		const answer = await fetch(`${address}/api/v1/alerts`);
		const { data } = (await answer.json()) as {
			data: { alerts: { state: string; labels: { alertname: string } }[] };
		};
		return data.alerts.flatMap(({ state, labels }) =>
			state === 'firing' ? [labels.alertname] : []
		);
	};

	test('alerts of a collector that refuses what it is sent, and of nothing else', async () => {
		await vi.waitFor(async () => expect(await firing()).toEqual([]), FIRES_WITHIN_MS);
		const event = EXAMPLES['ceremony.started'];
		await vi.waitFor(
			async () => {
				await collector.send([
					{ ...event, id: uuidV7() },
					{ ...event, id: uuidV7(), type: 'no.such.type' }
				]);
				expect(await firing()).toEqual(['PasslensManyRefused']);
			},
			{ timeout: FIRES_WITHIN_MS, interval: 500 }
		);
	});
});

/** The same rules over windows and waits of seconds. */
function inSeconds(rules: string): string {
	return rules.replace(/\[\d+m\]/g, '[10s]').replace(/for: \d+m/g, 'for: 2s');
}

async function freePort(): Promise<number> {
	const probe = createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const { port } = probe.address() as AddressInfo;
	probe.close();
	await once(probe, 'close');
	return port;
}
