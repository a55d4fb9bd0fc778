import { sql } from 'kysely';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSettings } from '../settings/open-settings.ts';
import { PINNED_NODE } from '../tools/install.mjs';
import {
	addVirtualAuthenticator,
	launchBrowser,
	type VirtualAuthenticator
} from './support/browser.ts';
import { openPage } from './support/figures.ts';
import {
	ADMIN_NAME,
	printOutputOnFailure,
	runToItsEnd,
	startPasslens,
	type Passlens
} from './support/passlens.ts';
import { addProject } from './support/projects.ts';
import { somebodyAt } from './support/sign-in.ts';
import { violations } from './support/violations.ts';

const ROOT = join(import.meta.dirname, '..');
const PROJECT = 'shop';

let passlens: Passlens;
let browser: Browser;
beforeAll(async () => {
	[passlens, browser] = await Promise.all([startPasslens(), launchBrowser()]);
	addProject(passlens, PROJECT);
});
afterAll(async () => {
	await browser?.close();
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

describe('in a browser', () => {
	let link: string;
	let kim: { context: BrowserContext; page: Page; authenticator: VirtualAuthenticator };

	it('who is signed out is asked to sign in, and nothing of a project is shown', async () => {
		const page = await (await browser.newContext()).newPage();
		await openPage(page, `${passlens.url}/ceremonies?project=${PROJECT}&outcome=failed`);
		const address = new URL(page.url());
		expect(address.pathname).toBe('/sign-in');
		expect(address.searchParams.get('next')).toBe(`/ceremonies?project=${PROJECT}&outcome=failed`);
		expect(await page.content()).not.toContain(`Project ${PROJECT}`);
		expect(await violations(page)).toEqual([]);
		await page.getByRole('link', { name: 'Playground' }).click();
		await page.locator('aside').getByRole('link', { name: 'Sign in' }).waitFor();
		expect(await page.locator('aside').innerText()).not.toMatch(/People|API keys|Collector/);
		await page.context().close();
	});

	it('an administrator invites somebody by a link', async () => {
		const context = await browser.newContext();
		await passlens.signIn(context);
		const page = await context.newPage();
		await openPage(page, `${passlens.url}/people`);
		await page.getByLabel('Name', { exact: true }).fill('Kim');
		await page.locator('select[name=role]').first().selectOption('analyst');
		await page.locator('select[name=project]').first().selectOption(PROJECT);
		await page.getByRole('button', { name: 'Make a link' }).click();
		link = await page.locator('[data-link] code').innerText();
		expect(link).toMatch(new RegExp(`^${passlens.url}/welcome/[\\w-]{43}$`));
		expect(await violations(page)).toEqual([]);
		await context.close();
	});

	it('the link makes a passkey once, and shows the project and what the role is for', async () => {
		const context = await browser.newContext();
		const page = await context.newPage();
		const authenticator = await addVirtualAuthenticator(page);
		kim = { context, page, authenticator };
		await openPage(page, link);
		expect(await page.getByLabel('Your name').inputValue()).toBe('Kim');
		expect(await violations(page)).toEqual([]);
		await page.getByRole('button', { name: 'Create a passkey' }).click();
		await page.locator('aside').getByRole('link', { name: 'Kim' }).waitFor();
		const menu = await page.locator('aside').innerText();
		expect(menu).toContain('Adoption');
		expect(menu).not.toMatch(/People|API keys|Audit log/);
		await openPage(page, `${passlens.url}/?project=${PROJECT}`);
		expect(await page.locator('main').innerText()).toContain('Nothing sent yet');
		const [{ credentials } = { credentials: [] }] = [
			(await authenticator.command('getCredentials')) as {
				credentials: { isResidentCredential: boolean; rpId: string }[];
			}
		];
		expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }]);
		const again = await (await browser.newContext()).newPage();
		expect((await again.goto(link))?.status()).toBe(404);
		expect(await again.locator('main').innerText()).toContain('used already');
		await again.context().close();
	});

	it('the passkey signs in to where one wanted to go, after signing out', async () => {
		const { page } = kim;
		await openPage(page, `${passlens.url}/account`);
		await page.getByRole('button', { name: 'Sign out', exact: true }).click();
		await page.waitForURL(/\/sign-in/);
		await openPage(page, `${passlens.url}/adoption?project=${PROJECT}`);
		await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
		await page.waitForURL(`${passlens.url}/adoption?project=${PROJECT}`);
		expect(await page.locator('aside').innerText()).toContain('Kim');
	});

	it('a user who is not verified is not let in, and told so', async () => {
		const { page, authenticator } = kim;
		await openPage(page, `${passlens.url}/account`);
		await page.getByRole('button', { name: 'Sign out everywhere' }).click();
		await page.waitForURL(/\/sign-in/);
		await authenticator.command('setUserVerified', { isUserVerified: false });
		await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
		await page.getByText('Nothing was chosen, or it took too long').waitFor();
		await authenticator.command('setUserVerified', { isUserVerified: true });
		await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
		await page.locator('aside').getByRole('link', { name: 'Kim' }).waitFor();
		expect(await page.getByRole('link', { name: 'Sign in' }).count()).toBe(0);
	});

	it('a change carries the name of who made it', async () => {
		const { page } = kim;
		await openPage(page, `${passlens.url}/annotations?project=${PROJECT}`);
		expect(await page.getByLabel(/your name/i).count()).toBe(0);
		await page.getByLabel('What happened').fill('Release 3');
		await page.getByRole('button', { name: 'Add annotation' }).click();
		await page.getByText('Release 3').first().waitFor();
		expect(await page.locator('main').innerText()).toMatch(/Kim/);
		await kim.context.close();
	});

	it('the audit log says who did what, narrows, and is whole', async () => {
		const context = await browser.newContext();
		await passlens.signIn(context);
		const page = await context.newPage();
		await openPage(page, `${passlens.url}/audit-log?who=kim`);
		const table = (await page.locator('main table').innerText()).replaceAll('\t', ' ');
		expect(table).toContain('Used a link');
		expect(table).toContain('Signed in');
		expect(table).toMatch(/Changed.*Project shop.*\/annotations.*change add/);
		expect(table).not.toMatch(new RegExp(`${ADMIN_NAME} (Signed|Changed)`));
		expect(await violations(page)).toEqual([]);
		await context.close();
		expect(await run('tools/audit-log.ts', '--verify')).toMatchObject({
			status: 0,
			stdout: expect.stringMatching(/^\d+ entries, whole\.\nHead \d+:[0-9a-f]{64}\n$/)
		});
	});

	it('an API key reads what it may in its project and nothing else, until it is revoked', async () => {
		const context = await browser.newContext();
		await passlens.signIn(context);
		const page = await context.newPage();
		await openPage(page, `${passlens.url}/api-keys?project=${PROJECT}`);
		await page.getByLabel('What it is for').fill('Warehouse');
		await page.getByRole('button', { name: 'Make a key' }).click();
		const key = await page.locator('[data-api-key]').innerText();
		expect(key).toMatch(/^plk_\S{32}$/);
		expect(await violations(page)).toEqual([]);
		const ask = async (path: string, authorization = `Bearer ${key}`) => {
			const response = await fetch(`${passlens.url}${path}`, { headers: { authorization } });
			const body = (await response.json()) as { code?: string };
			return [response.status, body.code];
		};
		expect(await ask(`/api/v1/kpis?project=${PROJECT}`)).toEqual([200, undefined]);
		expect(await ask('/api/v1/kpis')).toEqual([200, undefined]);
		for (const project of ['playground', 'nowhere'])
			expect(await ask(`/api/v1/kpis?project=${project}`)).toEqual([404, 'unknown_project']);
		expect(await ask(`/api/v1/kpis?project=${PROJECT}`, 'Bearer plk_mistyped')).toEqual([
			...[401, 'key_unknown']
		]);
		// A key is for the API alone: a page takes it for nothing.
		expect(await ask(`/export/users?project=${PROJECT}`)).toEqual([401, 'sign_in_required']);
		await page.getByRole('button', { name: 'Revoke Warehouse' }).click();
		await page.getByText('None yet.').waitFor();
		expect(await ask(`/api/v1/kpis?project=${PROJECT}`)).toEqual([401, 'key_unknown']);
		await context.close();
	});
});

describe('a sign-in that must not be taken', () => {
	const makeLink = async () => {
		const { stdout } = await run('tools/people.ts', 'invite', 'Lou', '--role', 'viewer');
		return stdout.trim();
	};
	const newcomer = async () => {
		const lou = somebodyAt(passlens.url);
		expect(await lou.welcome(await makeLink())).toMatchObject({ status: 200 });
		return lou;
	};

	it.each([
		['with a signature that does not fit', { spoilSignature: true }],
		['for another origin', { origin: 'http://localhost:9' }],
		['for another relying party', { rpId: 'example.com' }],
		['without user verification', { userVerified: false }],
		['without user presence', { userPresent: false }],
		['with another backup eligibility', { backupEligible: false, backupState: false }],
		['with a challenge of its own', { challenge: 'bm90LW91cnM' }],
		['with another user’s handle', { userHandle: 'bm90LW91cnM' }]
	])('%s is refused', async (_, changes) => {
		const lou = await newcomer();
		const before = [...lou.cookies()];
		const answer = await lou.signIn(changes);
		expect(answer.status).toBeGreaterThanOrEqual(400);
		expect(answer.body.message).not.toMatch(/challenge|origin|signature|expected/i);
		expect([...lou.cookies()].filter(([name]) => name.includes('session'))).toEqual(
			before.filter(([name]) => name.includes('session'))
		);
	});

	it('with a counter that went back is refused', async () => {
		const lou = await newcomer();
		expect((await lou.signIn({ signCount: 7 })).status).toBe(200);
		expect((await lou.signIn({ signCount: 6 })).status).toBe(400);
		expect((await lou.signIn({ signCount: 8 })).status).toBe(200);
	});

	it('ends the session before it, so that a token known earlier is worth nothing', async () => {
		const lou = await newcomer();
		const earlier = [...lou.cookies()].map(([name, value]) => `${name}=${value}`).join('; ');
		expect((await lou.signIn()).status).toBe(200);
		const { status } = await fetch(`${passlens.url}/account`, { headers: { cookie: earlier } });
		expect(status).toBe(401);
		expect((await lou.fetch('/account')).status).toBe(200);
	});

	it('from a form of another site, or with a session cookie that script could read, does not exist', async () => {
		const lou = await newcomer();
		const foreign = await lou.fetch('/sign-out', {
			method: 'POST',
			headers: { origin: 'https://evil.example' }
		});
		expect(foreign.status).toBe(403);
		expect((await lou.fetch('/account')).status).toBe(200);
		const asked = await fetch(`${passlens.url}/sign-in/options`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: '{}'
		});
		expect(asked.headers.get('set-cookie')).toMatch(/HttpOnly/i);
		expect(asked.headers.get('set-cookie')).toMatch(/SameSite=Strict/i);
	});

	it.each([
		'https://evil.example/',
		'//evil.example',
		'/\\evil.example',
		'/sign-out',
		'javascript:0'
	])('%j is no place to go on to', async (next) => {
		const lou = await newcomer();
		const answer = await lou.fetch(`/sign-in?next=${encodeURIComponent(next)}`, {
			headers: { accept: 'text/html' }
		});
		expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
	});

	it('a link is withdrawn and a person removed by command, and both get in no more', async () => {
		const link = await makeLink();
		const listed = (await run('tools/people.ts', 'list')).stdout;
		const [, id] = /^([0-9a-f]{12}) {2}link/m.exec(listed)!;
		expect((await run('tools/people.ts', 'revoke', id!)).stdout).toContain('works no more');
		expect(await somebodyAt(passlens.url).welcome(link)).toMatchObject({
			...{ status: 404, body: { code: 'link_unknown' } }
		});
		const lou = await newcomer();
		const all = (await run('tools/people.ts', 'list')).stdout;
		for (const [, one] of all.matchAll(/^([0-9a-f-]{36}) {2}.*viewer of \*$/gm))
			expect((await run('tools/people.ts', 'revoke', one!)).stdout).toContain('is removed');
		expect((await lou.fetch('/account')).status).toBe(401);
		expect((await lou.signIn()).body.code).toBe('passkey_unknown');
	});
});

describe('the log', () => {
	it('of who saw whom names the user looked at, once for a page that asks again and again', async () => {
		const path = `/ceremonies?project=${PROJECT}&q=0123456789abcdef`;
		for (let time = 0; time < 3; time++) expect((await passlens.fetch(path)).status).toBe(200);
		await passlens.fetch(`/export/ceremonies?project=${PROJECT}`);
		const told = (await run('tools/audit-log.ts')).stdout;
		expect(told.match(/looked-up .*query=0123456789abcdef/g)).toHaveLength(1);
		expect(told).toMatch(/exported {2}shop {2}\/export\/ceremonies/);
	});

	it('cannot be changed by a statement; changed in the file, it tells where', async () => {
		const settings = await openSettings({ dataDir: passlens.dataDir });
		const change = () =>
			settings
				.updateTable('audit_entry')
				.set({ actor: 'nobody' })
				.where('number', '=', 2)
				.execute();
		await expect(change()).rejects.toThrow('only ever added to');
		await expect(settings.deleteFrom('audit_entry').execute()).rejects.toThrow(
			'only ever added to'
		);
		const head = /Head (\S+)/.exec((await run('tools/audit-log.ts', '--verify')).stdout)![1]!;
		expect((await run('tools/audit-log.ts', '--verify', '--head', head)).status).toBe(0);
		// As whoever owns the file could.
		await sql`DROP TRIGGER audit_entry_no_update`.execute(settings);
		await sql`DROP TRIGGER audit_entry_no_delete`.execute(settings);
		const last = Number(head.split(':')[0]);
		await settings.deleteFrom('audit_entry').where('number', '=', last).execute();
		expect((await run('tools/audit-log.ts', '--verify')).status).toBe(0);
		expect(await run('tools/audit-log.ts', '--verify', '--head', head)).toMatchObject({
			status: 1
		});
		await change();
		expect(await run('tools/audit-log.ts', '--verify')).toMatchObject({
			status: 1,
			stdout: expect.stringContaining('entry 2: it was changed')
		});
		await settings.destroy();
	});
});

describe('a start that lets others reach the dashboard', () => {
	it.each([
		[['--host', '0.0.0.0'], undefined, /say where they open it/],
		[['--host', '0.0.0.0'], 'http://passlens.example', /must be https/],
		[[], 'passlens.example', /must be an origin/]
	])('%j with PASSLENS_ORIGIN %s says what it needs', async (args, origin, words) => {
		process.env.PASSLENS_ORIGIN = origin ?? '';
		try {
			const { code, output } = await runToItsEnd([...args, '--data-dir', passlens.dataDir]);
			expect(output).toMatch(words);
			expect(code).toBe(1);
		} finally {
			delete process.env.PASSLENS_ORIGIN;
		}
	});
});

/** Not in this process’s way: it holds connections that would go stale meanwhile. */
async function run(tool: string, ...args: string[]) {
	const child = spawn(PINNED_NODE, [tool, ...args, '--data-dir', passlens.dataDir], {
		cwd: ROOT,
		env: { ...process.env, PASSLENS_ORIGIN: passlens.url }
	});
	const [stdout, stderr, [status]] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		once(child, 'close') as Promise<[number]>
	]);
	return { status, stdout, stderr };
}
