import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test, vi } from 'vitest';
import {
	startClickHouseServer,
	type ClickHouseServer
} from '../collector/testing/start-clickhouse-server.ts';
import { createTracesTable, span } from '../src/lib/server/testing/otel-traces.ts';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { bundlePage } from './support/bundle-page.ts';
import { openPage } from './support/figures.ts';
import { findFreePort } from './support/find-free-port.ts';
import { attributesOf, startOtlpReceiver, type OtlpReceiver } from './support/otlp-receiver.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { runExample, type RunningExample } from './support/run-example.ts';
import { until } from './support/until.ts';

// A team's own OpenTelemetry and Passlens over one ClickHouse server: the site's spans come by OTLP to a stand-in of the OpenTelemetry
// Collector that writes them as its exporter does, and the ceremonies go back to it as spans.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const PAGE = `
	import { ceremonyId, flush, identify, init } from '@passlens/sdk';
	import { startTrace } from '@passlens/sdk/trace';
	import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
	init({ endpoint: ENDPOINT, projectKey: KEY });
	identify('ada');
	window.attempt = async (kind) => {
		const trace = startTrace();
		const ask = async (step, body = {}) => {
			const answer = await trace.fetch('/' + kind + '/' + step, { method: 'POST', body: JSON.stringify(body) });
			if (!answer.ok) throw new Error(await answer.text());
			return answer.json();
		};
		const optionsJSON = await ask('options');
		const response = await (kind === 'registration' ? startRegistration : startAuthentication)({ optionsJSON });
		const id = ceremonyId();
		await ask('verify', { response, ceremonyId: id });
		trace.end();
		await flush();
		return { id, traceparent: trace.traceparent };
	};`;

interface Attempt {
	id: string;
	traceparent: string;
}
declare global {
	interface Window {
		attempt(kind: 'registration' | 'authentication'): Promise<Attempt>;
	}
}

let server: ClickHouseServer;
let client: ClickHouseClient;
let tracing: OtlpReceiver;
let folder: string;
let passlens: Passlens;
let site: RunningExample;
let browser: Browser;
let visitor: Page;
let reader: Page;
let registered: Attempt;

beforeAll(async () => {
	[server, folder, browser] = await Promise.all([
		startClickHouseServer(),
		mkdtemp(join(tmpdir(), 'passlens-traces-')),
		launchBrowser()
	]);
	client = createClient({ url: server.url });
	await createTracesTable({ client, database: 'otel' });
	tracing = await startOtlpReceiver(client);
	vi.stubEnv('CLICKHOUSE_URL', server.url);
	vi.stubEnv('PASSLENS_TRACES_TABLE', 'otel.otel_traces');
	vi.stubEnv('PASSLENS_SPANS_ENDPOINT', `${tracing.url}/v1/traces`);
	vi.stubEnv('PASSLENS_SPANS_PROJECTS', 'shop');
	vi.stubEnv('PASSLENS_SPANS_AFTER_S', '4');
	passlens = await startPasslens();
	const port = await findFreePort();
	const origin = `http://localhost:${port}`;
	const keys = addProject(passlens, 'shop', { origins: [origin] });
	const script = join(folder, 'page.js');
	await writeFile(
		script,
		await bundlePage({
			source: PAGE.replace('ENDPOINT', JSON.stringify(passlens.collectorUrl)).replace(
				'KEY',
				JSON.stringify(keys.ingestKey)
			)
		})
	);
	site = await runExample({
		args: ['tests/support/instrumented-site.ts'],
		cwd: join(import.meta.dirname, '..'),
		url: origin,
		env: {
			...{ PORT: String(port), PAGE_SCRIPT: script, PASSLENS_ENDPOINT: passlens.collectorUrl },
			...{ PASSLENS_SERVER_KEY: keys.serverKey, OTEL_SERVICE_NAME: 'shop-api' },
			...{ OTEL_EXPORTER_OTLP_ENDPOINT: tracing.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
			...{ OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
			OTEL_BSP_SCHEDULE_DELAY: '200'
		}
	});
	visitor = await (await browser.newContext()).newPage();
	await addVirtualAuthenticator(visitor);
	await visitor.goto(origin);
	const context = await browser.newContext();
	await passlens.signIn(context);
	reader = await context.newPage();
	registered = await attempt('registration');
});
afterAll(async () => {
	await browser?.close();
	await site?.stop();
	await passlens?.stop();
	await tracing?.close();
	await client?.close();
	await server?.stop();
	if (folder) await rm(folder, { recursive: true, force: true });
	vi.unstubAllEnvs();
});
beforeEach(() => {
	printOutputOnFailure(passlens);
	onTestFailed(() => console.error(site.output()));
});

async function attempt(kind: 'registration' | 'authentication'): Promise<Attempt> {
	await visitor.waitForFunction(() => 'attempt' in window);
	return visitor.evaluate((which) => window.attempt(which), kind);
}

const card = () => reader.locator('section[aria-label=Trace]');
const traceOf = ({ traceparent }: Attempt) => traceparent.split('-')[1]!;

async function open({ id }: Attempt): Promise<void> {
	await openPage(reader, `${passlens.url}/ceremonies/${id}?project=shop`);
	await card().waitFor({ timeout: 2_000 });
}

async function nameServices(services: string): Promise<void> {
	// What is typed before the page has come alive is forgotten.
	await until(async () => {
		await openPage(reader, `${passlens.url}/settings?project=shop`);
		const setting = reader.locator('[data-setting=trace_services]');
		await setting.getByRole('textbox').fill(services);
		await setting.getByRole('button', { name: 'Choose' }).click();
		await expect
			.poll(async () => (await passlens.fetch('/settings?project=shop')).text())
			.toContain(`value="${services}"`);
	});
}

const shownSpans = () =>
	reader.locator('[data-waterfall] tbody tr').evaluateAll((rows) =>
		rows.map((row) => {
			const { span, depth, status } = (row as HTMLElement).dataset;
			return { span, depth, status, words: (row as HTMLElement).innerText };
		})
	);

test('a project that names no service sees no span, and is told how to', async () => {
	await until(() => open(registered));
	expect(await shownSpans()).toEqual([]);
	expect(await card().innerText()).toContain('once the project’s settings name its services');
	await card().getByRole('link', { name: 'Name them' }).click();
	await reader.waitForURL(/\/settings/);
});

test('the server’s spans stand under the page’s call: names, service, time, one within the other', async () => {
	await nameServices('shop-api');
	await until(async () => {
		await open(registered);
		expect((await shownSpans()).length).toBeGreaterThan(3);
	});
	const shown = await shownSpans();
	// By their beginning: the options were asked for first, the response was verified last.
	expect(shown[1]).toMatchObject({ span: 'The page called create()', depth: '0' });
	// What instrumentation names an HTTP request: options and verification.
	const requests = shown.filter(
		({ span, depth, words }) => span === 'POST' && depth === '0' && words.includes('server')
	);
	expect(requests).toHaveLength(2);
	expect(requests[0]!.words).toMatch(/shop-api · server/);
	expect(requests[0]!.words).toContain('−');
	expect(requests[1]!.words).toContain('sent the verdict');
	expect(shown.find(({ span }) => span === 'store passkey')).toMatchObject({ depth: '1' });
	// One machine, one clock.
	expect(await card().locator('[data-skew]').count()).toBe(0);
	expect(await card().innerText()).toContain('nothing is shifted');
});

test('what another team’s service did in the same trace stays theirs', async () => {
	const values = [
		span({
			...{ traceId: traceOf(registered), id: 'aaaaaaaaaaaaaaaa', parent: '', service: 'bank-core' },
			...{ name: 'GET /accounts', at: Date.now() }
		})
	];
	await client.insert({ table: 'otel.otel_traces', values, format: 'JSONEachRow' });
	await open(registered);
	expect((await shownSpans()).length).toBeGreaterThan(3);
	expect(await reader.content()).not.toContain('/accounts');
});

test('the ceremony arrives at the tracing system as a span beside the server’s, under the page’s', async () => {
	const used = await attempt('authentication');
	for (const [one, type] of [
		[registered, 'registration'],
		[used, 'authentication']
	] as const) {
		const [, traceId, pageSpan] = one.traceparent.split('-');
		const own = await until(async () => {
			const found = tracing.spans.filter(
				({ scope, traceId: id }) => scope === 'passlens' && id === traceId
			);
			// On a machine that is slow to hear the verdict it was told before.
			expect(attributesOf(found.at(-1)!)).toMatchObject({ 'passlens.verified': true });
			return found.at(-1)!;
		});
		expect(own).toMatchObject({ name: `webauthn ${type}`, parentSpanId: pageSpan });
		expect(attributesOf(own)).toMatchObject({
			'passlens.ceremony_id': one.id,
			'passlens.outcome': 'succeeded',
			'passlens.verified': true
		});
		const beside = tracing.spans.filter(
			({ service, traceId: id, parentSpanId }) =>
				service === 'shop-api' && id === traceId && parentSpanId === pageSpan
		);
		expect(beside.length).toBeGreaterThanOrEqual(2);
		await open(one);
		expect((await shownSpans()).map(({ span: name }) => name)).not.toContain(`webauthn ${type}`);
	}
});

test('a server whose clock is wrong is said to be, and nothing is moved', async () => {
	const { traceparent, id } = await attempt('authentication');
	const [, traceId] = traceparent.split('-');
	await until(async () =>
		expect(
			tracing.spans.some(
				(one) =>
					one.traceId === traceId &&
					one.events?.some(({ name }) => name === 'passlens.ceremony.verdict')
			)
		).toBe(true)
	);
	// As the same server would have written them an hour early.
	await client.command({
		query: `INSERT INTO otel.otel_traces SELECT * REPLACE (Timestamp - INTERVAL 1 HOUR AS Timestamp, 'slow-api' AS ServiceName)
			FROM (SELECT * FROM otel.otel_traces WHERE TraceId = {trace: String} AND ServiceName = 'shop-api')`,
		query_params: { trace: traceId }
	});
	await nameServices('slow-api');
	await until(async () => {
		await open({ id, traceparent });
		expect(await card().innerText()).toMatch(
			/server’s clock is at least (59\.\d|60(\.0)?)\s*min\s+behind/
		);
	});
	expect((await shownSpans()).at(-1)!.words).toMatch(/−(59\.\d|60(\.0)?)\s*min/);
});
