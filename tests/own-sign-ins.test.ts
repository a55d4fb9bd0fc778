import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { invite } from '../settings/access/invitations.ts';
import { EVERY_PROJECT, listPeople } from '../settings/access/people.ts';
import { openSettings } from '../settings/open-settings.ts';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { somebodyAt } from './support/sign-in.ts';
import { until } from './support/until.ts';
import { violations } from './support/violations.ts';

const PROJECT = 'passlens';

let passlens: Passlens;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const trouble: string[] = [];

beforeAll(async () => {
	[passlens, browser] = await Promise.all([startPasslens(), launchBrowser()]);
	addProject(passlens, 'shop');
	context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
	page = await context.newPage();
	page.on('console', (message) => {
		if (['error', 'warning'].includes(message.type())) trouble.push(message.text());
	});
	page.on('pageerror', (error) => trouble.push(String(error)));
	await addVirtualAuthenticator(page);
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

const invitation = async (projectId: string, role: 'admin' | 'viewer') => {
	const settings = await openSettings({ dataDir: passlens.dataDir });
	const link = await invite(settings, { name: 'Grace', roles: [{ projectId, role }], by: 'test' });
	await settings.destroy();
	return `/welcome/${link}`;
};
const signIn = async () => {
	await openPage(page, `${passlens.url}/sign-in`);
	await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
	await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
};
const signOut = () => context.clearCookies();
/** Ceremonies of the project as an administrator reads them. */
const ceremonies = async () => {
	const answer = await passlens.fetch(`/api/v1/ceremonies?project=${PROJECT}`);
	const { ceremonies: found = [] } = (await answer.json()) as { ceremonies?: Ceremony[] };
	return found;
};
interface Ceremony {
	ceremony_id: string;
	ceremony_type: string;
	outcome: string;
	user_hash: string;
}
const detailOf = async ({ ceremony_id }: Pick<Ceremony, 'ceremony_id'>) => {
	const answer = await passlens.fetch(`/api/v1/ceremonies/${ceremony_id}?project=${PROJECT}`);
	return ((await answer.json()) as { ceremony: { verified: boolean | null } }).ceremony;
};

it('sign-ins are watched by nobody until an administrator wants it', async () => {
	await openPage(page, `${passlens.url}${await invitation(EVERY_PROJECT, 'admin')}`);
	await page.getByLabel('Your name').fill('Grace');
	await page.getByRole('button', { name: /passkey/ }).click();
	await page.waitForURL((url) => !url.pathname.startsWith('/welcome'));
	expect(await (await passlens.fetch('/sign-in/watched')).json()).toBeNull();
	await openPage(page, `${passlens.url}/people`);
	expect(await page.locator('nav').allInnerTexts()).not.toContain('Passlens itself');
	await page.getByRole('button', { name: 'Watch sign-ins' }).click();
	await page.locator('[data-watched="true"]').waitFor();
	expect(await violations(page)).toEqual([]);
});

it('a sign-in by a passkey is found in their project, verified, with the user as a hash', async () => {
	await signOut();
	await signIn();
	await until(async () => {
		const found = await ceremonies();
		expect(found).toMatchObject([{ ceremony_type: 'authentication', outcome: 'succeeded' }]);
		expect(await detailOf(found[0]!)).toMatchObject({ verified: true });
	});
	await openPage(page, `${passlens.url}/ceremonies?project=${PROJECT}`);
	const [{ ceremony_id, user_hash }] = (await ceremonies()) as [Ceremony];
	await page.locator(`main a[href*="${ceremony_id}"]`).first().click();
	await page.waitForURL(`**/ceremonies/${ceremony_id}**`);
	const settings = await openSettings({ dataDir: passlens.dataDir });
	const grace = (await listPeople(settings)).find(({ name }) => name === 'Grace');
	await settings.destroy();
	expect(user_hash).toMatch(/^[0-9a-f]{16}$/);
	expect(JSON.stringify([await ceremonies(), await detailOf({ ceremony_id })])).not.toContain(
		grace!.id
	);
});

it('who may not see every project does not see this one', async () => {
	const viewer = somebodyAt(passlens.url);
	const link = await invitation('shop', 'viewer');
	expect(await viewer.welcome(link, { name: 'Grace' })).toMatchObject({ status: 200 });
	const answer = await viewer.fetch(`/?project=${PROJECT}`, { headers: { accept: 'text/html' } });
	expect(answer.status).toBe(404);
	expect(await (await viewer.fetch('/?project=shop')).text()).not.toContain('Passlens itself');
});

it('a collector that is away keeps nobody out, and no page complains', async () => {
	await context.route(`${passlens.collectorUrl}/**`, (route) => route.abort());
	await signOut();
	await signIn();
	await context.unrouteAll();
	const ours = trouble.filter((text) => !text.includes('net::ERR_FAILED'));
	expect(ours).toEqual([]);
});

it('stopped, it is out of sight and stays away', async () => {
	const before = (await ceremonies()).length;
	expect(before).toBeGreaterThan(0);
	await openPage(page, `${passlens.url}/people`);
	await page.getByRole('button', { name: 'Stop, and put it out of sight' }).click();
	await page.locator('[data-watched="false"]').waitFor();
	expect((await passlens.fetch(`/api/v1/ceremonies?project=${PROJECT}`)).status).toBe(404);
	await signOut();
	await signIn();
	expect(await page.content()).not.toContain('Passlens itself');
});
