import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openPage } from './support/figures.ts';
import { printOutputOnFailure } from './support/passlens.ts';
import { openProviderSite, type ProviderSite } from './support/provider-site.ts';
import { violations } from './support/violations.ts';

let site: ProviderSite;
beforeAll(async () => {
	site = await openProviderSite();
	site.idp.accounts.set('kim', { name: 'Kim Lee', groups: ['everything'] });
});
afterAll(() => site?.stop());
beforeEach(() => printOutputOnFailure(site.passlens));

const signOut = (page: Page) => page.getByRole('button', { name: 'Sign out', exact: true }).click();

it('signing out ends the session here, then the one at the provider, which learns who and is told no more than that', async () => {
	const page = await site.signedIn('kim', '/account');
	const session = (await page.context().cookies()).find(({ name }) => name.includes('_session'))!;
	await signOut(page);
	await page.waitForURL((url) => url.origin === site.idp.issuer);
	const asked = new URL(page.url()).searchParams;
	expect(Object.fromEntries(asked)).toEqual({
		...{ client_id: site.idp.clientId, logout_hint: 'kim', state: expect.stringMatching(/.{20}/) },
		post_logout_redirect_uri: `${site.passlens.url}/sign-in`
	});
	// Before anybody agreed to anything there.
	const answer = await fetch(`${site.passlens.url}/account`, {
		headers: { cookie: `${session.name}=${session.value}` }
	});
	expect(answer.status).toBe(401);
	await page.getByRole('button', { name: 'Yes, sign me out' }).click();
	await page.locator('[data-left]').waitFor();
	expect(new URL(page.url()).searchParams.get('state')).toBe(asked.get('state'));
	expect(await page.locator('[data-left]').innerText()).toContain('Acme was asked');
	expect(await violations(page)).toEqual([]);
	// It said so once, and Acme asks who it is.
	await openPage(page, page.url());
	expect(await page.locator('[data-left]').count()).toBe(0);
	await page.getByRole('link', { name: 'Sign in with Acme' }).click();
	await page.locator('input[name=login]').waitFor();
	await page.context().close();
});

it('nobody is led there who did not sign out here: by a link, with a state that was made up, or with a passkey', async () => {
	const page = await site.signedIn('kim', '/account');
	await openPage(page, `${site.passlens.url}/sign-out/provider`);
	expect(new URL(page.url()).pathname).toBe('/');
	const stranger = await site.newPage();
	await openPage(stranger, `${site.passlens.url}/sign-out/provider`);
	expect(new URL(stranger.url()).pathname).toBe('/sign-in');
	await openPage(stranger, `${site.passlens.url}/sign-in?state=made-up`);
	expect(await stranger.locator('[data-left]').count()).toBe(0);

	const context = await site.browser.newContext();
	await site.passlens.signIn(context);
	const admin = await context.newPage();
	const account = await admin.goto(`${site.passlens.url}/account`);
	expect(account!.headers()['cache-control']).toBe('no-store');
	await admin.locator('html[data-alive]').waitFor({ state: 'attached' });
	await signOut(admin);
	await admin.waitForURL((url) => url.pathname === '/sign-in');
	expect((await context.cookies()).map(({ name }) => name).join()).not.toMatch(/session|leaving/);
	// Nor does the browser's own memory show what was seen.
	await admin.goBack();
	await admin.waitForURL(/\/sign-in\?next=/);
	await Promise.all([page, stranger, admin].map((one) => one.context().close()));
});

it('whoever signs out while the provider is away is signed out here, and is told that they may not be there', async () => {
	const page = await site.signedIn('kim', '/account');
	// What it said of itself was known, as it is for an hour.
	await site.restart();
	await site.idp.stop();
	await signOut(page);
	await page.waitForURL((url) => url.pathname === '/sign-out/provider');
	expect(await page.getByRole('alert').innerText()).toMatch(/has ended\. Acme could not be asked/);
	expect(await violations(page)).toEqual([]);
	await page.getByRole('link', { name: 'To the sign-in page' }).click();
	await page.getByRole('link', { name: 'Sign in with Acme' }).waitFor();
	await site.idp.start();
	await page.context().close();
});
