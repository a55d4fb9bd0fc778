import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { EXAMPLES } from '../sdk/event/examples.ts';
import { startTestCollector, type TestCollector } from './testing/harness.ts';
import { freePort } from './testing/start-clickhouse-server.ts';
import { telemetry } from './telemetry.ts';

// What operators watch asks for metrics by name: a real collector's own /metrics must have each.
const GRAFANA = join(import.meta.dirname, '../deploy/grafana');

interface Panel {
	title: string;
	description: string;
	targets: { expr: string }[];
	gridPos: { x: number; y: number; w: number; h: number };
}
interface Rule {
	alert: string;
	expr: string;
	labels: { severity: string };
	annotations: Record<string, string>;
}

const { panels } = JSON.parse(readFileSync(join(GRAFANA, 'collectors.json'), 'utf8')) as {
	panels: Panel[];
};
const { rules } = (
	parse(readFileSync(join(GRAFANA, 'alerts.yaml'), 'utf8')) as {
		groups: [{ rules: Rule[] }];
	}
).groups[0];

let collector: TestCollector;
let metrics: string;
beforeAll(async () => {
	const port = await freePort();
	for (const [name, value] of Object.entries({
		OTEL_EXPORTER_OTLP_ENDPOINT: '',
		OTEL_METRICS_EXPORTER: 'prometheus',
		OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
		OTEL_EXPORTER_PROMETHEUS_PORT: String(port)
	}))
		vi.stubEnv(name, value);
	collector = await startTestCollector();
	const event = EXAMPLES['ceremony.started'];
	await collector.send([event, { ...event, type: 'no.such.type' }]);
	await collector.stored();
	// What needs a database that is away or refuses: the instrument is the collector's own.
	telemetry.insertRetries.add(1);
	telemetry.rowsSetAside.add(1);
	telemetry.ceremoniesExported.add(1);
	telemetry.spanExportFailures.add(1);
	metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
});
afterAll(async () => {
	await collector?.close();
	vi.unstubAllEnvs();
});

const namesIn = (expression: string) => [...new Set(expression.match(/\bpasslens_\w+/g))];
const expressions = [
	...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
	...rules.map(({ alert, expr }) => [alert, expr] as const)
	// Of the dashboards' own: tests/dashboard-telemetry.test.ts
].filter(([, expression]) => expression.includes('passlens_collector_'));

test.each(expressions)('%s asks for what a collector tells', (_, expression) => {
	const names = namesIn(expression);
	expect(names.length).toBeGreaterThan(0);
	for (const name of names) expect(metrics).toMatch(new RegExp(`^${name}(\\{| )`, 'm'));
});

/** Prometheus adds the instance itself. */
const labelsOf = (expression: string) =>
	[...expression.matchAll(/\bby \(([^)]*)\)/g)]
		.flatMap(([, labels]) => labels!.split(',').map((label) => label.trim()))
		.filter((label) => label !== 'instance');

test.each(expressions.filter(([, expression]) => labelsOf(expression).length > 0))(
	'%s groups by labels that are there',
	(_, expression) => {
		const [name] = namesIn(expression);
		for (const label of labelsOf(expression))
			expect(metrics).toMatch(new RegExp(`^${name}\\{.*\\b${label}="`, 'm'));
	}
);

describe('the dashboard', () => {
	test('explains each panel, and puts none over another', () => {
		const taken = new Set<string>();
		for (const { title, description, gridPos } of panels) {
			expect(description, title).not.toBe('');
			for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
				expect(x).toBeLessThan(24);
				expect(taken.has(`${x} ${gridPos.y}`), title).toBe(false);
				taken.add(`${x} ${gridPos.y}`);
			}
		}
	});
});

test('each alert says what it means and what to do, how urgent it is, and stands in the documentation', () => {
	const documented = readFileSync(join(import.meta.dirname, '../docs/operate.md'), 'utf8');
	for (const { alert, labels, annotations } of rules) {
		expect(documented).toContain(`\`${alert}\``);
		expect(alert).toMatch(/^Passlens[A-Z]\w+$/);
		expect(['page', 'ticket']).toContain(labels.severity);
		for (const words of [annotations.summary, annotations.action]) expect(words).toMatch(/\.$/);
	}
});
