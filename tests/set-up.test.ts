import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { uuidV7 } from '../sdk/common/uuid-v7.ts';
import { batchSchema, eventSchema } from '../sdk/event/index.ts';
import { bundlePage } from './support/bundle-page.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import {
	milestone,
	seeFirstEvent,
	serveSite,
	visitBeforeConsent,
	visitSite,
	type Site
} from './support/first-event.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { violations } from './support/violations.ts';

let passlens: Passlens;
let browser: Browser;
let dashboard: Page;
let site: Site;
let other: Site;
let copied: string;
/** `pk_…` of the project that the first test makes. */
let key: string;
const started = performance.now();

beforeAll(async () => {
	[passlens, browser, site, other] = await Promise.all([
		startPasslens(),
		launchBrowser(),
		serveSite(),
		serveSite()
	]);
	const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
	await passlens.signIn(context);
	dashboard = await context.newPage();
});
afterAll(async () => {
	site?.close();
	other?.close();
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

it('a project is made, five lines are copied into a page, and its first event is seen', async () => {
	await openPage(dashboard, `${passlens.url}/set-up/new`);
	await dashboard.getByLabel('Name', { exact: false }).first().fill('My site');
	await dashboard.getByLabel('Origin of the page').fill('http://localhost');
	await dashboard.getByLabel('Id').fill('No Id');
	// The browser's own check is the first to refuse; the server says the same to whoever goes around it.
	await dashboard
		.locator('form')
		.first()
		.evaluate((form: HTMLFormElement) => (form.noValidate = true));
	await dashboard.getByRole('button', { name: 'Make the project' }).click();
	await dashboard.getByText('"No Id" cannot be a project id').waitFor();
	await dashboard.getByLabel('Id').fill('');
	await dashboard.getByLabel('Origin of the page').fill(site.origin);
	await dashboard.getByRole('button', { name: 'Make the project' }).click();
	expect(await dashboard.locator('[data-server-key]').innerText()).toMatch(/^sk_\S{32}$/);
	key = await dashboard.locator('[data-ingest-key]').innerText();
	expect(await violations(dashboard)).toEqual([]);
	await seeFirstEvent({ dashboard, browser, site });
	process.stdout.write(
		`From starting Passlens to the first event seen on the page: ${((performance.now() - started) / 1000).toFixed(1)} s.\n`
	);
	copied = site.snippet;
	expect(copied).toContain(key);
	await milestone(dashboard, 'ceremony');
	expect(await dashboard.locator('[data-arrival="ceremony.finished"]').innerText()).toMatch(
		/Ceremony ended\s+Registration, Succeeded/
	);
	expect(await dashboard.locator('[data-trouble]').count()).toBe(0);
	expect(await dashboard.locator('[data-reach]').count()).toBe(0);
});

it('what keeps events out is named with its fix: wrong key, origin, clock, field', async () => {
	other.snippet = copied.replaceAll(key, 'pk_mistyped');
	await visitSite(browser, other);
	other.snippet = copied;
	await visitSite(browser, other);
	const wrong = Date.now() - 7_200_000;
	const events = [
		{ type: 'client.capabilities', webauthn: true },
		{ type: 'signin.finished', outcome: 'succeeded', method: 'telepathy' }
	].map((event) => ({ ...event, id: uuidV7(), time_unix_ms: wrong }));
	const sdk = { name: 'clock', version: '1' };
	const answer = await fetch(`${passlens.collectorUrl}/v1/events?key=${key}`, {
		method: 'POST',
		headers: { 'content-type': 'text/plain' },
		body: JSON.stringify({ schema_version: 1, sent_unix_ms: wrong, sdk, events })
	});
	expect(await answer.json()).toMatchObject({ accepted: 1, refused: [{ field: 'method' }] });

	const troubles = dashboard.locator('[data-trouble]');
	await expect
		.poll(
			() =>
				troubles.evaluateAll((all) => all.map((one) => one.getAttribute('data-trouble')).sort()),
			{ timeout: 40_000 }
		)
		.toEqual(['clock', 'invalid_value', 'key_unknown', 'origin_not_allowed']);
	const words = (await troubles.allInnerTexts()).join('\n');
	for (const told of ['Blocked by CORS', 'Wrong key', 'must be one of', 'clock is wrong'])
		expect(words).toContain(told);

	await dashboard.getByRole('button', { name: `Allow ${other.origin}` }).click();
	await dashboard.locator(`[data-origin="${other.origin}"]`).waitFor();
	await dashboard.getByText('until you allowed it').waitFor();
	expect(await violations(dashboard)).toEqual([]);
	await dashboard.setViewportSize({ width: 390, height: 844 });
	expect(await dashboard.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390);
	await dashboard.setViewportSize({ width: 1280, height: 1000 });
});

it('a site is looked at from here: its policy keeps the events in', async () => {
	site.headers = { 'content-security-policy': "default-src 'self' 'unsafe-inline'" };
	await dashboard
		.locator(`[data-origin="${site.origin}"]`)
		.getByRole('button', { name: 'Check the site' })
		.click();
	const finding = dashboard.locator('[data-finding="csp_blocks_endpoint"]');
	await finding.waitFor();
	expect(await finding.innerText()).toContain('connect-src');
});

it('every other way of sending has code of its own, and what a terminal sends is taken', async () => {
	for (const [tab, path] of [
		['App, by HTTP', '/v1/events'],
		['App, by OTLP', '/v1/logs']
	] as const) {
		await dashboard.getByRole('link', { name: tab }).click();
		const code = dashboard.locator('[data-snippet] code').first();
		await expect.poll(() => code.innerText()).toContain(path);
		const text = await code.innerText();
		const [, address] = /curl '([^']+)'/.exec(text)!;
		const headers = [...text.matchAll(/-H '([^:]+): ([^']+)'/g)].map(
			([, name, value]) => [name, value] as [string, string]
		);
		const [, body] = /-d '([^']+)'/.exec(text)!;
		const answer = await fetch(address!, { method: 'POST', headers, body: body! });
		expect(answer.status).toBe(path === '/v1/events' ? 202 : 200);
		expect(JSON.stringify(await answer.json())).not.toMatch(/rejected|"refused":\[\{/);
	}
	await dashboard.getByRole('link', { name: 'npm', exact: true }).click();
	await dashboard.getByRole('button', { name: 'Make a server key' }).click();
	expect(await dashboard.locator('[data-server-key]').innerText()).toMatch(/^sk_/);
});

it.each(['Script tag', 'npm', 'Next.js', 'SvelteKit'])(
	'%s: what is copied to ask for consent first sends nothing before it, and what comes after',
	async (way) => {
		await dashboard.getByRole('link', { name: way, exact: true }).click();
		await dashboard.locator('[aria-current=page]', { hasText: way }).waitFor();
		await dashboard.getByLabel('Ask for consent first').check();
		const agreed = dashboard.locator('[data-snippet]', { hasText: 'has agreed' });
		const asking = dashboard.locator('[data-snippet] code', { hasText: "consent: 'off'" });
		const [page, agree] = [await asking.innerText(), await agreed.locator('code').innerText()];
		const script = way === 'Script tag';
		const bundle = (code: string) =>
			bundlePage({ source: `const user = { id: 'user-1' };\n${code}` });
		site.headers = {};
		site.snippet = script ? page : `<script type="module">${await bundle(page)}</script>`;
		const answer = script ? agree : await bundle(agree);
		const { before, after, kept } = await visitBeforeConsent(browser, site, (visited) =>
			visited.addScriptTag({ content: answer, ...(!script && { type: 'module' }) })
		);
		expect({ before, kept }).toEqual({ before: [], kept: 0 });
		const ceremonies = after
			.flatMap((body) => batchSchema.parse(JSON.parse(body)).events)
			.map((event) => eventSchema.parse(event))
			.filter(({ type }) => type === 'ceremony.finished');
		expect(ceremonies).toHaveLength(1);
		await dashboard.getByLabel('Ask for consent first').uncheck();
		await agreed.waitFor({ state: 'detached' });
	}
);

it('the demonstration is loaded beside it, with its progress, and removed again', async () => {
	const demo = dashboard.locator('[data-demo]');
	await demo.getByRole('button', { name: 'Load the demonstration' }).click();
	await expect.poll(() => demo.innerText(), { timeout: 40_000 }).toMatch(/[1-9][\d,]* events of/);
	await demo.getByRole('button', { name: 'Stop, and remove it' }).click();
	await expect.poll(() => demo.getAttribute('data-demo'), { timeout: 40_000 }).toBe('none');
	// The project is gone, and with it what a link to it showed.
	expect((await passlens.fetch('/export/ceremonies?project=demo')).status).toBe(404);
});
