import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { readAuditLog } from '../../settings/access/audit-log.ts';
import { openSettings, type Settings } from '../../settings/open-settings.ts';
import {
	PROVIDER_REFUSALS,
	type ProviderRefusal
} from '../../src/lib/sign-in/provider-refusals.ts';
import { launchBrowser } from './browser.ts';
import { openPage } from './figures.ts';
import { findFreePort } from './find-free-port.ts';
import { startIdentityProvider, type IdentityProvider } from './identity-provider.ts';
import { startPasslens, type Passlens } from './passlens.ts';

/** A dashboard whose people sign in through a company's identity provider, called Acme there, and a browser before both. */
export interface ProviderSite {
	idp: IdentityProvider;
	passlens: Passlens;
	settings: Settings;
	browser: Browser;
	/** A page of a browser without cookies. */
	newPage(): Promise<Page>;
	/** From the sign-in page to the provider and back. */
	throughProvider(page: Page, login: string): Promise<void>;
	/** From the provider's own sign-in page back. */
	atProvider(page: Page, login: string): Promise<void>;
	/** Signs in at the provider, and agrees to what Passlens asks for. */
	submitLogin(page: Page): Promise<void>;
	/** Somebody signed in, on this path. */
	signedIn(login: string, path: string): Promise<Page>;
	/** As if everybody's sign-in were so long ago. */
	signedInLongAgo(): Promise<unknown>;
	/** The sign-in page says so, and the audit log does. */
	expectRefusal(page: Page, code: ProviderRefusal): Promise<void>;
	/** A token of the provider's own with other claims, for its meddling. */
	resigned(changes: () => object): (answer: { id_token: string }) => { id_token: string };
	/** Ends the dashboard and starts it again with what it keeps. */
	restart(): Promise<void>;
	stop(): Promise<void>;
}

const configuration = ({ issuer, clientId }: IdentityProvider) => `
projects: [{ id: shop, name: Shop }, { id: bank, name: Bank }]
sign_in:
  name: Acme
  issuer: ${issuer}
  client_id: ${clientId}
  client_secret_from_environment: ACME_SECRET
  scopes: [profile, email, groups]
  roles:
    - { group: shop-people, role: analyst, project: shop }
    - { group: bank-people, role: auditor, project: bank }
    - { group: everything, role: admin }
  without_group: invited
  allow_private: true
  sign_out_there: true
`;

export async function openProviderSite(): Promise<ProviderSite> {
	const folder = await mkdtemp(join(tmpdir(), 'passlens-provider-'));
	const [port, idpPort] = [await findFreePort(), await findFreePort()];
	const idp = await startIdentityProvider({ port: idpPort, origin: `http://localhost:${port}` });
	process.env.ACME_SECRET = idp.clientSecret;
	const config = join(folder, 'passlens.config.yaml');
	await writeFile(config, configuration(idp));
	const [passlens, browser] = await Promise.all([startPasslens({ port, config }), launchBrowser()]);
	const settings = await openSettings({ dataDir: passlens.dataDir });
	const site: ProviderSite = {
		...{ idp, passlens, settings, browser },
		async newPage() {
			const context: BrowserContext = await browser.newContext();
			// The provider's pages want a font from elsewhere.
			await context.route('**/*.googleapis.com/**', (route) => route.abort());
			return context.newPage();
		},
		async throughProvider(page, login) {
			await page.getByRole('link', { name: 'Sign in with Acme' }).click();
			await site.atProvider(page, login);
		},
		async atProvider(page, login) {
			await page.locator('input[name=login]').fill(login);
			await site.submitLogin(page);
			await page.waitForURL((url) => url.origin === passlens.url);
		},
		async submitLogin(page) {
			await page.locator('input[name=password]').fill('any');
			await page.locator('button[type=submit]').click();
			// Asked once in a session there; and a window of its own ends with what it was opened for.
			await Promise.any([
				page.locator('button[type=submit]', { hasText: 'Continue' }).click(),
				page.waitForURL((url) => url.origin === passlens.url),
				page.waitForEvent('close')
			]);
		},
		async signedIn(login, path) {
			const page = await site.newPage();
			await openPage(page, `${passlens.url}/sign-in?next=${encodeURIComponent(path)}`);
			await site.throughProvider(page, login);
			await page.locator('html[data-alive]').waitFor({ state: 'attached' });
			return page;
		},
		signedInLongAgo: () =>
			settings.updateTable('person_session').set({ fresh_unix_ms: 0 }).execute(),
		async expectRefusal(page, code) {
			await page.waitForURL(/\/sign-in\?refused=/);
			await page.locator('html[data-alive]').waitFor({ state: 'attached' });
			expect(await page.getByRole('alert').innerText()).toBe(PROVIDER_REFUSALS[code]);
			const [entry] = await readAuditLog(settings, { action: 'sign-in-refused', limit: 1 });
			expect(entry?.detail.reason).toBe(code);
		},
		resigned: (changes) => (answer) => ({
			...answer,
			id_token: idp.resign(answer.id_token, changes())
		}),
		async restart() {
			const { dataDir } = site.passlens;
			await site.passlens.end('SIGTERM');
			site.passlens = await startPasslens({ port, config, dataDir });
		},
		async stop() {
			delete process.env.ACME_SECRET;
			await browser.close();
			await settings.destroy();
			await site.passlens.stop();
			await idp.stop();
			await rm(folder, { recursive: true, force: true });
		}
	};
	return site;
}
