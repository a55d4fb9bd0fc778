import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { openSdkPage, serveSdkSite, type SdkSite } from './support/sdk-page.ts';

let browser: Browser;
let page: Page;
let site: SdkSite;

beforeAll(async () => (browser = await launchBrowser()));
afterAll(() => browser.close());
beforeEach(async () => ({ page, site } = await openSdkPage(browser)));
afterEach(() => site.close());

const open = (path = '/') => page.goto(site.origin + path);
const flush = () => page.evaluate(() => window.sdk.flush());

describe('whatever goes wrong', () => {
	test('without navigator.credentials the SDK is silent and still tells what the browser lacks', async () => {
		await open();
		const errors: string[] = [];
		page.on('pageerror', (error) => errors.push(error.message));
		await page.evaluate(async () => {
			Object.defineProperty(navigator, 'credentials', { value: undefined });
			delete (window as { PublicKeyCredential?: unknown }).PublicKeyCredential;
			await window.load();
		});
		await flush();
		expect(errors).toEqual([]);
		expect(site.ofType('client.capabilities')).toMatchObject([{ webauthn: false }]);
	});

	test('an endpoint that fails costs nothing but a retry with the same ids', async () => {
		site.status = 503;
		await addVirtualAuthenticator(page);
		await open();
		await page.evaluate(async () => {
			await window.load();
			await navigator.credentials.create({ publicKey: window.creation() });
		});
		await flush();
		expect(site.events).toEqual([]);
		site.status = 202;
		await flush();
		expect(site.ofType('ceremony.finished')).toHaveLength(1);
	});
});

describe('sending', () => {
	test('leaves with the page: what is queued goes out as a beacon', async () => {
		await addVirtualAuthenticator(page);
		await open();
		await page.evaluate(async () => {
			await window.load();
			await navigator.credentials.create({ publicKey: window.creation() });
		});
		await open('/elsewhere');
		await expect.poll(() => site.ofType('ceremony.finished').length).toBe(1);
	});

	test('to a collector of another origin is one request, without a preflight', async () => {
		const collector = await serveSdkSite();
		await open();
		await page.evaluate(async (endpoint) => {
			const sdk = await window.load('', endpoint);
			sdk.signIn({ method: 'password' });
			await sdk.flush();
		}, collector.origin);
		await collector.close();
		expect(collector.ofType('signin.finished')).toHaveLength(1);
		expect(new Set(collector.requests.map((request) => JSON.stringify(request)))).toEqual(
			new Set([
				JSON.stringify({ contentType: 'text/plain;charset=UTF-8', key: 'pk_test', method: 'POST' })
			])
		);
	});

	test('tells capabilities once per session, not once per page', async () => {
		await open();
		await page.evaluate(() => window.load());
		await flush();
		await open('/second');
		await page.evaluate(async () => {
			const sdk = await window.load();
			sdk.signIn({ method: 'password', fallbackReason: 'user_choice' });
		});
		await flush();
		expect(site.events.map((event) => event.type)).toEqual([
			'client.capabilities',
			'signin.finished'
		]);
		expect(site.events[0]?.session_id).toBe(site.events[1]?.session_id);
	});
});
