import { AxeBuilder } from '@axe-core/playwright';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAuditLog } from '../settings/access/audit-log.ts';
import { invite } from '../settings/access/invitations.ts';
import { listPeople } from '../settings/access/people.ts';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import { PROVIDER_REFUSALS, type ProviderRefusal } from '../src/lib/sign-in/provider-refusals.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { findFreePort } from './support/find-free-port.ts';
import {
	changeClaims,
	startIdentityProvider,
	type IdentityProvider
} from './support/identity-provider.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';

const seconds = () => Math.floor(Date.now() / 1_000);

let folder: string;
let idp: IdentityProvider;
let passlens: Passlens;
let settings: Settings;
let browser: Browser;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'passlens-provider-'));
	const [port, idpPort] = [await findFreePort(), await findFreePort()];
	idp = await startIdentityProvider({ port: idpPort, origin: `http://localhost:${port}` });
	process.env.ACME_SECRET = idp.clientSecret;
	const config = join(folder, 'passlens.config.yaml');
	await writeFile(config, configuration());
	[passlens, browser] = await Promise.all([startPasslens({ port, config }), launchBrowser()]);
	settings = await openSettings({ dataDir: passlens.dataDir });
});
afterAll(async () => {
	delete process.env.ACME_SECRET;
	await browser?.close();
	await settings?.destroy();
	await passlens?.stop();
	await idp?.stop();
	await rm(folder, { recursive: true, force: true });
});
beforeEach(() => printOutputOnFailure(passlens));
afterEach(() => {
	Object.assign(idp.meddle, { request: undefined, callback: undefined, token: undefined });
});

const configuration = () => `
projects: [{ id: shop, name: Shop }, { id: bank, name: Bank }]
sign_in:
  name: Acme
  issuer: ${idp.issuer}
  client_id: ${idp.clientId}
  client_secret_from_environment: ACME_SECRET
  scopes: [profile, email, groups]
  roles:
    - { group: shop-people, role: analyst, project: shop }
    - { group: bank-people, role: auditor, project: bank }
    - { group: everything, role: admin }
  without_group: invited
  allow_private: true
`;

describe('sign-in through an identity provider, in a browser', () => {
	it('makes the person at the first time, with the role of their group and no other', async () => {
		idp.accounts.set('kim', { name: 'Kim Lee', groups: ['shop-people', 'unknown'] });
		const page = await newPage();
		await openPage(page, `${passlens.url}/adoption?project=shop`);
		expect(await violations(page)).toEqual([]);
		await throughProvider(page, 'kim');
		expect(page.url()).toBe(`${passlens.url}/adoption?project=shop`);
		expect(await page.locator('aside').innerText()).toContain('Kim Lee');
		expect(await page.locator('aside').innerText()).not.toMatch(/Bank|People|Audit log/);
		expect(await rolesOf('Kim Lee')).toEqual(['analyst of shop']);
		await page.context().close();
	});

	it('renews roles at each sign-in: a lost group is a lost role, in sessions that are open, too', async () => {
		idp.accounts.set('kim', { name: 'Kim Lee', groups: ['bank-people'] });
		const page = await signedIn('kim', '/?project=bank');
		expect(await page.locator('aside').innerText()).toMatch(/Bank/);
		expect(await rolesOf('Kim Lee')).toEqual(['auditor of bank']);
		expect((await page.goto(`${passlens.url}/?project=shop`))?.status()).toBe(404);
		expect(await people('Kim Lee')).toHaveLength(1);
		idp.accounts.set('kim', { name: 'Kim Lee', groups: [] });
		const again = await newPage();
		await openPage(again, `${passlens.url}/sign-in`);
		await throughProvider(again, 'kim');
		await expectRefusal(again, 'not_invited');
		expect((await page.goto(`${passlens.url}/?project=bank`))?.status()).toBe(404);
		await Promise.all([page, again].map((one) => one.context().close()));
	});

	it('refuses who is in no group and not invited, with a page that says so, and makes nobody', async () => {
		idp.accounts.set('lou', { name: 'Lou', email: 'lou@acme.example', email_verified: true });
		const page = await newPage();
		await openPage(page, `${passlens.url}/sign-in`);
		await throughProvider(page, 'lou');
		await expectRefusal(page, 'not_invited');
		expect(await violations(page)).toEqual([]);
		expect(await people('Lou')).toEqual([]);
		expect(await page.context().cookies(passlens.url)).not.toContainEqual(
			expect.objectContaining({ name: expect.stringContaining('passlens_session') })
		);
		await page.context().close();
	});

	it('lets in by an invitation whose address the provider has verified, and by no other', async () => {
		const roles = [{ projectId: 'shop', role: 'viewer' as const }];
		await invite(settings, { name: 'Lou Invited', email: 'Lou@Acme.example', roles, by: 'Ada' });
		idp.accounts.set('mallory', { name: 'Mallory', email: 'lou@acme.example' });
		const other = await newPage();
		await openPage(other, `${passlens.url}/sign-in`);
		await throughProvider(other, 'mallory');
		await expectRefusal(other, 'not_invited');
		const page = await signedIn('lou', '/?project=shop');
		expect(await page.locator('aside').innerText()).toContain('Lou Invited');
		expect(await rolesOf('Lou Invited')).toEqual(['viewer of shop']);
		// Known by issuer and subject from here on: whoever gets the address gets nothing.
		idp.accounts.set('heir', { ...idp.accounts.get('lou'), name: 'Heir' });
		const heir = await newPage();
		await openPage(heir, `${passlens.url}/sign-in`);
		await throughProvider(heir, 'heir');
		await expectRefusal(heir, 'not_invited');
		await Promise.all([other, page, heir].map((one) => one.context().close()));
	});

	it('people, account and audit log say which way somebody came in', async () => {
		idp.accounts.set('kim', { name: 'Kim Lee', groups: ['everything'] });
		const page = await signedIn('kim', '/people');
		const row = page.locator('[data-person]', { hasText: 'Kim Lee' });
		expect(await row.innerText()).toMatch(
			/0 passkeys, Acme[\s\S]*Administrator, All projects by group/
		);
		expect(await violations(page)).toEqual([]);
		await openPage(page, `${passlens.url}/account`);
		expect(await page.locator('[data-identity]').innerText()).toContain('at localhost');
		await openPage(page, `${passlens.url}/audit-log?who=kim`);
		expect((await page.locator('main table').innerText()).replaceAll('\t', ' ')).toMatch(
			/Signed in.*by Acme/
		);
		await page.context().close();
	});

	it('a person with a passkey connects the provider, and groups count on that way alone', async () => {
		idp.accounts.set('ada', { name: 'Ada at Acme', groups: ['shop-people'] });
		const context = await browser.newContext();
		await passlens.signIn(context);
		const page = await context.newPage();
		await openPage(page, `${passlens.url}/account`);
		await page.getByRole('button', { name: 'Connect Acme' }).click();
		await atProvider(page, 'ada');
		await page.locator('[data-identity]').waitFor();
		expect(await people('Ada at Acme')).toEqual([]);
		const [ada] = await people('Ada Admin');
		expect(ada).toMatchObject({
			passkeys: 1,
			groupRoles: [],
			identities: [{ issuer: idp.issuer }]
		});
		await context.close();
	});

	it('what is sensitive asks the provider anew: in a window of its own, whatever session is open there', async () => {
		const page = await signedIn('kim', '/people');
		await signedInLongAgo();
		await openPage(page, `${passlens.url}/people`);
		await page.getByLabel('Name', { exact: true }).fill('Mia');
		await page.getByRole('button', { name: 'Make a link' }).click();
		const dialog = page.getByRole('dialog', { name: 'Is it still you?' });
		const again = dialog.getByRole('link', { name: 'Sign in at Acme again' });
		expect(await dialog.getByRole('button', { name: 'Use your passkey' }).count()).toBe(0);
		idp.accounts.set('mallory', { name: 'Mallory', groups: ['everything'] });
		const other = await openedBy(page, () => again.click());
		await other.locator('input[name=login]').fill('mallory');
		await submitLogin(other);
		await other.getByText(PROVIDER_REFUSALS.not_you).waitFor();
		expect(await violations(other)).toEqual([]);
		expect(await dialog.count()).toBe(1);
		// Who goes on without being asked there has shown nothing.
		for (const auth_time of [undefined, seconds() - 60]) {
			idp.meddle.token = resigned(() => ({ auth_time }));
			const unasked = await openedBy(page, () => again.click());
			await unasked.locator('input[name=login]').fill('kim');
			await submitLogin(unasked);
			await unasked.getByText(PROVIDER_REFUSALS.not_anew).waitFor();
		}
		idp.meddle.token = undefined;
		const own = await openedBy(page, () => again.click());
		await own.locator('input[name=login]').fill('kim');
		await submitLogin(own);
		await page.locator('[data-link]', { hasText: 'A link for Mia' }).waitFor();
		const [entry] = await readAuditLog(settings, { action: 'confirmed', limit: 1 });
		expect(entry).toMatchObject({ actor: { name: 'Kim Lee' }, detail: { by: 'Acme' } });
		await page.context().close();
	});

	it('a further way in is given to nobody whose sign-in is long ago', async () => {
		const context = await browser.newContext();
		await passlens.signIn(context);
		const page = await context.newPage();
		await signedInLongAgo();
		await openPage(page, `${passlens.url}/sign-in/provider?for=connect`);
		expect(await page.getByRole('alert').innerText()).toBe(PROVIDER_REFUSALS.stale);
		await context.close();
	});

	it('signs out, and asks anew', async () => {
		const page = await signedIn('kim', '/account');
		await page.getByRole('button', { name: 'Sign out', exact: true }).click();
		await page.waitForURL(/\/sign-in/);
		expect((await page.goto(`${passlens.url}/account`))?.url()).toContain('/sign-in?next=');
		await page.context().close();
	});
});

describe('what is not taken for a sign-in', () => {
	it('turning back at the provider', async () => {
		const page = await newPage();
		await openPage(page, `${passlens.url}/sign-in`);
		await page.getByRole('link', { name: 'Sign in with Acme' }).click();
		await page.getByRole('link', { name: 'Cancel' }).click();
		await expectRefusal(page, 'provider_denied');
		await page.context().close();
	});

	it.each<[what: string, code: ProviderRefusal, meddle: IdentityProvider['meddle']]>([
		['a changed state', 'provider_stale', { callback: withParameter('state', 'made.Lw') }],
		['no state', 'provider_stale', { callback: withParameter('state', undefined) }],
		['a code of nobody', 'provider_answer', { callback: withParameter('code', 'made-up') }],
		[
			'an answer in the name of another issuer',
			'provider_answer',
			{ callback: withParameter('iss', 'https://evil.example') }
		],
		[
			'another nonce',
			'provider_answer',
			{ request: (url) => url.replace(/nonce=[^&]+/, 'nonce=x') }
		],
		[
			'a token that is over',
			'provider_clock',
			{ token: resigned(() => ({ exp: seconds() - 300, iat: seconds() - 600 })) }
		],
		['a token for another client', 'provider_answer', { token: resigned(() => ({ aud: 'x' })) }],
		[
			'a token of another issuer',
			'provider_answer',
			{ token: resigned(() => ({ iss: 'https://evil.example' })) }
		],
		[
			'a token whose claims were changed after it was signed',
			'provider_answer',
			{
				token: (answer) => ({ ...answer, id_token: changeClaims(answer.id_token, { sub: 'ada' }) })
			}
		]
	])('%s', async (_, code, meddle) => {
		const page = await newPage();
		await openPage(page, `${passlens.url}/sign-in`);
		Object.assign(idp.meddle, meddle);
		await throughProvider(page, 'kim');
		await expectRefusal(page, code);
		expect((await page.goto(`${passlens.url}/account`))?.url()).toContain('/sign-in?next=');
		await page.context().close();
	});

	it('an answer that was used already, by the same browser and by another', async () => {
		const callbacks: string[] = [];
		const page = await newPage();
		await openPage(page, `${passlens.url}/sign-in`);
		idp.meddle.callback = (url) => {
			callbacks.push(url);
			return url;
		};
		await throughProvider(page, 'kim');
		const other = await newPage();
		await other.goto(callbacks[0]!);
		await expectRefusal(other, 'provider_stale');
		await page.context().clearCookies({ name: /session/ });
		await page.goto(callbacks[0]!);
		await expectRefusal(page, 'provider_stale');
		await Promise.all([page, other].map((one) => one.context().close()));
	});

	it('an answer that another browser began: nobody is signed in as somebody else unawares', async () => {
		let callback = '';
		const attacker = await newPage();
		await openPage(attacker, `${passlens.url}/sign-in`);
		idp.meddle.callback = (url) => {
			callback = url;
			return `${passlens.url}/docs`;
		};
		await throughProvider(attacker, 'kim');
		const victim = await newPage();
		await victim.goto(callback);
		await expectRefusal(victim, 'provider_stale');
		await Promise.all([attacker, victim].map((one) => one.context().close()));
	});

	it('a provider that does not answer: the page says so, and passkeys go on', async () => {
		idp.accounts.set('kim', { name: 'Kim Lee', groups: ['everything'] });
		const page = await newPage();
		await openPage(page, `${passlens.url}/sign-in`);
		await page.getByRole('link', { name: 'Sign in with Acme' }).click();
		await page.locator('input[name=login]').fill('kim');
		idp.meddle.callback = (url) => {
			void idp.stop();
			return url;
		};
		await submitLogin(page);
		await expectRefusal(page, 'provider_down');
		expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).count()).toBe(1);
		await idp.start();
		await page.context().close();
	});
});

it('the secret is in no page, no log and no file of ours but where it was given', async () => {
	const shown = await Promise.all(
		['/sign-in', '/account', '/people', '/settings?project=shop', '/audit-log', '/collector'].map(
			async (path) => (await passlens.fetch(path)).text()
		)
	);
	const kept = await readFile(join(passlens.dataDir, 'passlens.sqlite'), 'latin1');
	const log = JSON.stringify(await readAuditLog(settings, { limit: 10_000 }));
	for (const text of [...shown, kept, log, passlens.output()])
		expect(text.includes(idp.clientSecret)).toBe(false);
	expect(passlens.output()).toMatch(/Sign-in through the identity provider: /);
	expect(passlens.output()).not.toMatch(/eyJ[\w-]+\.|code=|id_token/);
});

/** As if everybody's sign-in were so long ago. */
const signedInLongAgo = () =>
	settings.updateTable('person_session').set({ fresh_unix_ms: 0 }).execute();

async function openedBy(page: Page, act: () => Promise<void>): Promise<Page> {
	const [opened] = await Promise.all([page.context().waitForEvent('page'), act()]);
	return opened;
}

async function newPage(): Promise<Page> {
	const context: BrowserContext = await browser.newContext();
	// The provider's pages want a font from elsewhere.
	await context.route('**/*.googleapis.com/**', (route) => route.abort());
	return context.newPage();
}

/** From the sign-in page to the provider and back. */
async function throughProvider(page: Page, login: string): Promise<void> {
	await page.getByRole('link', { name: 'Sign in with Acme' }).click();
	await atProvider(page, login);
}

async function atProvider(page: Page, login: string): Promise<void> {
	await page.locator('input[name=login]').fill(login);
	await submitLogin(page);
	await page.waitForURL((url) => url.origin === passlens.url);
}

/** Signs in at the provider, and agrees to what Passlens asks for. */
async function submitLogin(page: Page): Promise<void> {
	await page.locator('input[name=password]').fill('any');
	await page.locator('button[type=submit]').click();
	// Asked once in a session there; and a window of its own ends with what it was opened for.
	await Promise.any([
		page.locator('button[type=submit]', { hasText: 'Continue' }).click(),
		page.waitForURL((url) => url.origin === passlens.url),
		page.waitForEvent('close')
	]);
}

async function signedIn(login: string, path: string): Promise<Page> {
	const page = await newPage();
	await openPage(page, `${passlens.url}/sign-in?next=${encodeURIComponent(path)}`);
	await throughProvider(page, login);
	await page.locator('html[data-alive]').waitFor({ state: 'attached' });
	return page;
}

async function expectRefusal(page: Page, code: ProviderRefusal): Promise<void> {
	await page.waitForURL(/\/sign-in\?refused=/);
	await page.locator('html[data-alive]').waitFor({ state: 'attached' });
	expect(await page.getByRole('alert').innerText()).toBe(PROVIDER_REFUSALS[code]);
	const [entry] = await readAuditLog(settings, { action: 'sign-in-refused', limit: 1 });
	expect(entry?.detail.reason).toBe(code);
}

const people = async (name: string) =>
	(await listPeople(settings)).filter((person) => person.name === name);

const rolesOf = async (name: string) => {
	const [person] = await people(name);
	return [...person!.roles, ...person!.groupRoles].map(
		({ role, projectId }) => `${role} of ${projectId}`
	);
};

/** A token of the provider's own with other claims. */
function resigned(changes: () => object) {
	return (answer: { id_token: string }) => ({
		...answer,
		id_token: idp.resign(answer.id_token, changes())
	});
}

function withParameter(name: string, value: string | undefined) {
	return (address: string) => {
		const url = new URL(address);
		if (value === undefined) url.searchParams.delete(name);
		else url.searchParams.set(name, value);
		return url.href;
	};
}

async function violations(page: Page): Promise<string[]> {
	const { violations: found } = await new AxeBuilder({ page }).analyze();
	return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}
