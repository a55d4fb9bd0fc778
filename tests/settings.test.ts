import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { digestKey, newKey } from '../settings/projects.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import {
	printOutputOnFailure,
	runToItsEnd,
	startPasslens,
	type Passlens
} from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { sampleVisit } from './support/sample-events.ts';
import { sendEvents } from './support/send-events.ts';
import { until } from './support/until.ts';

const SERVER_KEY = newKey('sk');
const FILE = `projects:
  - id: shop
    name: Shop of the file
    time_zone: Asia/Calcutta
    origins: [https://shop.example]
    keys:
      - { kind: ingest, key: pk_shop_of_the_file }
      - { kind: server, sha256: ${digestKey(SERVER_KEY)} }
    retention: { raw_days: 90 }
    privacy: { country: false, tags: [plan] }
    alert_channels:
      - { name: On call, kind: email, target: oncall@shop.example }
tables:
  aaguids: aaguids.json
legacy_classes:
  - { aaguid: 08987058-cadc-4b81-b6e1-30de50dcbe96, class: none }
legacy_versions: { macos: 14 }
`;
const TRACE = 'f'.repeat(32);

let folder: string;
let config: string;
let passlens: Passlens;
let lists: Server;
/** What the server of lists answers. */
let list = '';
let browser: Browser;
let page: Page;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'passlens-settings-'));
	config = join(folder, 'shop.yaml');
	await writeFile(config, FILE);
	await writeFile(join(folder, 'aaguids.json'), '{}');
	// The page's addresses lead to this machine here.
	process.env.PASSLENS_TABLES_ALLOW_PRIVATE = '1';
	lists = createServer((_request, response) => void response.end(list));
	await new Promise<void>((resolve) => lists.listen(0, '127.0.0.1', resolve));
	passlens = await startPasslens({ config });
	browser = await launchBrowser();
	const context = await browser.newContext();
	await passlens.signIn(context);
	page = await context.newPage();
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
	lists?.close();
	await rm(folder, { recursive: true, force: true });
});
beforeEach(() => printOutputOnFailure(passlens));

const card = (name: string) => page.locator(`[data-setting="${name}"]`);
const send = (key: string) => sendEvents({ passlens, key, events: sampleVisit().page.slice(0, 1) });
const sent = async (key: string) => (await send(key)).status;

it('a file that cannot be used ends the start with its mistakes, and no stack', async () => {
	const wrong = join(folder, 'wrong.yaml');
	await writeFile(wrong, FILE.replace('https://shop', 'shop').replace('raw_days', 'rawDays'));
	const { code, output } = await runToItsEnd(['--config', wrong]);
	expect(code).toBe(1);
	expect(output).toContain(
		'wrong.yaml:5:15  projects[0].origins[0]: "shop.example" is not an origin'
	);
	expect(output).toContain('projects[0].retention.rawDays: There is no such setting.');
	expect(output).not.toMatch(/^\s+at /m);
});

it('what the file sets is in force, shown as set by it, and has no form', async () => {
	for (const key of ['pk_shop_of_the_file', SERVER_KEY]) expect(await sent(key)).toBe(202);
	await openPage(page, `${passlens.url}/settings?project=shop`);
	for (const name of ['name', 'time_zone', 'origins', 'keys', 'retention', 'privacy']) {
		expect(await card(name).locator(`[data-set-by-file="${name}"]`).innerText()).toContain(
			'shop.yaml'
		);
		expect(await card(name).locator('input, select, button').count()).toBe(0);
	}
	expect(await card('time_zone').innerText()).toContain('Asia/Kolkata');
	expect(await card('retention').innerText()).toContain('90 days');
	expect(await card('privacy').innerText()).toMatch(/not kept[^]*plan/);
	expect(await page.locator('main').innerText()).toContain(digestKey(SERVER_KEY));
	expect(await page.content()).not.toContain(SERVER_KEY);
});

it('channels and tables that it names are shown on their pages, as set by it', async () => {
	await openPage(page, `${passlens.url}/alerts?project=shop`);
	const channels = page.locator('section', { has: page.locator('#channels') });
	expect(await channels.locator('[data-set-by-file="alert_channels"]').innerText()).toContain(
		'shop.yaml'
	);
	expect(await channels.getByRole('button').allInnerTexts()).toEqual(['Send a test']);
	await until(async () => {
		await openPage(page, `${passlens.url}/collector`);
		const table = page.locator('[data-set-by-file="tables.aaguids"]');
		expect(await table.innerText({ timeout: 2_000 })).toContain('shop.yaml');
		const state = page.locator('[data-table=aaguids] [data-table-state]');
		expect(await state.innerText({ timeout: 2_000 })).toMatch(/aaguids\.json[^]*0 entries/);
	});
	expect(await page.locator('[data-table=aaguids] input:not([type=hidden])').count()).toBe(0);
	const refused = await passlens.fetch('/collector?/setTable', {
		method: 'POST',
		headers: { origin: passlens.url, accept: 'application/json' },
		body: new URLSearchParams({ table: 'aaguids', value: 'https://lists.example/' })
	});
	expect(await refused.text()).toContain('is set by shop.yaml: change');
	expect(await page.locator('[data-legacy-rules] li').innerText()).toContain('kept on purpose');
	const versions = page.locator('[data-legacy]');
	expect(await versions.locator('[data-set-by-file="legacy_versions"]').innerText()).toContain(
		'shop.yaml'
	);
	expect(await versions.locator('dl, table').first().innerText()).toMatch(/macOS[^]*up to 14/);
	const models = versions.locator('[data-set-by-file="legacy_classes"]');
	expect(await models.innerText()).toContain('shop.yaml');
	expect(await versions.locator('input, button').count()).toBe(0);
	const answer = await passlens.fetch('/alerts?/addChannel&project=shop', {
		method: 'POST',
		headers: { origin: passlens.url, accept: 'application/json' },
		body: new URLSearchParams({ name: 'Mine', kind: 'email', target: 'me@shop.example' })
	});
	expect(await answer.text()).toContain('is set by shop.yaml: change');
});

it('a form that is sent all the same is refused with the way to change it', async () => {
	const answer = await passlens.fetch('/settings?/rename&project=shop', {
		method: 'POST',
		headers: { origin: passlens.url, accept: 'application/json' },
		body: new URLSearchParams({ name: 'Other' })
	});
	const text = await answer.text();
	expect(text).toContain('is set by shop.yaml: change \\\\\\"name\\\\\\" there');
	await openPage(page, `${passlens.url}/settings?project=shop`);
	expect(await page.locator('h1').innerText()).toBe('Settings of Shop of the file');
});

it('what it leaves out is edited: a trace link leads from a ceremony to its trace', async () => {
	const visit = sampleVisit();
	const traced = visit.page.map((event) =>
		event.type === 'ceremony.started' || event.type === 'ceremony.finished'
			? { ...event, traceparent: `00-${TRACE}-0123456789abcdef-01` }
			: event
	);
	const answer = await sendEvents({ passlens, key: 'pk_shop_of_the_file', events: traced });
	expect(answer).toMatchObject({ status: 202, receipt: { accepted: traced.length } });
	await openPage(page, `${passlens.url}/settings?project=shop`);
	const field = card('trace_url').locator('input');
	await field.fill('https://tempo.example/trace/');
	await card('trace_url').getByRole('button').click();
	await page.getByRole('alert').getByText('leads to no trace').waitFor();
	await field.fill('https://tempo.example/trace/{trace_id}');
	await card('trace_url').getByRole('button').click();
	await page.getByRole('alert').waitFor({ state: 'detached' });
	await until(async () => {
		await openPage(page, `${passlens.url}/ceremonies/${visit.ceremonyIds[0]}?project=shop`);
		const link = page.locator('[data-fact="W3C trace id"] a');
		expect(await link.getAttribute('href', { timeout: 2_000 })).toBe(
			`https://tempo.example/trace/${TRACE}`
		);
	});
});

it('a project of the page’s is edited there: keys exchanged with an overlap and ended, retention confirmed', async () => {
	const { ingestKey, serverKey } = addProject(passlens, 'mine');
	await openPage(page, `${passlens.url}/settings?project=mine`);
	const row = card('keys').locator('li', { hasText: ingestKey });
	await row.locator('summary').click();
	await row.getByRole('button', { name: 'Exchange' }).click();
	const exchanged = await page.locator('[data-new-key]').innerText();
	await row.getByText('taken until').waitFor();
	for (const key of [ingestKey, exchanged])
		await until(async () => expect(await sent(key)).toBe(202));

	await row.getByRole('button', { name: 'End it now' }).click();
	// It goes to those that ended, which are folded away.
	await row.waitFor({ state: 'hidden' });
	await until(async () => expect(await sent(ingestKey)).toBe(401));
	expect(await sent(serverKey)).toBe(202);

	const retention = card('retention');
	await retention.locator('[name=raw_days]').fill('30');
	await retention.getByRole('button', { name: 'Set' }).click();
	await page.getByRole('alert').getByText('deleted for good').waitFor();
	expect(await retention.locator('[name=raw_days]').inputValue()).toBe('30');
	await retention.locator('[name=confirmed]').check();
	await retention.getByRole('button', { name: 'Set' }).click();
	await page.getByRole('alert').waitFor({ state: 'detached' });

	const privacy = card('privacy');
	await privacy.locator('[name=references]').uncheck();
	await privacy.locator('[name=consent_first]').check();
	await privacy.locator('[name=tags]').selectOption('named');
	await privacy.locator('[name=tag_names]').fill('plan=gold');
	await privacy.getByRole('button').click();
	await page.getByRole('alert').getByText("A tag's name").waitFor();
	await privacy.locator('[name=tag_names]').fill('plan, team');
	await privacy.getByRole('button').click();
	await page.getByRole('alert').waitFor({ state: 'detached' });

	const zone = card('time_zone').getByLabel('Time zone');
	expect(await zone.inputValue()).toBe('UTC');
	await zone.fill('Bombay');
	await card('time_zone').getByRole('button').click();
	await page.getByRole('alert').getByText('"Bombay" is no time zone').waitFor();
	expect(await zone.inputValue()).toBe('Bombay');
	await zone.fill('asia/calcutta');
	await card('time_zone').getByRole('button').click();
	await page.getByRole('alert').waitFor({ state: 'detached' });

	await card('rolled_up_tags').locator('input').fill('plan, team');
	await card('rolled_up_tags').getByRole('button').click();
	await card('name').locator('input').fill('My own');
	await card('name').getByRole('button').click();
	await page.getByRole('heading', { name: 'Settings of My own' }).waitFor();
	await page.reload();
	const file = await page.getByLabel('the configuration file', { exact: true }).innerText();
	const lines = [
		'name: My own',
		'time_zone: Asia/Kolkata',
		'raw_days: 30',
		'references: false',
		'consent_first: true',
		'- plan',
		'- team',
		exchanged
	];
	for (const line of lines) expect(file).toContain(line);
	expect(file).not.toContain(ingestKey);
	await openPage(page, `${passlens.url}/set-up?project=mine`);
	expect(await page.getByLabel('Ask for consent first').isChecked()).toBe(true);
	expect(await page.locator('[data-snippet]').first().innerText()).toContain("consent: 'off'");
});

it('without the file the next start leaves everything to the page', async () => {
	const { code } = await passlens.end();
	expect(code).toBe(0);
	const { dataDir, url } = passlens;
	// At the address that the browser is signed in to.
	passlens = await startPasslens({ dataDir, port: Number(new URL(url).port) });
	await openPage(page, `${passlens.url}/settings?project=shop`);
	expect(await page.locator('h1').innerText()).toBe('Settings of Shop of the file');
	expect(await page.locator('[data-set-by-file]').count()).toBe(0);
	expect(await card('origins').getByRole('button', { name: 'Allow it' }).count()).toBe(1);
	await openPage(page, `${passlens.url}/collector`);
	const versions = page.locator('[data-legacy]');
	expect(await versions.getByLabel('macOS').inputValue()).toBe('14');
	expect(await versions.getByLabel('iOS').getAttribute('placeholder')).toBe('15');
	await versions.getByLabel('Windows', { exact: true }).fill('eleven');
	await versions.getByRole('button', { name: 'Set' }).click();
	await versions.getByRole('alert').getByText('no version of Windows').waitFor();
	await versions.getByLabel('Windows', { exact: true }).fill('none');
	await versions.getByLabel('macOS').fill('');
	await versions.getByRole('button', { name: 'Set' }).click();
	await versions.getByRole('alert').waitFor({ state: 'detached' });
	const models = page.locator('[data-legacy-rules]');
	expect(await models.locator('li').innerText()).toContain('kept on purpose');
	await models.getByLabel('AAGUID', { exact: true }).fill('Windows Hello');
	await models.getByRole('button', { name: 'Add' }).click();
	await models.getByRole('alert').getByText('names no model').waitFor();
	await models.getByLabel('AAGUID', { exact: true }).fill('11111111-2222-4333-8444-555555555555');
	await models.getByLabel('Its device-bound').selectOption('u2f_key');
	await models.getByRole('button', { name: 'Add' }).click();
	await models.locator('li', { hasText: 'U2F security key' }).waitFor();
	await models.getByRole('button', { name: /^Remove .* 08987058/ }).click();
	await models.locator('li', { hasText: '08987058' }).waitFor({ state: 'detached' });
	await page.reload();
	expect(await models.locator('li').allInnerTexts()).toEqual([
		expect.stringContaining('11111111-2222-4333-8444-555555555555')
	]);
	expect(await versions.getByLabel('Windows', { exact: true }).inputValue()).toBe('none');
	expect(await versions.getByLabel('macOS').inputValue()).toBe('');
});

it('from where the collector has its tables is set at the page, looked at within seconds, and a failure keeps the last good one', async () => {
	const address = `http://127.0.0.1:${(lists.address() as AddressInfo).port}/aaguids.json?token=secret`;
	list = JSON.stringify({ '11111111-2222-4333-8444-555555555555': { name: 'Acme' } });
	await openPage(page, `${passlens.url}/collector`);
	const table = page.locator('[data-table=aaguids]');
	const field = table.getByLabel('Address', { exact: true });
	await field.fill('/etc/passwd');
	await table.getByRole('button', { name: /^Set/ }).click();
	await table.getByRole('alert').getByText('A path is named where the collector starts').waitFor();
	await field.fill(address);
	await page.keyboard.press('Enter');
	await table.getByText(/^1 entry, version [0-9a-f]{12}; loaded/).waitFor();
	expect(await table.locator('[data-table-state]').innerText()).not.toContain('secret');

	list = '<html>';
	await table.getByRole('button', { name: /^Check now/ }).click();
	await table.getByText('The list is not JSON.').waitFor();
	expect(await table.innerText()).toMatch(/last good one, .* stays in use: 1 entry/);

	const hours = page.locator('[data-table=refresh_hours]');
	await hours.getByRole('textbox').fill('0');
	await hours.getByRole('button').click();
	await hours.getByRole('alert').getByText('Hours from 1 to 168').waitFor();
	await hours.getByRole('textbox').fill('6');
	await hours.getByRole('button').click();
	await hours.getByRole('alert').waitFor({ state: 'detached' });
	const file = await (await passlens.fetch('/audit-log')).text();
	expect(file).toMatch(/setTable[^]*aaguids[^]*http:\/\/127\.0\.0\.1:\d+\/aaguids\.json/);
	expect(file).not.toContain('token=secret');

	await field.fill('');
	await table.getByRole('button', { name: /^Set/ }).click();
	await table.locator('[data-table-state]').waitFor({ state: 'detached' });
});
