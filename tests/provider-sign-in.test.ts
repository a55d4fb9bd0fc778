import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAuditLog } from '../settings/access/audit-log.ts';
import { invite } from '../settings/access/invitations.ts';
import { listPeople } from '../settings/access/people.ts';
import { PROVIDER_REFUSALS } from '../src/lib/sign-in/provider-refusals.ts';
import { openPage } from './support/figures.ts';
import { printOutputOnFailure } from './support/passlens.ts';
import { openProviderSite, type ProviderSite } from './support/provider-site.ts';
import { violations } from './support/violations.ts';

let site: ProviderSite;
beforeAll(async () => void (site = await openProviderSite()));
afterAll(() => site?.stop());
beforeEach(() => printOutputOnFailure(site.passlens));
afterEach(() => {
	Object.assign(site.idp.meddle, { request: undefined, callback: undefined, token: undefined });
});

describe('sign-in through an identity provider, in a browser', () => {
	it('makes the person at the first time, with the role of their group and no other', async () => {
		site.idp.accounts.set('kim', { name: 'Kim Lee', groups: ['shop-people', 'unknown'] });
		const page = await site.newPage();
		await openPage(page, `${site.passlens.url}/adoption?project=shop`);
		expect(await violations(page)).toEqual([]);
		await site.throughProvider(page, 'kim');
		expect(page.url()).toBe(`${site.passlens.url}/adoption?project=shop`);
		expect(await page.locator('aside').innerText()).toContain('Kim Lee');
		expect(await page.locator('aside').innerText()).not.toMatch(/Bank|People|Audit log/);
		expect(await rolesOf('Kim Lee')).toEqual(['analyst of shop']);
		await page.context().close();
	});

	it('renews roles at each sign-in: a lost group is a lost role, in sessions that are open, too', async () => {
		site.idp.accounts.set('kim', { name: 'Kim Lee', groups: ['bank-people'] });
		const page = await site.signedIn('kim', '/?project=bank');
		expect(await page.locator('aside').innerText()).toMatch(/Bank/);
		expect(await rolesOf('Kim Lee')).toEqual(['auditor of bank']);
		expect((await page.goto(`${site.passlens.url}/?project=shop`))?.status()).toBe(404);
		expect(await people('Kim Lee')).toHaveLength(1);
		site.idp.accounts.set('kim', { name: 'Kim Lee', groups: [] });
		const again = await site.newPage();
		await openPage(again, `${site.passlens.url}/sign-in`);
		await site.throughProvider(again, 'kim');
		await site.expectRefusal(again, 'not_invited');
		expect((await page.goto(`${site.passlens.url}/?project=bank`))?.status()).toBe(404);
		await Promise.all([page, again].map((one) => one.context().close()));
	});

	it('refuses who is in no group and not invited, with a page that says so, and makes nobody', async () => {
		site.idp.accounts.set('lou', { name: 'Lou', email: 'lou@acme.example', email_verified: true });
		const page = await site.newPage();
		await openPage(page, `${site.passlens.url}/sign-in`);
		await site.throughProvider(page, 'lou');
		await site.expectRefusal(page, 'not_invited');
		expect(await violations(page)).toEqual([]);
		expect(await people('Lou')).toEqual([]);
		expect(await page.context().cookies(site.passlens.url)).not.toContainEqual(
			expect.objectContaining({ name: expect.stringContaining('passlens_session') })
		);
		await page.context().close();
	});

	it('lets in by an invitation whose address the provider has verified, and by no other', async () => {
		const roles = [{ projectId: 'shop', role: 'viewer' as const }];
		await invite(site.settings, {
			name: 'Lou Invited',
			email: 'Lou@Acme.example',
			roles,
			by: 'Ada'
		});
		site.idp.accounts.set('mallory', { name: 'Mallory', email: 'lou@acme.example' });
		const other = await site.newPage();
		await openPage(other, `${site.passlens.url}/sign-in`);
		await site.throughProvider(other, 'mallory');
		await site.expectRefusal(other, 'not_invited');
		const page = await site.signedIn('lou', '/?project=shop');
		expect(await page.locator('aside').innerText()).toContain('Lou Invited');
		expect(await rolesOf('Lou Invited')).toEqual(['viewer of shop']);
		// Known by issuer and subject from here on: whoever gets the address gets nothing.
		site.idp.accounts.set('heir', { ...site.idp.accounts.get('lou'), name: 'Heir' });
		const heir = await site.newPage();
		await openPage(heir, `${site.passlens.url}/sign-in`);
		await site.throughProvider(heir, 'heir');
		await site.expectRefusal(heir, 'not_invited');
		await Promise.all([other, page, heir].map((one) => one.context().close()));
	});

	it('people, account and audit log say which way somebody came in', async () => {
		site.idp.accounts.set('kim', { name: 'Kim Lee', groups: ['everything'] });
		const page = await site.signedIn('kim', '/people');
		const row = page.locator('[data-person]', { hasText: 'Kim Lee' });
		expect(await row.innerText()).toMatch(
			/0 passkeys, Acme[\s\S]*Administrator, All projects by group/
		);
		expect(await violations(page)).toEqual([]);
		await openPage(page, `${site.passlens.url}/account`);
		expect(await page.locator('[data-identity]').innerText()).toContain('at localhost');
		await openPage(page, `${site.passlens.url}/audit-log?who=kim`);
		expect((await page.locator('main table').innerText()).replaceAll('\t', ' ')).toMatch(
			/Signed in.*by Acme/
		);
		await page.context().close();
	});

	it('a person with a passkey connects the provider, and groups count on that way alone', async () => {
		site.idp.accounts.set('ada', { name: 'Ada at Acme', groups: ['shop-people'] });
		const context = await site.browser.newContext();
		await site.passlens.signIn(context);
		const page = await context.newPage();
		await openPage(page, `${site.passlens.url}/account`);
		await page.getByRole('button', { name: 'Connect Acme' }).click();
		await site.atProvider(page, 'ada');
		await page.locator('[data-identity]').waitFor();
		expect(await people('Ada at Acme')).toEqual([]);
		const [ada] = await people('Ada Admin');
		expect(ada).toMatchObject({
			passkeys: 1,
			groupRoles: [],
			identities: [{ issuer: site.idp.issuer }]
		});
		await context.close();
	});

	it('what is sensitive asks the provider anew: in a window of its own, whatever session is open there', async () => {
		const page = await site.signedIn('kim', '/people');
		await site.signedInLongAgo();
		await openPage(page, `${site.passlens.url}/people`);
		await page.getByLabel('Name', { exact: true }).fill('Mia');
		await page.getByRole('button', { name: 'Make a link' }).click();
		const dialog = page.getByRole('dialog', { name: 'Is it still you?' });
		const again = dialog.getByRole('link', { name: 'Sign in at Acme again' });
		expect(await dialog.getByRole('button', { name: 'Use your passkey' }).count()).toBe(0);
		site.idp.accounts.set('mallory', { name: 'Mallory', groups: ['everything'] });
		const other = await openedBy(page, () => again.click());
		await other.locator('input[name=login]').fill('mallory');
		await site.submitLogin(other);
		await other.getByText(PROVIDER_REFUSALS.not_you).waitFor();
		expect(await violations(other)).toEqual([]);
		expect(await dialog.count()).toBe(1);
		// Who goes on without being asked there has shown nothing.
		for (const auth_time of [undefined, seconds() - 60]) {
			site.idp.meddle.token = site.resigned(() => ({ auth_time }));
			const unasked = await openedBy(page, () => again.click());
			await unasked.locator('input[name=login]').fill('kim');
			await site.submitLogin(unasked);
			await unasked.getByText(PROVIDER_REFUSALS.not_anew).waitFor();
		}
		site.idp.meddle.token = undefined;
		const own = await openedBy(page, () => again.click());
		await own.locator('input[name=login]').fill('kim');
		await site.submitLogin(own);
		await page.locator('[data-link]', { hasText: 'A link for Mia' }).waitFor();
		const [entry] = await readAuditLog(site.settings, { action: 'confirmed', limit: 1 });
		expect(entry).toMatchObject({ actor: { name: 'Kim Lee' }, detail: { by: 'Acme' } });
		await page.context().close();
	});

	it('a further way in is given to nobody whose sign-in is long ago', async () => {
		const context = await site.browser.newContext();
		await site.passlens.signIn(context);
		const page = await context.newPage();
		await site.signedInLongAgo();
		await openPage(page, `${site.passlens.url}/sign-in/provider?for=connect`);
		expect(await page.getByRole('alert').innerText()).toBe(PROVIDER_REFUSALS.stale);
		await context.close();
	});
});

const seconds = () => Math.floor(Date.now() / 1_000);

async function openedBy(page: Page, act: () => Promise<void>): Promise<Page> {
	const [opened] = await Promise.all([page.context().waitForEvent('page'), act()]);
	return opened;
}

const people = async (name: string) =>
	(await listPeople(site.settings)).filter((person) => person.name === name);

const rolesOf = async (name: string) => {
	const [person] = await people(name);
	return [...person!.roles, ...person!.groupRoles].map(
		({ role, projectId }) => `${role} of ${projectId}`
	);
};
