import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { listDigests } from '../settings/digests.ts';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { openWindow } from './support/open-window.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { violations } from './support/violations.ts';

let passlens: Passlens;
let browser: Browser;
let settings: Settings;
beforeAll(async () => {
	passlens = await startPasslens();
	addProject(passlens, 'shop');
	browser = await launchBrowser();
	settings = await openSettings({ dataDir: passlens.dataDir });
});
afterAll(async () => {
	await settings?.destroy();
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

it('the weekly e-mail is asked for on one’s account, seen before it comes, and ended there', async () => {
	const { page, trouble, close } = await openWindow({ browser, passlens });
	await openPage(page, `${passlens.url}/account?project=shop`);
	await page.getByLabel('E-mail address').fill('kim@example.com, pat@example');
	// The browser would refuse it before the server sees it.
	await page.locator('form[action="?/subscribe"]').evaluate((form: HTMLFormElement) => {
		form.noValidate = true;
	});
	await page.getByRole('button', { name: 'Send it each Monday' }).click();
	await page.getByRole('alert').getByText('Give one e-mail address').waitFor();
	await page.getByLabel('E-mail address').fill('kim@example.com');
	await page.getByRole('button', { name: 'Send it each Monday' }).click();
	const row = page.locator('[data-digest="shop"]');
	expect(await row.innerText()).toContain('kim@example.com');
	expect(await listDigests(settings)).toMatchObject([
		{ projectId: 'shop', email: 'kim@example.com' }
	]);

	await row.getByRole('link', { name: 'Preview' }).click();
	await page.getByRole('heading', { level: 1, name: 'Weekly e-mail' }).waitFor();
	expect(await page.locator('[data-subject]').innerText()).toMatch(/^Project shop: passkeys, /);
	const mail = page.frameLocator('iframe');
	await mail.getByRole('row', { name: /Ceremony success/ }).waitFor();
	expect(await mail.getByRole('row', { name: /Ceremony success/ }).innerText()).toContain('–');
	expect(await violations(page)).toEqual([]);
	await page.getByRole('button', { name: 'As plain text' }).click();
	expect(await page.locator('pre').innerText()).toContain('Ceremony success: –');

	await openPage(page, `${passlens.url}/account?project=shop`);
	await page.getByRole('button', { name: /^End the e-mail about/ }).click();
	await row.waitFor({ state: 'detached' });
	expect(await listDigests(settings)).toEqual([]);
	expect(trouble.filter((line) => !line.includes('400'))).toEqual([]);
	await close();
});

it('the link in an e-mail ends it without a sign-in, and not by being looked at', async () => {
	const { id: personId } = (await settings.selectFrom('person').select('id').executeTakeFirst())!;
	const { page, close } = await openWindow({ browser, passlens });
	await openPage(page, `${passlens.url}/account?project=shop`);
	await page.getByLabel('E-mail address').fill('kim@example.com');
	await page.getByRole('button', { name: 'Send it each Monday' }).click();
	await page.locator('[data-digest="shop"]').waitFor();
	await close();
	const [{ id } = { id: '' }] = await listDigests(settings, personId);

	const context = await browser.newContext();
	const stranger = await context.newPage();
	await openPage(stranger, `${passlens.url}/unsubscribe/${id}`);
	expect(await stranger.locator('main').innerText()).toContain('kim@example.com');
	expect(await listDigests(settings)).toHaveLength(1);
	await stranger.getByRole('button', { name: 'End it' }).click();
	await stranger.locator('[data-ended]').waitFor();
	expect(await listDigests(settings)).toEqual([]);
	expect(await violations(stranger)).toEqual([]);
	await context.close();
});

it('a mail program’s own button ends it, and a link that ends nothing is no error', async () => {
	const { id: personId } = (await settings.selectFrom('person').select('id').executeTakeFirst())!;
	const id = 'button'.repeat(7);
	await settings
		.insertInto('person_digest')
		.values({
			...{ id, person_id: personId, project_id: 'shop', email: 'kim@example.com' },
			...{ sent_on: '2026-11-16', tried_unix_ms: 0, last_error: '' }
		})
		.execute();
	const press = () =>
		fetch(`${passlens.url}/unsubscribe/${id}`, {
			method: 'POST',
			body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
		});
	expect((await press()).status).toBe(200);
	expect(await listDigests(settings)).toEqual([]);
	expect((await press()).status).toBe(200);
});
