import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { userReference } from '../sdk/common/references.ts';
import { addApiKey } from '../settings/access/api-keys.ts';
import { readAuditLog } from '../settings/access/audit-log.ts';
import { openSettings } from '../settings/open-settings.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { openWindow, type OpenWindow } from './support/open-window.ts';
import {
	ADMIN_NAME,
	printOutputOnFailure,
	startPasslens,
	type Passlens
} from './support/passlens.ts';
import { visitPlayground } from './support/playground.ts';
import { addProject } from './support/projects.ts';
import { sampleVisit } from './support/sample-events.ts';
import { sendVisits } from './support/send-visits.ts';
import { until } from './support/until.ts';
import { violations } from './support/violations.ts';

const PROJECT = 'shop';
/** As the site writes them. */
const ADA = 'Ada+1@Example.com';
const GRACE = 'customer 4711/ü';

let passlens: Passlens;
let browser: Browser;
let keys: { ingestKey: string; serverKey: string };
let admin: OpenWindow;
/** Every address that the administrator's browser asked. */
const addresses: string[] = [];

beforeAll(async () => {
	passlens = await startPasslens();
	browser = await launchBrowser();
	keys = addProject(passlens, PROJECT);
	await sendVisits({ passlens, keys, visits: [ADA, GRACE].map((user) => sampleVisit({ user })) });
	admin = await openWindow({ browser, passlens });
	admin.page.on('request', (request) => addresses.push(request.url()));
	await until(async () => {
		await lookUp(admin.page, ADA);
		// Two sign-ins, an offer, four ceremonies, a passkey registered.
		expect(await entries(admin.page).count()).toBe(8);
	});
});
afterAll(async () => {
	await admin?.close();
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

/** Types a reference, and waits for the page it leads to. @returns the hash in its address */
async function lookUp(page: Page, reference: string, project = PROJECT): Promise<string> {
	await openPage(page, `${passlens.url}/users?project=${project}`);
	await page.getByLabel(/Your own reference/).fill(reference);
	await page.getByRole('button', { name: 'Look up' }).click();
	await page.waitForURL(/\/users\/[0-9a-f]{16}/);
	await page.locator('[data-user]').waitFor();
	return /\/users\/([0-9a-f]{16})/.exec(page.url())![1]!;
}
const entries = (page: Page) => page.locator('main li[data-kind]');

async function audited() {
	const settings = await openSettings({ dataDir: passlens.dataDir });
	try {
		return await readAuditLog(settings, { action: 'looked-up' });
	} finally {
		await settings.destroy();
	}
}

describe('a user’s timeline', () => {
	it('shows what happened, what they hold and what to tell them, wide and narrow', async () => {
		const { page, trouble } = admin;
		await lookUp(page, ADA);
		const text = await page.locator('main').innerText();
		for (const one of [
			'What to tell this user',
			'Registration ceremony',
			'Offered a passkey, accepted',
			'Signed in: password',
			'Passkey registered',
			'Invalid signature'
		])
			expect(text).toContain(one);
		expect(await page.locator('[data-advice]').count()).toBeGreaterThan(0);
		expect(await violations(page)).toEqual([]);
		await page.setViewportSize({ width: 390, height: 844 });
		expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(390);
		await page.setViewportSize({ width: 1280, height: 900 });
		expect(trouble).toEqual([]);
	});

	it('is narrowed by kind, in the address', async () => {
		const { page } = admin;
		await lookUp(page, ADA);
		const all = await entries(page).count();
		await page.getByRole('link', { name: 'Prompts', exact: true }).click();
		await page.waitForURL(/kind=prompt/);
		await expect.poll(() => entries(page).count()).toBe(1);
		await page.reload();
		expect(await entries(page).count()).toBe(1);
		expect(all).toBeGreaterThan(1);
	});

	it('is reached from a ceremony of theirs', async () => {
		const { page } = admin;
		const hash = await lookUp(page, GRACE);
		await openPage(page, `${passlens.url}/ceremonies?project=${PROJECT}&q=${hash}`);
		await page.locator(`main a[href^="/users/${hash}"]`).first().click();
		await page.locator(`[data-user="${hash}"]`).waitFor();
		expect(await entries(page).count()).toBe(8);
	});

	it('says of a wrong spelling that nothing is known, and what may be wrong', async () => {
		const { page } = admin;
		const right = await lookUp(page, ADA);
		expect(await lookUp(page, ADA.toLowerCase())).not.toBe(right);
		expect(await page.locator('[data-nothing-known]').innerText()).toMatch(/to the letter/);
		expect(await violations(page)).toEqual([]);
		// A hash is taken where it is no reference of anybody.
		expect(await lookUp(page, right)).toBe(right);
		expect(await entries(page).count()).toBeGreaterThan(1);
	});

	it('finds a real visitor by what their page gave to identify()', async () => {
		const visitor = await visitPlayground({ browser, passlens, authenticator: 'synced' });
		let account: string | undefined;
		visitor.page.on('response', (response) => {
			if (!response.url().includes('/playground/api/')) return;
			void response
				.json()
				.then((body: { account?: { id: string } }) => (account ??= body.account?.id))
				.catch(() => undefined);
		});
		await visitor.waitForAutofill();
		await visitor.fillIn({ name: visitor.name, password: '' });
		await visitor.authenticator.touchAutomatically(true);
		await visitor.press('sign-up');
		await expect.poll(() => account).toMatch(/^[0-9a-f-]{36}$/);
		await until(async () => {
			await lookUp(admin.page, account!, 'playground');
			expect(await admin.page.locator('main').innerText()).toContain('Passkey registered');
		});
		await visitor.close();
	});

	it('says when somebody was erased', async () => {
		const answer = await fetch(`${passlens.collectorUrl}/v1/users/${userReference(GRACE)}`, {
			method: 'DELETE',
			headers: { authorization: `Bearer ${keys.serverKey}` }
		});
		expect(answer.ok).toBe(true);
		await until(async () => {
			await lookUp(admin.page, GRACE);
			expect(
				await admin.page.locator('[data-nothing-known]').innerText({ timeout: 2_000 })
			).toContain('This user was erased');
		});
	});
});

describe('who looks a user up', () => {
	it('is noted, by hash and name', async () => {
		const hash = await lookUp(admin.page, ADA);
		const looks = await audited();
		expect(looks.find(({ subject }) => subject === `/users/${hash}`)).toMatchObject({
			...{ actor: { kind: 'person', name: ADMIN_NAME }, projectId: PROJECT }
		});
	});

	it('by a program needs a permission of its own, and is noted as well', async () => {
		const settings = await openSettings({ dataDir: passlens.dataDir });
		const keyOf = (name: string, actions: string[]) =>
			addApiKey(settings, { name, actions, projectId: PROJECT, days: 1, by: 'test' });
		const helpdesk = await keyOf('Helpdesk', ['view', 'follow-users']);
		const warehouse = await keyOf('Warehouse', ['view', 'see-users']);
		await settings.destroy();
		const ask = (key: string, user: string) =>
			fetch(`${passlens.url}/api/v1/users/${user}?project=${PROJECT}`, {
				headers: { authorization: `Bearer ${key}` }
			});
		const hash = await lookUp(admin.page, ADA);
		const response = await ask(helpdesk, userReference(ADA));
		expect([response.status, new URL(response.url).pathname]).toEqual([
			200,
			`/api/v1/users/${hash}`
		]);
		expect(await response.json()).toMatchObject({ state: { user_hash: hash } });
		expect((await ask(warehouse, hash)).status).toBe(403);
		const looks = (await audited()).filter(({ actor }) => actor.kind === 'api-key');
		expect(looks.map(({ actor, subject }) => [actor.name, subject])).toEqual([
			['Helpdesk', `/api/v1/users/${hash}`]
		]);
	});

	it('leaves the reference in no address, no log and no file', async () => {
		await lookUp(admin.page, ADA);
		const [typed, oneWay] = [ADA, userReference(ADA)];
		const forms = [typed, encodeURIComponent(typed), oneWay];
		expect(addresses.filter((one) => forms.some((form) => one.includes(form)))).toEqual([]);
		const places = [passlens.output(), await admin.page.content()];
		for (const file of await readdir(passlens.dataDir, { recursive: true, withFileTypes: true }))
			if (file.isFile())
				places.push(await readFile(join(file.parentPath, file.name), 'latin1').catch(() => ''));
		expect(places.length).toBeGreaterThan(10);
		for (const place of places) for (const form of forms) expect(place.includes(form)).toBe(false);
	});
});
