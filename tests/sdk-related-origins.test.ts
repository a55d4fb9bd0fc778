/** Another origin's relying-party id: Chromium asks https://<rp id>/.well-known/webauthn, over TLS, whether this one may use it. */
import { createHash, X509Certificate } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selfSignedCertificate } from '../sdk/doctor/testing/self-signed-certificate.ts';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { PAGE_HELPERS, serveSdkSite, type SdkSite } from './support/sdk-page.ts';

const SHOP = 'https://shop.example';
/** Names the shop among its related origins. */
const RP_ID = 'accounts.test';
/** Names another. */
const STRANGER = 'stranger.test';

let browser: Browser;
let page: Page;
let site: SdkSite;

beforeAll(async () => {
	const tls = selfSignedCertificate(['shop.example', RP_ID, STRANGER]);
	site = await serveSdkSite(tls);
	site.relatedOrigins = { [RP_ID]: [SHOP], [STRANGER]: ['https://other.example'] };
	const key = new X509Certificate(tls.cert).publicKey.export({ type: 'spki', format: 'der' });
	const fingerprint = createHash('sha256').update(key).digest('base64');
	browser = await launchBrowser([
		// Every name, at port 443 or any other, is this server.
		`--host-resolver-rules=MAP * 127.0.0.1:${new URL(site.origin).port}`,
		`--ignore-certificate-errors-spki-list=${fingerprint}`
	]);
	page = await (await browser.newContext()).newPage();
	await page.addInitScript({ content: PAGE_HELPERS });
	await addVirtualAuthenticator(page);
});
afterAll(async () => {
	await browser?.close();
	await site?.close();
});

/** Makes a passkey for each relying party, and signs in with the first: the types, or the errors' names. */
const useAll = () =>
	page.evaluate(
		async ([related, stranger]) => {
			const settle = (call: Promise<Credential | null>) =>
				call.then(
					(credential) => credential?.type,
					(error: Error) => `${error.name}: ${error.message}`
				);
			const make = (id: string) =>
				settle(
					navigator.credentials.create({ publicKey: window.creation({ rp: { id, name: 'RP' } }) })
				);
			return [
				await make(related),
				await settle(navigator.credentials.get({ publicKey: window.request({ rpId: related }) })),
				await make(stranger)
			];
		},
		[RP_ID, STRANGER] as const
	);

test('a related origin’s ceremonies go as without the SDK, and are told with both names', async () => {
	await page.goto(SHOP);
	const without = await useAll();
	expect(without).toEqual(['public-key', 'public-key', expect.stringMatching(/^SecurityError: /)]);
	await page.goto(SHOP);
	await page.evaluate(() => window.load());
	expect(await useAll()).toEqual(without);
	await page.evaluate(() => window.sdk.flush());
	expect(site.ofType('ceremony.finished')).toMatchObject([
		{ outcome: 'succeeded', request: { origin: SHOP, rp_id: RP_ID } },
		{ outcome: 'succeeded', request: { origin: SHOP, rp_id: RP_ID } },
		{
			outcome: 'error',
			request: { origin: SHOP, rp_id: STRANGER },
			error: {
				name: 'SecurityError',
				signature: expect.stringMatching(/relying party|well-known/i)
			}
		}
	]);
});
