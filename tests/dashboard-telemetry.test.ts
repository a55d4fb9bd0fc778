import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { startPrometheus, type Prometheus } from '../collector/testing/start-prometheus.ts';
import { findProgram } from '../tools/find-programs.mjs';
import { findFreePort } from './support/find-free-port.ts';
import { runExample, type RunningExample } from './support/run-example.ts';
import { startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';

const ROOT = join(import.meta.dirname, '..');
const GRAFANA = join(ROOT, 'deploy/grafana');

let passlens: Passlens;
let metrics: string;

beforeAll(async () => {
	const port = await findFreePort();
	vi.stubEnv('OTEL_METRICS_EXPORTER', 'prometheus');
	vi.stubEnv('OTEL_EXPORTER_PROMETHEUS_PORT', String(port));
	passlens = await startPasslens();
	vi.unstubAllEnvs();
	addProject(passlens, 'shop');
	expect((await passlens.fetch('/adoption?project=shop')).status).toBe(200);
	expect((await passlens.fetch('/ceremonies/none?project=shop')).status).toBe(404);
	expect((await passlens.fetch('/api/v1/kpis/ceremony_success?project=shop')).status).toBe(200);
	metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
});
afterAll(async () => {
	await passlens?.stop();
});

test.each([
	/^passlens_dashboard_requests_total\{(?=.*method="GET")(?=.*route="\/adoption")(?=.*status="200").*\} 1$/m,
	/^passlens_dashboard_requests_total\{(?=.*route="\/ceremonies\/\[id\]")(?=.*status="404").*\} 1$/m,
	/^passlens_dashboard_request_duration_count\{(?=.*route="\/api\/v1\/kpis\/\[id\]").*\} 1$/m,
	/^passlens_dashboard_query_duration_count\{(?=.*query="kpi-ceremonies").*\} [1-9]/m,
	// One process, one address: the collector's own stand beside them.
	/^passlens_collector_spool_size/m
])('in one process with a collector /metrics has %s', (line) => {
	expect(metrics).toMatch(line);
});

test('nothing in it tells of projects, people or what was looked for', () => {
	const own = metrics.split('\n').filter((line) => line.startsWith('passlens_dashboard_'));
	expect(own.length).toBeGreaterThan(20);
	expect(own.join('\n')).not.toMatch(/shop|\?|%/);
});

interface Panel {
	title: string;
	targets: { expr: string }[];
}
const { panels } = JSON.parse(readFileSync(join(GRAFANA, 'collectors.json'), 'utf8')) as {
	panels: Panel[];
};
const alerts = parse(readFileSync(join(GRAFANA, 'alerts.yaml'), 'utf8')) as {
	groups: [{ rules: { alert: string; expr: string }[] }];
};
const expressions = [
	...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
	...alerts.groups[0].rules.map(({ alert, expr }) => [alert, expr] as const)
].filter(([, expression]) => expression.includes('passlens_dashboard_'));

test.each(expressions)('%s asks for what a dashboard tells', (_, expression) => {
	const [name] = expression.match(/\bpasslens_dashboard_\w+/)!;
	expect(metrics).toMatch(new RegExp(`^${name}\\{`, 'm'));
	const labels = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, all]) =>
		all!.split(', ')
	);
	for (const label of labels)
		expect(metrics).toMatch(new RegExp(`^${name}\\{.*\\b${label}="`, 'm'));
});

test('pages in a process of their own send their traces to the endpoint, named for routes', async () => {
	const bodies: string[] = [];
	const receiver = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
		request.on('end', () => {
			if (request.url === '/v1/traces') bodies.push(body);
			response.end('{}');
		});
	}).listen(0, '127.0.0.1');
	await once(receiver, 'listening');
	const port = await findFreePort();
	const dashboard = await runExample({
		args: ['deploy/run.mjs', 'dashboard'],
		cwd: ROOT,
		env: {
			HOST: '127.0.0.1',
			PORT: String(port),
			ORIGIN: `http://localhost:${port}`,
			PASSLENS_DATA_DIR: await mkdtemp(join(tmpdir(), 'passlens-telemetry-')),
			OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
			OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json'
		},
		url: `http://localhost:${port}/healthz`
	});
	await fetch(`http://localhost:${port}/api/v1/kpis?project=secret-name`);
	// Ended as an operator does, it hands over what it still holds.
	expect(await dashboard.end()).toBe(0);
	receiver.closeAllConnections();
	receiver.close();
	const sent = bodies.join('');
	expect(sent).toContain('"passlens-dashboard"');
	expect(sent).toContain('"GET /healthz"');
	expect(sent).toContain('"GET /api/v1/kpis"');
	expect(sent).not.toContain('secret-name');
});

describe.skipIf(!findProgram('prometheus'))(
	'a Prometheus beside pages in a process of their own',
	() => {
		let folder: string;
		let dashboard: RunningExample;
		let server: Prometheus;
		let url: string;

		beforeAll(async () => {
			folder = await mkdtemp(join(tmpdir(), 'passlens-telemetry-'));
			const [port, scraped, nobody] = [
				...[await findFreePort(), await findFreePort(), await findFreePort()]
			];
			url = `http://localhost:${port}`;
			dashboard = await runExample({
				args: ['deploy/run.mjs', 'dashboard'],
				cwd: ROOT,
				env: {
					...{ HOST: '127.0.0.1', PORT: String(port), ORIGIN: url, PASSLENS_DATA_DIR: folder },
					// No database is there: what asks it fails.
					CLICKHOUSE_URL: `http://127.0.0.1:${nobody}`,
					OTEL_METRICS_EXPORTER: 'prometheus',
					OTEL_EXPORTER_PROMETHEUS_PORT: String(scraped)
				},
				url: `${url}/healthz`
			});
			server = await startPrometheus({
				...{ program: findProgram('prometheus')!, folder, targets: [`127.0.0.1:${scraped}`] }
			});
		});
		afterAll(async () => {
			await server?.stop();
			await dashboard?.stop();
			await rm(folder, { recursive: true, force: true });
		});

		const soon = { timeout: 60_000, interval: 500 };

		test('scrapes what they answered, and alerts when they fail, not before', async () => {
			await vi.waitFor(async () => {
				expect((await fetch(`${url}/healthz`)).status).toBe(200);
				const [answered] = await server.query(
					'sum(rate(passlens_dashboard_requests_total{route="/healthz",status="200"}[10s]))'
				);
				expect(answered).toBeGreaterThan(0);
			}, soon);
			expect(await server.firing()).toEqual([]);
			await vi.waitFor(async () => {
				expect((await fetch(`${url}/readyz`)).status).toBe(503);
				expect(await server.firing()).toEqual(['PasslensPagesFail']);
			}, soon);
		});
	}
);
