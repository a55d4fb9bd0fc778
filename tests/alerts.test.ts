import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { openPage, showTables } from './support/figures.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { sampleVisit } from './support/sample-events.ts';
import { sendVisits } from './support/send-visits.ts';
import { violations } from './support/violations.ts';

const PROJECT = 'shop';

let passlens: Passlens;
let browser: Browser;
let page: Page;
let receiver: Server;
let address: string;
const received: { body: string; headers: Record<string, string> }[] = [];

beforeAll(async () => {
	receiver = createServer(async (request, response) => {
		let body = '';
		for await (const chunk of request) body += String(chunk);
		received.push({ body, headers: request.headers as Record<string, string> });
		response.end();
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
	vi.stubEnv('PASSLENS_ALERTS_EVERY_S', '1');
	vi.stubEnv('PASSLENS_ALERTS_ALLOW_PRIVATE', '1');
	passlens = await startPasslens();
	vi.unstubAllEnvs();
	browser = await launchBrowser();
	const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
	await passlens.signIn(context);
	page = await context.newPage();
	const visits = Array.from({ length: 3 }, () => sampleVisit());
	await sendVisits({ passlens, keys: addProject(passlens, PROJECT), visits });
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
	receiver?.close();
});
beforeEach(() => printOutputOnFailure(passlens));

const open = (path: string) => openPage(page, `${passlens.url}${path}?project=${PROJECT}`);

it('a channel is added, its mistakes named, and tried', async () => {
	await open('/alerts');
	expect(await page.locator('main').innerText()).toContain('No rule yet');
	await page.getByText('Add a channel').click();
	await page.getByLabel('Kind').selectOption('webhook');
	await page.getByLabel('Name').fill('Our receiver');
	await page.getByLabel('Address to post to').fill('ftp://example.com');
	await page.getByRole('button', { name: 'Add the channel' }).click();
	await page.getByRole('alert').getByText('beginning with https://').waitFor();
	await page.getByLabel('Address to post to').fill(address);
	await page.getByRole('button', { name: 'Add the channel' }).click();
	await page.locator('[data-channel="webhook"]').waitFor();
	await page.getByRole('button', { name: 'Send a test to Our receiver' }).click();
	await page.getByText('Our receiver took the test message.').waitFor();
	expect(JSON.parse(received[0]!.body)).toMatchObject({ type: 'alert.test' });
	expect(await violations(page)).toEqual([]);
});

it('a rule is previewed over what happened before it is made', async () => {
	await open('/alerts/rule');
	await page.getByLabel('Name').fill('Sign-ins fail');
	await page.getByLabel('What is watched').selectOption('failure_share');
	await page.getByLabel('Of which cause').waitFor();
	await page.getByLabel('What happens to it').selectOption('above');
	await page.getByLabel('How much (percent)').fill('10');
	await page.getByLabel('From how many cases on').fill('1000');
	await page.getByLabel('From how many cases on').press('Tab');
	await page.locator('[data-preview="0"]').waitFor();
	await page.getByLabel('From how many cases on').fill('5');
	await page.getByLabel('From how many cases on').press('Tab');
	await page.locator('[data-preview="1"]').waitFor();
	await showTables(page);
	expect(await page.locator('[data-fires]').count()).toBe(1);
	expect(await violations(page)).toEqual([]);
	await page.getByLabel('Name').fill(' ');
	await page.getByLabel('Our receiver').uncheck();
	await page.getByRole('button', { name: 'Create the rule' }).click();
	await page.locator('[data-mistake="name"]').waitFor();
	expect(await page.getByLabel('What is watched').inputValue()).toBe('failure_share');
	expect(await page.getByLabel('From how many cases on').inputValue()).toBe('5');
	expect(await page.getByLabel('Our receiver').isChecked()).toBe(false);
});

it('what fires is told once, stands on the page, and leads to the page that shows it', async () => {
	await openPage(
		page,
		`${passlens.url}/alerts/rule?project=${PROJECT}&measure=failure_share&condition=above&threshold=10&bucket=day&minimum=5`
	);
	await page.getByLabel('Name').fill('Sign-ins fail');
	await page.getByLabel('Our receiver').check();
	await page.getByRole('button', { name: 'Create the rule' }).click();
	await page.locator('[data-rule]').waitFor();
	await expect.poll(() => received.length, { timeout: 20_000 }).toBe(2);
	const { body, headers } = received[1]!;
	await open('/alerts');
	const firing = page.locator('[data-firing="open"]');
	expect(await firing.innerText()).toMatch(/Our receiver told/);
	await page.getByText('How a receiver checks it').click();
	const secret = await page.locator('[data-secret]').innerText();
	const told = new Webhook(secret).verify(body, headers) as {
		data: { title: string; url: string };
	};
	expect(told.data.url.startsWith(passlens.url)).toBe(true);
	expect(await firing.locator('a').innerText()).toBe(told.data.title);
	expect(await page.locator('[data-standing]').innerText()).toBe('Fires');
	expect(await page.getByRole('link', { name: 'Alerts 1 not over' }).isVisible()).toBe(true);
	expect(await violations(page)).toEqual([]);
	await firing.locator('a').click();
	await page.getByRole('heading', { level: 1, name: 'Failures' }).waitFor();
	expect(new URL(page.url()).searchParams.get('project')).toBe(PROJECT);
});

it('a rule is silenced, changed and removed; what it told stays', async () => {
	await open('/alerts');
	await page.getByRole('button', { name: 'Silence Sign-ins fail' }).click();
	await page.locator('[data-silenced]').waitFor();
	await page.getByRole('button', { name: 'No longer silence' }).click();
	await page.getByRole('button', { name: 'Silence Sign-ins fail' }).waitFor();
	await page.getByRole('link', { name: 'Change Sign-ins fail' }).click();
	expect(await page.getByLabel('How much (percent)').inputValue()).toBe('10');
	await page.getByLabel('Name').fill(' ');
	await page.getByRole('button', { name: 'Save the rule' }).click();
	await page.locator('[data-mistake="name"]').waitFor();
	await page.getByRole('heading', { level: 1, name: 'Change an alert rule' }).waitFor();
	await page.getByLabel('Name').fill('Sign-ins fail often');
	await page.getByRole('button', { name: 'Save the rule' }).click();
	await page.getByRole('button', { name: 'Remove Sign-ins fail often' }).click();
	await page.locator('[data-rule]').waitFor({ state: 'detached' });
	await page.locator('[data-firing-mark]').waitFor({ state: 'detached' });
	expect(await page.locator('[data-firing="over"]').count()).toBe(1);
	await page.setViewportSize({ width: 390, height: 844 });
	expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390);
	expect(received).toHaveLength(2);
});
