import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAuditLog } from '../settings/access/audit-log.ts';
import type { ProviderRefusal } from '../src/lib/sign-in/provider-refusals.ts';
import { openPage } from './support/figures.ts';
import { changeClaims, type IdentityProvider } from './support/identity-provider.ts';
import { printOutputOnFailure } from './support/passlens.ts';
import { openProviderSite, type ProviderSite } from './support/provider-site.ts';

let site: ProviderSite;
beforeAll(async () => {
	site = await openProviderSite();
	site.idp.accounts.set('kim', { name: 'Kim Lee', groups: ['everything'] });
});
afterAll(() => site?.stop());
beforeEach(() => printOutputOnFailure(site.passlens));
afterEach(() => {
	Object.assign(site.idp.meddle, { request: undefined, callback: undefined, token: undefined });
});

describe('what is not taken for a sign-in', () => {
	it('turning back at the provider', async () => {
		const page = await site.newPage();
		await openPage(page, `${site.passlens.url}/sign-in`);
		await page.getByRole('link', { name: 'Sign in with Acme' }).click();
		await page.getByRole('link', { name: 'Cancel' }).click();
		await site.expectRefusal(page, 'provider_denied');
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
		const page = await site.newPage();
		await openPage(page, `${site.passlens.url}/sign-in`);
		Object.assign(site.idp.meddle, meddle);
		await site.throughProvider(page, 'kim');
		await site.expectRefusal(page, code);
		expect((await page.goto(`${site.passlens.url}/account`))?.url()).toContain('/sign-in?next=');
		await page.context().close();
	});

	it('an answer that was used already, by the same site.browser and by another', async () => {
		const callbacks: string[] = [];
		const page = await site.newPage();
		await openPage(page, `${site.passlens.url}/sign-in`);
		site.idp.meddle.callback = (url) => {
			callbacks.push(url);
			return url;
		};
		await site.throughProvider(page, 'kim');
		const other = await site.newPage();
		await other.goto(callbacks[0]!);
		await site.expectRefusal(other, 'provider_stale');
		await page.context().clearCookies({ name: /session/ });
		await page.goto(callbacks[0]!);
		await site.expectRefusal(page, 'provider_stale');
		await Promise.all([page, other].map((one) => one.context().close()));
	});

	it('an answer that another site.browser began: nobody is signed in as somebody else unawares', async () => {
		let callback = '';
		const attacker = await site.newPage();
		await openPage(attacker, `${site.passlens.url}/sign-in`);
		site.idp.meddle.callback = (url) => {
			callback = url;
			return `${site.passlens.url}/docs`;
		};
		await site.throughProvider(attacker, 'kim');
		const victim = await site.newPage();
		await victim.goto(callback);
		await site.expectRefusal(victim, 'provider_stale');
		await Promise.all([attacker, victim].map((one) => one.context().close()));
	});

	it('a provider that does not answer: the page says so, and passkeys go on', async () => {
		site.idp.accounts.set('kim', { name: 'Kim Lee', groups: ['everything'] });
		const page = await site.newPage();
		await openPage(page, `${site.passlens.url}/sign-in`);
		await page.getByRole('link', { name: 'Sign in with Acme' }).click();
		await page.locator('input[name=login]').fill('kim');
		site.idp.meddle.callback = (url) => {
			void site.idp.stop();
			return url;
		};
		await site.submitLogin(page);
		await site.expectRefusal(page, 'provider_down');
		expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).count()).toBe(1);
		await site.idp.start();
		await page.context().close();
	});
});

it('the secret is in no page, no log and no file of ours but where it was given', async () => {
	const shown = await Promise.all(
		['/sign-in', '/account', '/people', '/settings?project=shop', '/audit-log', '/collector'].map(
			async (path) => (await site.passlens.fetch(path)).text()
		)
	);
	const kept = await readFile(join(site.passlens.dataDir, 'passlens.sqlite'), 'latin1');
	const log = JSON.stringify(await readAuditLog(site.settings, { limit: 10_000 }));
	for (const text of [...shown, kept, log, site.passlens.output()])
		expect(text.includes(site.idp.clientSecret)).toBe(false);
	expect(site.passlens.output()).toMatch(/Sign-in through the identity provider: /);
	expect(site.passlens.output()).not.toMatch(/eyJ[\w-]+\.|code=|id_token/);
});

const seconds = () => Math.floor(Date.now() / 1_000);

/** The same before the site is there, as a table of cases needs it. */
const resigned: ProviderSite['resigned'] = (changes) => (answer) => site.resigned(changes)(answer);

function withParameter(name: string, value: string | undefined) {
	return (address: string) => {
		const url = new URL(address);
		if (value === undefined) url.searchParams.delete(name);
		else url.searchParams.set(name, value);
		return url.href;
	};
}
