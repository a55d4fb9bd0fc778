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
	test.each([
		{ title: 'frozen navigator.credentials', code: 'Object.freeze(navigator.credentials)' },
		{
			title: 'frozen prototype',
			code: 'Object.freeze(CredentialsContainer.prototype)'
		},
		{
			title: 'both frozen',
			code: 'Object.freeze(CredentialsContainer.prototype); Object.freeze(navigator.credentials)'
		},
		{
			title: 'storage denied',
			code: 'Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("no") } })'
		},
		{
			title: 'no crypto',
			code: 'crypto.randomUUID = crypto.subtle.digest = () => { throw new Error("no") }'
		},
		{ title: 'fetch that throws', code: 'window.fetch = () => { throw new Error("no") }' },
		{ title: 'performance that throws', code: 'performance.now = () => { throw new Error("no") }' }
	])('a ceremony goes on: $title', async ({ code }) => {
		await addVirtualAuthenticator(page);
		const errors: string[] = [];
		page.on('pageerror', (error) => errors.push(error.message));
		await open();
		const type = await page.evaluate(async (code) => {
			(0, eval)(code);
			const sdk = await window.load();
			const promptId = sdk.prompt.shown({ purpose: 'enroll' });
			sdk.prompt.accepted(promptId);
			await sdk.identify('user-1');
			const made = await navigator.credentials.create({ publicKey: window.creation() });
			await sdk.flush();
			return made?.type;
		}, code);
		expect(type).toBe('public-key');
		expect(errors).toEqual([]);
	});

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

	test('shows each event to listeners, and a listener that throws harms nobody', async () => {
		await open();
		const seen = await page.evaluate(async () => {
			const sdk = await window.load();
			const seen: string[] = [];
			sdk.onEvent(() => {
				throw new Error('no');
			});
			const end = sdk.onEvent((event) => seen.push(event.type));
			sdk.signIn({ method: 'password' });
			await sdk.flush();
			end();
			sdk.signIn({ method: 'otp' });
			await sdk.flush();
			return seen.filter((type) => type === 'signin.finished');
		});
		await flush();
		expect(seen).toEqual(['signin.finished']);
		expect(site.ofType('signin.finished')).toHaveLength(2);
	});
});
