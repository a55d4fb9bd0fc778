import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAuditLog } from '../settings/access/audit-log.ts';
import { invite } from '../settings/access/invitations.ts';
import { EVERY_PROJECT } from '../settings/access/people.ts';
import { FRESH_MS } from '../settings/access/sessions.ts';
import { listPolicies } from '../settings/policies.ts';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import { ROUTES } from '../src/lib/server/access/routes.ts';
import { expectAnswerHeaders } from './support/answer-headers.ts';
import {
	addVirtualAuthenticator,
	launchBrowser,
	type VirtualAuthenticator
} from './support/browser.ts';
import { openPage } from './support/figures.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { somebodyAt, type Somebody } from './support/sign-in.ts';
import { violations } from './support/violations.ts';

const PROJECT = 'shop';
const PAGES = join(import.meta.dirname, '..', 'src', 'routes');

let passlens: Passlens;
let settings: Settings;
let browser: Browser;
let ben: Somebody;
beforeAll(async () => {
	[passlens, browser] = await Promise.all([startPasslens(), launchBrowser()]);
	addProject(passlens, PROJECT);
	settings = await openSettings({ dataDir: passlens.dataDir });
	ben = somebodyAt(passlens.url);
	expect(await ben.welcome(await makeLink('Ben'), { name: 'Ben' })).toMatchObject({ status: 200 });
});
afterAll(async () => {
	await browser?.close();
	await settings?.destroy();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

async function makeLink(name: string): Promise<string> {
	const roles = [{ projectId: EVERY_PROJECT, role: 'admin' as const }];
	return `${passlens.url}/welcome/${await invite(settings, { name, roles, by: 'test' })}`;
}

/** As if everybody had signed in so long ago. */
const signedInAgo = (ago: number) =>
	settings
		.updateTable('person_session')
		.set({ fresh_unix_ms: Date.now() - ago })
		.execute();

/** The form actions of a page, as its file names them; an endpoint has one without a name. */
function actionsOf(route: string): string[] {
	const file = join(PAGES, route, '+page.server.ts');
	if (!existsSync(file)) return [''];
	const [, actions = ''] = readFileSync(file, 'utf8').split('export const actions');
	return [...actions.split('\n};')[0]!.matchAll(/^\t(\w+)(?::|\()/gm)].map(([, name]) => name!);
}

const sensitive = Object.entries(ROUTES).flatMap(([route, { fresh }]) =>
	fresh
		? actionsOf(route).map((action) => {
				const wanted = fresh === true || !fresh.without.includes(action);
				return [
					`${route} ${action} ${wanted ? 'wants' : 'does without'}`,
					route,
					action,
					wanted
				] as const;
			})
		: []
);

describe('a fresh sign-in', () => {
	it('is asked of every action that is said to want it, and each that is named is there', () => {
		expect(sensitive.length).toBeGreaterThan(25);
		for (const [route, { fresh }] of Object.entries(ROUTES))
			if (fresh && fresh !== true)
				expect(actionsOf(route), route).toEqual(expect.arrayContaining([...fresh.without]));
	});

	it.each(sensitive)('access matrix: %s one', async (_, route, action, wanted) => {
		const address = `${route}?${action && `/${action}&`}project=${PROJECT}`;
		// Without any of its fields: what gets past is refused for that.
		const ask = async (headers: Record<string, string>) => {
			const response = await ben.fetch(address, {
				...{ method: 'POST', body: new URLSearchParams() },
				headers: { origin: passlens.url, ...headers }
			});
			expectAnswerHeaders(response.headers, { of: `${route} ${action}: ${response.status}` });
			return { status: response.status, text: await response.text() };
		};
		const ways = [
			{ 'x-sveltekit-action': 'true', accept: 'application/json' },
			{ accept: 'text/html' },
			{ accept: '*/*' }
		];
		await signedInAgo(FRESH_MS + 1_000);
		for (const way of wanted ? ways : ways.slice(0, 1)) {
			const { status, text } = await ask(way);
			if (wanted) expect(status).toBe(403);
			expect(/sign_in_anew|last sign-in is too long ago/.test(text)).toBe(wanted);
		}
		if (action === 'signOutEverywhere') await ben.signIn();
		if (!wanted) return;
		await signedInAgo(FRESH_MS - 60_000);
		expect((await ask(ways[0]!)).text).not.toContain('sign_in_anew');
		if (route === '/people') await ben.signIn();
	});

	it('is given by a passkey of one’s own, whose user was verified, and stands in the audit log', async () => {
		await ben.signIn();
		await signedInAgo(FRESH_MS + 1_000);
		for (const [changes, code] of [
			[{ userVerified: false }, 'response_refused'],
			[{ origin: 'https://evil.example' }, 'response_refused'],
			[{ challenge: 'AAAA' }, 'challenge_unknown']
		] as const)
			expect((await ben.confirm(changes)).body.code).toBe(code);
		const eve = somebodyAt(passlens.url);
		await eve.welcome(await makeLink('Eve'), { name: 'Eve' });
		await signedInAgo(FRESH_MS + 1_000);
		expect(await isAsked(ben)).toBe(true);
		expect(await ben.confirm()).toMatchObject({ status: 200 });
		expect(await isAsked(ben)).toBe(false);
		// Of one's own session alone.
		expect(await isAsked(eve)).toBe(true);
		const [entry] = await readAuditLog(settings, { action: 'confirmed', limit: 1 });
		expect(entry).toMatchObject({ actor: { name: 'Ben' }, detail: { by: 'passkey' } });
	});

	it('is nothing that a sign-in without a session can get', async () => {
		const nobody = somebodyAt(passlens.url);
		for (const path of ['/sign-in/anew', '/sign-in/anew/options', '/sign-in/anew/verify']) {
			const answer = await nobody.fetch(path, {
				...{ method: 'POST', body: '{}' },
				headers: { 'content-type': 'application/json', origin: passlens.url }
			});
			expect(answer.status).toBe(401);
		}
	});

	const isAsked = async (somebody: Somebody) => {
		const response = await somebody.fetch(`/api-keys?/add&project=${PROJECT}`, {
			...{ method: 'POST', body: new URLSearchParams() },
			headers: { origin: passlens.url, 'x-sveltekit-action': 'true' }
		});
		return (await response.text()).includes('sign_in_anew');
	};
});

describe('in a browser, the page', () => {
	let page: Page;
	let authenticator: VirtualAuthenticator;
	beforeAll(async () => {
		page = await (await browser.newContext()).newPage();
		authenticator = await addVirtualAuthenticator(page);
		await openPage(page, await makeLink('Kim'));
		await page.getByRole('button', { name: 'Create a passkey' }).click();
		await page.locator('aside').getByRole('link', { name: 'Kim' }).waitFor();
	});
	afterAll(() => page?.context().close());

	const dialog = () => page.getByRole('dialog', { name: 'Is it still you?' });
	const openLate = async (path: string) => {
		await signedInAgo(FRESH_MS + 1_000);
		await openPage(page, `${passlens.url}${path}`);
	};

	it('asks before it sends, and goes on with all that was typed', async () => {
		await openLate('/people');
		await page.getByLabel('Name', { exact: true }).fill('Lou');
		await page.locator('select[name=role]').first().selectOption('analyst');
		await page.getByRole('button', { name: 'Make a link' }).click();
		await dialog().getByRole('button', { name: 'Use your passkey' }).waitFor();
		expect(await violations(page)).toEqual([]);
		await dialog().getByRole('button', { name: 'Cancel' }).click();
		await dialog().waitFor({ state: 'detached' });
		expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Lou');
		expect(await page.locator('[data-link]').count()).toBe(0);
		await page.getByRole('button', { name: 'Make a link' }).click();
		await authenticator.command('setUserVerified', { isUserVerified: false });
		await dialog().getByRole('button', { name: 'Use your passkey' }).click();
		await dialog().getByText('Nothing was chosen, or it took too long').waitFor();
		await authenticator.command('setUserVerified', { isUserVerified: true });
		await dialog().getByRole('button', { name: 'Use your passkey' }).click();
		await page.locator('[data-link]', { hasText: 'A link for Lou' }).waitFor();
		expect(await dialog().count()).toBe(0);
		// Once is enough for the minutes to come.
		await page.getByLabel('Name', { exact: true }).fill('Mia');
		await page.getByRole('button', { name: 'Make a link' }).click();
		await page.locator('[data-link]', { hasText: 'A link for Mia' }).waitFor();
	});

	it('of a policy keeps its text', async () => {
		await openLate(`/policies/edit?project=${PROJECT}`);
		const text = await page.getByLabel('The policy').inputValue();
		await page.getByLabel('The policy').fill(`${text}# Typed by hand.\n`);
		await page.getByRole('button', { name: /Show what/ }).click();
		await page.getByRole('button', { name: /in force/ }).click();
		await dialog().getByRole('button', { name: 'Use your passkey' }).click();
		await page.waitForURL(/\/policies\?/);
		const [version] = await listPolicies(settings, PROJECT);
		expect(version?.document).toContain('# Typed by hand.');
	});

	it('of the account asks before another passkey is made', async () => {
		await openLate('/account');
		await page.getByRole('button', { name: 'Add a passkey' }).click();
		await dialog().getByRole('button', { name: 'Use your passkey' }).click();
		await page.getByText('This device has a passkey for you already').waitFor();
		expect(await dialog().count()).toBe(0);
	});
});
