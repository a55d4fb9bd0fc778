import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { startTestCollector, type TestCollector } from '../collector/testing/harness.ts';
import { createProject } from '../settings/projects.ts';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { findFreePort } from './support/find-free-port.ts';

import { privacyWatch } from './support/privacy-watch.ts';
import { runExample, type RunningExample } from './support/run-example.ts';
import { until } from './support/until.ts';

const EXAMPLES = join(import.meta.dirname, '../examples');

let browser: Browser;
let collector: TestCollector;

beforeAll(async () => {
	[browser, collector] = await Promise.all([launchBrowser(), startTestCollector()]);
});
afterAll(async () => {
	await browser?.close();
	await collector?.close();
});

/** A project for an example's origin, as `npm run project -- add` makes it. */
async function addProject(id: string) {
	const port = await findFreePort();
	const origin = `http://localhost:${port}`;
	const keys = await createProject(collector.settings, { id, name: id, origins: [origin] });
	return { ...keys, port: String(port), origin };
}

/** A visitor with a passkey provider, and what the page said wrongly. */
async function visit(origin: string): Promise<{ page: Page; errors: string[] }> {
	const context = await browser.newContext();
	const page = await context.newPage();
	const errors: string[] = [];
	page.on('pageerror', (error) => errors.push(error.message));
	page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
	await addVirtualAuthenticator(page);
	await page.goto(origin);
	return { page, errors };
}

/** What the server sent is among what is searched for secrets when the browser is closed. */
const expectWatched = (words: string) =>
	expect(privacyWatch.requests().some(({ content }) => content.includes(words))).toBe(true);

interface Ceremony {
	ceremony_type: string;
	outcome: string;
	whole: number;
	user_hash: string;
	trace_id: string;
	prompt_id: string;
	error_code: string;
}

const ceremoniesOf = (project: string, count: number) =>
	until(async () => {
		await collector.stored();
		const rows = await collector.query<Ceremony>(
			`SELECT *, finished_at IS NOT NULL AND verdict_at IS NOT NULL AS whole
			FROM ceremonies_v1 WHERE project_id = '${project}' ORDER BY toString(ceremony_id)`
		);
		// Both halves of each: what the page saw, and the server's verdict, which comes at its own time.
		expect(rows.map(({ outcome, whole }) => [outcome, whole])).toEqual(
			Array(count).fill(['succeeded', 1])
		);
		return rows;
	});

describe('examples/plain-html', () => {
	let example: RunningExample;
	let project: Awaited<ReturnType<typeof addProject>>;

	beforeAll(async () => {
		project = await addProject('plain');
		example = await runExample({
			args: ['server.mjs'],
			cwd: join(EXAMPLES, 'plain-html'),
			url: project.origin,
			env: {
				PORT: project.port,
				PASSLENS_ENDPOINT: collector.url,
				PASSLENS_KEY: project.ingestKey,
				PASSLENS_SERVER_KEY: project.serverKey
			}
		});
	});
	afterAll(() => example?.stop());

	test('takes a passkey and signs in with it; both ceremonies arrive with their verdicts', async () => {
		onTestFailed(() => console.error(example.output()));
		const { page, errors } = await visit(project.origin);
		await page.getByLabel('Name').fill('Ada');
		await page.getByRole('button', { name: 'Create a passkey' }).click();
		await page.getByText('Hello, Ada.').waitFor();
		await page.reload();
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.getByText('Hello, Ada.').waitFor();
		await page.evaluate('passlens.flush()');
		const rows = await ceremoniesOf('plain', 2);
		expect(rows.map((row) => row.ceremony_type)).toEqual(['registration', 'authentication']);
		expect(rows[0]!.user_hash).not.toBe('');
		expect(rows[1]!.user_hash).toBe(rows[0]!.user_hash);
		const signIns = await collector.query(
			`SELECT method, outcome FROM signins_v1 WHERE project_id = 'plain'`
		);
		expect(signIns).toEqual([{ method: 'passkey', outcome: 'succeeded' }]);
		expect(errors).toEqual([]);
		expectWatched('"ceremony.verdict"');
		await page.context().close();
	});
});

describe('examples/nextjs', () => {
	let example: RunningExample;
	let project: Awaited<ReturnType<typeof addProject>>;
	let tracing: Server;
	/** What the site's own OpenTelemetry exported. */
	const spans: Span[] = [];

	beforeAll(async () => {
		project = await addProject('nextjs');
		tracing = createServer((request, response) => {
			void text(request).then((body) => {
				spans.push(...spansOf(body));
				response.setHeader('content-type', 'application/json').end('{}');
			});
		});
		await new Promise<void>((resolve) => tracing.listen(0, 'localhost', resolve));
		example = await runExample({
			args: [
				join(EXAMPLES, '../node_modules/next/dist/bin/next'),
				...['dev', '--port', project.port]
			],
			cwd: join(EXAMPLES, 'nextjs'),
			url: project.origin,
			env: {
				NEXT_TELEMETRY_DISABLED: '1',
				NODE_ENV: 'development',
				ORIGIN: project.origin,
				NEXT_PUBLIC_PASSLENS_ENDPOINT: collector.url,
				NEXT_PUBLIC_PASSLENS_KEY: project.ingestKey,
				PASSLENS_SERVER_KEY: project.serverKey,
				OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${(tracing.address() as AddressInfo).port}`,
				OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
				OTEL_METRICS_EXPORTER: 'none',
				OTEL_LOGS_EXPORTER: 'none',
				OTEL_BSP_SCHEDULE_DELAY: '200'
			}
		});
		// A development server compiles a route when it is first asked: now, rather than in front of the visitor.
		await fetch(`${project.origin}/api/sign-out`, { method: 'POST', body: '{}' });
	});
	afterAll(async () => {
		await example?.stop();
		tracing?.closeAllConnections();
		tracing?.close();
	});

	test('offers a passkey, signs in with it, and each ceremony shares its trace with the server', async () => {
		onTestFailed(() => console.error(example.output()));
		const { page, errors } = await visit(project.origin);
		page.setDefaultTimeout(60_000);
		await page.getByLabel('Name').fill('Ada');
		await page.getByRole('button', { name: 'Sign in', exact: true }).click();
		await page.getByRole('button', { name: 'Create a passkey' }).click();
		await page.getByText('Your passkey is ready.').waitFor();
		await page.getByRole('button', { name: 'Sign out' }).click();
		await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
		await page.getByText('Hello, Ada.').waitFor();

		const [made, used] = await ceremoniesOf('nextjs', 2);
		expect(made).toMatchObject({ ceremony_type: 'registration' });
		expect(used).toMatchObject({ ceremony_type: 'authentication', user_hash: made!.user_hash });
		const prompts = await collector.query(
			`SELECT prompt_id, placement, accepted_at IS NOT NULL AS accepted FROM prompts_v1 WHERE project_id = 'nextjs'`
		);
		expect(prompts).toEqual([
			{ prompt_id: made!.prompt_id, placement: 'after-sign-in', accepted: 1 }
		]);

		expect(used!.trace_id).not.toBe(made!.trace_id);
		for (const { trace_id } of [made!, used!]) {
			expect(trace_id).toMatch(/^[0-9a-f]{32}$/);
			const names = await until(async () => {
				const served = spans.filter(({ traceId }) => traceId === trace_id);
				expect(served.some(hasVerdict)).toBe(true);
				return served.map(({ name }) => name);
			});
			// Options and verification both: the page handed its trace to each request.
			expect(names.filter((name) => name.startsWith('POST')).length).toBeGreaterThanOrEqual(2);
		}
		expect(errors).toEqual([]);
		// Its verdicts, and the spans that tell of them.
		expectWatched('passlens.ceremony.verdict');
		await page.context().close();
	}, 120_000);
});

interface Span {
	traceId: string;
	name: string;
	events?: { name: string }[];
}

const spansOf = (body: string): Span[] =>
	(JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans
		.flatMap(({ scopeSpans }) => scopeSpans)
		.flatMap(({ spans }) => spans);

const hasVerdict = ({ events }: Span) =>
	!!events?.some(({ name }) => name === 'passlens.ceremony.verdict');
