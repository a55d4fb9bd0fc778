import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { sampleVisit } from './support/sample-events.ts';
import { sendEvents } from './support/send-events.ts';
import { until } from './support/until.ts';
import { violations } from './support/violations.ts';

const PROJECT = 'shop';

let passlens: Passlens;
let browser: Browser;
let page: Page;
let ingestKey: string;

beforeAll(async () => {
	passlens = await startPasslens();
	browser = await launchBrowser();
	const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
	await passlens.signIn(context);
	page = await context.newPage();
	({ ingestKey } = addProject(passlens, PROJECT));
	const onMac = { platform: 'macOS', brands: [{ brand: 'Google Chrome', version: '153' }] };
	for (const visit of [sampleVisit({ text: '2.4' }), sampleVisit({ text: '2.10', client: onMac })])
		expect((await sendEvents({ passlens, key: ingestKey, events: visit.page })).status).toBe(202);
	// Before anything is stored the page has no list to search; the values that are completed come from the rollup, which comes last.
	await until(async () => {
		await open();
		await line().fill('release:', { timeout: 2_000 });
		expect(await options()).toEqual(['release:2.10', 'release:2.4']);
	});
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

const open = (search = '') =>
	openPage(page, `${passlens.url}/ceremonies?project=${PROJECT}${search}`);
const line = () => page.getByRole('combobox', { name: 'Search ceremonies' });
const options = () => page.getByRole('option').locator('span:first-child').allInnerTexts();
const rows = () => page.locator('main table tbody tr').count();

it('is completed by the keyboard, field and value, and finds', async () => {
	await open();
	const all = await rows();
	await line().pressSequentially('os:m');
	await page.getByRole('option', { name: 'os:macOS' }).waitFor();
	await line().press('ArrowDown');
	await line().press('Tab');
	expect(await line().inputValue()).toBe('os:macOS ');
	await line().pressSequentially('release:>=2.4');
	expect(await violations(page)).toEqual([]);
	await line().press('Enter');
	await page.waitForURL(/q=os/);
	await expect.poll(rows).toBe(all / 2);
	expect(new URL(page.url()).searchParams.get('q')?.trim()).toBe('os:macOS release:>=2.4');
});

it('goes by tags and by the provider of the passkey', async () => {
	await open();
	const all = await rows();
	await line().fill('provider:');
	await expect.poll(options).toEqual(['provider:unknown']);
	await open(`&q=${encodeURIComponent('tag:2.4=2.4')}`);
	expect(await rows()).toBe(all / 2);
	await open(`&q=${encodeURIComponent('tag:2.4 provider:unknown')}`);
	expect(await rows()).toBeGreaterThan(0);
	expect(await rows()).toBeLessThan(all / 2);
});

it('says what it cannot read, and what was meant', async () => {
	await open(`&q=${encodeURIComponent('plattform:ios casue:x')}`);
	expect(await page.locator('[data-search-mistake]').innerText()).toContain('no field “plattform”');
	expect(await rows()).toBe(0);
	await line().fill('relaese:2.4');
	await line().press('Enter');
	await page.getByText('Did you mean “release”?').waitFor();
	await page.setViewportSize({ width: 390, height: 844 });
	expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390);
	expect(await violations(page)).toEqual([]);
	await page.setViewportSize({ width: 1280, height: 1000 });
});

it('is saved as a segment, and led to from elsewhere', async () => {
	await open(`&q=${encodeURIComponent('os:macos outcome:succeeded')}`);
	const found = await rows();
	expect(found).toBeGreaterThan(0);
	await page.getByRole('button', { name: 'Segments', exact: true }).click();
	await page.getByLabel('Save this search and its filters as').fill('On Macs');
	await page.getByRole('button', { name: 'Save segment' }).click();
	await page.getByRole('button', { name: 'Segment: On Macs' }).waitFor();
	await openPage(page, `${passlens.url}/?project=${PROJECT}`);
	await page.getByRole('button', { name: 'Segments', exact: true }).click();
	await page.getByRole('link', { name: 'On Macs' }).click();
	await page.waitForURL(/\/ceremonies\?.*q=os/);
	await expect.poll(rows).toBe(found);
});

describe('on Failures', () => {
	const openFailures = (search = '') =>
		openPage(page, `${passlens.url}/failures?project=${PROJECT}&view=all${search}`);
	const failuresLine = () => page.getByRole('combobox', { name: 'Search failures' });
	const groups = () => page.locator('main [data-failure]').count();

	it('the same line narrows groups and trend, and goes along to a group', async () => {
		await openFailures();
		const all = await groups();
		await failuresLine().pressSequentially('os:m');
		await page.getByRole('option', { name: 'os:macOS' }).waitFor();
		await failuresLine().press('ArrowDown');
		await failuresLine().press('Tab');
		await failuresLine().press('Enter');
		await page.waitForURL(/q=os/);
		// What the server refused is one group on both systems; the page's own error differs.
		await expect.poll(groups).toBe(all - 1);
		expect(await violations(page)).toEqual([]);
		await page.locator('main [data-failure]').first().click();
		await page.waitForURL(/\/failures\/[0-9a-f]{10}\?.*q=os/);
		const within = page.getByRole('combobox', { name: 'Search within this group' });
		expect((await within.inputValue()).trim()).toBe('os:macOS');
		await within.fill('os:android');
		await within.press('Enter');
		await page.getByText('is one that the search asks for').waitFor();
		await page.setViewportSize({ width: 390, height: 844 });
		expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390);
		await page.setViewportSize({ width: 1280, height: 1000 });
	});

	it('says what it cannot read', async () => {
		await openFailures(`&q=${encodeURIComponent('plattform:ios')}`);
		expect(await page.locator('[data-search-mistake]').innerText()).toContain('no field');
		expect(await groups()).toBe(0);
	});

	it('a segment with a line stays on the page', async () => {
		await openFailures();
		await page.getByRole('button', { name: 'Segments', exact: true }).click();
		await page.getByRole('link', { name: 'On Macs' }).click();
		await page.waitForURL(/\/failures\?.*q=os/);
		expect(await failuresLine().inputValue()).toContain('outcome:succeeded');
	});
});

it('the list is live: what arrives is added and told, until it is paused', async () => {
	await open();
	const before = await rows();
	const told = page.locator('[data-live-told]');
	await page.getByRole('button', { name: 'Live' }).click();
	const { page: events } = sampleVisit({ text: '2.11' });
	expect((await sendEvents({ passlens, key: ingestKey, events })).status).toBe(202);
	await expect.poll(rows, { timeout: 20_000 }).toBeGreaterThan(before);
	await expect
		.poll(() => told.innerText())
		.toMatch(/new ceremon(y|ies), \d+ since the list is live/);
	expect(await told.getAttribute('role')).toBe('status');
	await page.getByRole('button', { name: 'Live' }).click();
	expect(await page.getByRole('button', { name: 'Live' }).getAttribute('aria-pressed')).toBe(
		'false'
	);
	expect(await told.innerText()).toBe('');
});
