import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { serveSite, type Reply, type Server } from '../sdk/doctor/testing/serve-site.ts';
import { PINNED_NODE } from '../tools/install.mjs';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { openWindow, type OpenWindow } from './support/open-window.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { sampleVisit } from './support/sample-events.ts';
import { sendEvents } from './support/send-events.ts';
import { until } from './support/until.ts';
import { violations } from './support/violations.ts';

const PROJECT = 'shop';
const ASSOCIATION = '/.well-known/apple-app-site-association';

let passlens: Passlens;
let browser: Browser;
let window: OpenWindow;
let server: Server;
let site: string;
/** What the site answers: broken and mended below. */
const replies: Record<string, Reply> = {
	'/': '<!doctype html><title>Shop</title>',
	[ASSOCIATION]: JSON.stringify({ webcredentials: { apps: ['ABCDE12345.test.shop'] } })
};

beforeAll(async () => {
	passlens = await startPasslens();
	browser = await launchBrowser();
	server = await serveSite({ replies, tls: false });
	site = `http://localhost:${server.port}`;
	const { ingestKey } = addProject(passlens, PROJECT);
	const { status } = spawnSync(
		PINNED_NODE,
		['tools/project.ts', 'origin', PROJECT, site, '--data-dir', passlens.dataDir],
		{ cwd: join(import.meta.dirname, '..') }
	);
	expect(status).toBe(0);
	const { page } = sampleVisit();
	expect((await sendEvents({ passlens, key: ingestKey, events: page })).status).toBe(202);
	window = await openWindow({ browser, passlens });
});
afterAll(async () => {
	await window?.close();
	await browser?.close();
	await passlens?.stop();
	await server?.close();
});
beforeEach(() => printOutputOnFailure(passlens));

const open = () => openPage(window.page, `${passlens.url}/health-checks?project=${PROJECT}`);
const card = () => window.page.locator(`[data-site="${site}"]`);

async function lookNow(): Promise<void> {
	const { page } = window;
	const asked = server.seen.length;
	await page.getByRole('button', { name: 'Look at the sites now' }).click();
	await expect.poll(() => server.seen.length, { timeout: 20_000 }).toBeGreaterThan(asked);
	await page.getByRole('button', { name: 'Look at the sites now' }).waitFor();
}

it('tells of each application whether and what it sends', async () => {
	await until(async () => {
		await open();
		expect(await window.page.locator('[data-sending="new"]').count()).toBe(1);
	});
	const text = await window.page.locator('[data-sending="new"]').innerText();
	expect(text).toContain('Last event');
	expect(text).toMatch(/just now|min ago/);
});

it('looks at the project’s sites, says what is wrong, and keeps what changed', async () => {
	const { page, trouble } = window;
	await open();
	await lookNow();
	await expect.poll(() => card().getAttribute('data-errors')).toBe('0');
	expect(await card().innerText()).toContain('There is no /.well-known/assetlinks.json');

	replies[ASSOCIATION] = '{"webcredentials":';
	await lookNow();
	await card().locator('[data-finding="apple_association_json_invalid"]').waitFor();
	expect(await card().getAttribute('data-errors')).toBe('1');
	await card().locator('[data-history] summary').click();
	expect(await card().locator('[data-history]').innerText()).toMatch(/Came: .*is no JSON/);
	expect(await page.locator('main').innerText()).toContain('1 site of 1 has an error');
	expect(await violations(page)).toEqual([]);
	await page.setViewportSize({ width: 390, height: 844 });
	expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390);
	await page.setViewportSize({ width: 1280, height: 900 });

	replies[ASSOCIATION] = JSON.stringify({ webcredentials: { apps: ['ABCDE12345.test.shop'] } });
	await lookNow();
	await expect.poll(() => card().getAttribute('data-errors')).toBe('0');
	expect(trouble).toEqual([]);
});

it('leads to a rule that tells of such errors', async () => {
	const { page } = window;
	await open();
	await page.getByRole('link', { name: 'Alert on site errors' }).click();
	await page.getByText('An error that a look at a site finds').first().waitFor();
	await page.getByRole('button', { name: 'Create the rule' }).click();
	await page.waitForURL(/\/alerts\?/);
	expect(await page.locator('main').innerText()).toContain('A site has an error');
	expect(await violations(page)).toEqual([]);
});
