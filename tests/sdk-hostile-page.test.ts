/** Pages that are against us: every ceremony still succeeds, the site notices nothing, and what went wrong inside is counted. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { openSdkPage, type SdkSite } from './support/sdk-page.ts';

let browser: Browser;
let page: Page;
let site: SdkSite;
let pageErrors: string[];

beforeAll(async () => (browser = await launchBrowser()));
afterAll(() => browser.close());
beforeEach(async () => {
	({ page, site } = await openSdkPage(browser));
	pageErrors = [];
	page.on('pageerror', (error) => pageErrors.push(String(error)));
	await addVirtualAuthenticator(page);
});
afterEach(() => site.close());

/** The whole of a site's day with the SDK: everything is called, and two ceremonies are made. */
const useEverything = () =>
	page.evaluate(async () => {
		const sdk = await window.load();
		sdk.flow.started({ purpose: 'sign_up', offered: ['passkey', 'password'] });
		await sdk.identify('user-1');
		sdk.prompt.accepted(sdk.prompt.shown({ purpose: 'enroll' }));
		const made = await navigator.credentials.create({ publicKey: window.creation() });
		const used = await navigator.credentials.get({ publicKey: window.request() });
		sdk.flow.reached('welcome');
		sdk.flow.finished({ method: 'passkey' });
		sdk.signIn({ method: 'passkey', ceremonyId: sdk.ceremonyId()! });
		await sdk.flush();
		return [made?.type, used?.type];
	});

/** What each page does before the SDK is loaded. `blind`: the SDK then sees no ceremony. */
const HOSTILE: { title: string; code: string; blind?: boolean }[] = [
	{ title: 'frozen navigator.credentials', code: 'Object.freeze(navigator.credentials)' },
	{ title: 'a frozen prototype', code: 'Object.freeze(CredentialsContainer.prototype)' },
	{
		title: 'both frozen',
		code: 'Object.freeze(CredentialsContainer.prototype); Object.freeze(navigator.credentials)',
		blind: true
	},
	{
		title: 'a frozen navigator',
		code: 'Object.freeze(navigator); Object.freeze(Navigator.prototype)'
	},
	{
		title: 'navigator.credentials that throws once asked by us',
		code: `const real = navigator.credentials; let asked = 0;
			Object.defineProperty(navigator, 'credentials', { get() { if (!asked++) throw new Error('no'); return real; } })`,
		blind: true
	},
	{
		title: 'storage denied',
		code: 'Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("no", "SecurityError") } })'
	},
	{
		title: 'storage full of somebody else’s nonsense',
		code: 'sessionStorage.setItem("passlens", "{"); Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError") }'
	},
	{
		title: 'no random numbers, no hashes',
		code: 'crypto.randomUUID = crypto.subtle.digest = () => { throw new Error("no") }',
		blind: true
	},
	{
		title: 'no crypto.subtle',
		code: 'Object.defineProperty(crypto, "subtle", { value: undefined })'
	},
	{ title: 'fetch that throws', code: 'window.fetch = () => { throw new Error("no") }' },
	{ title: 'fetch that is gone', code: 'delete window.fetch' },
	{
		title: 'clocks that throw',
		code: 'performance.now = () => { throw new Error("no") }',
		blind: true
	},
	{
		title: 'JSON that throws',
		code: 'JSON.stringify = () => { throw new Error("no") }',
		blind: true
	},
	{
		title: 'patched promises',
		code: `const { then } = Promise.prototype;
			Promise.prototype.then = function (...given) { window.thens = (window.thens ?? 0) + 1; return then.apply(this, given); }`
	},
	{
		title: 'promises whose then throws',
		code: 'Promise.prototype.then = ((then) => function (...given) { if (new Error().stack.includes("/sdk/")) throw new Error("no"); return then.apply(this, given); })(Promise.prototype.then)',
		blind: true
	},
	{
		title: 'proxies forbidden',
		code: 'window.Proxy = class { constructor() { throw new Error("no") } }',
		blind: true
	},
	{
		title: 'a document without focus, a navigator without activation, both by throwing',
		code: `document.hasFocus = () => { throw new Error('no') };
			Object.defineProperty(navigator, 'userActivation', { get() { throw new Error('no') } })`,
		blind: true
	},
	{
		title: 'a credential whose getters throw',
		code: `for (const name of ['rawId', 'authenticatorAttachment', 'getClientExtensionResults'])
			Object.defineProperty(PublicKeyCredential.prototype, name, { get() { throw new Error('no') } })`
	},
	{
		title: 'a response whose getters throw',
		code: `for (const name of ['getTransports', 'getAuthenticatorData', 'getPublicKeyAlgorithm', 'attestationObject'])
			Object.defineProperty(AuthenticatorAttestationResponse.prototype, name, { get() { throw new Error('no') } })`
	},
	{
		title: 'the browser’s questions throw or hang',
		code: `PublicKeyCredential.isConditionalMediationAvailable = () => { throw new Error('no') };
			PublicKeyCredential.getClientCapabilities = async () => { throw new Error('no') }`
	}
];

describe('a page that is against us', () => {
	test.each(HOSTILE)(
		'$title: both ceremonies succeed, and nothing is noticed',
		async ({ code, blind }) => {
			await page.goto(site.origin);
			await page.evaluate((code) => void (0, eval)(code), code);
			expect(await useEverything()).toEqual(['public-key', 'public-key']);
			expect(pageErrors).toEqual([]);
			if (!blind && !code.includes('fetch'))
				expect(site.ofType('ceremony.finished')).toHaveLength(2);
		}
	);

	test('everything at once', async () => {
		await page.goto(site.origin);
		for (const { title, code } of HOSTILE)
			if (!/navigator.credentials that|storage full|frozen navigator$/.test(title))
				await page.evaluate((code) => void (0, eval)(`(() => { ${code} })()`), code);
		expect(await useEverything()).toEqual(['public-key', 'public-key']);
		expect(pageErrors).toEqual([]);
	});

	test('failures inside are counted, and told with the next event that goes', async () => {
		await page.goto(site.origin);
		await page.evaluate(async () => {
			Object.defineProperty(AuthenticatorAttestationResponse.prototype, 'getTransports', {
				value: () => {
					throw new Error('no');
				}
			});
			const sdk = await window.load();
			await navigator.credentials.create({ publicKey: window.creation() });
			await sdk.flush();
			sdk.signIn({ method: 'passkey' });
			await sdk.flush();
		});
		const counts = site.events.map(({ omitted }) => omitted?.sdk_errors ?? 0);
		expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
	});
});

describe('what a page’s policy or network refuses', () => {
	test('a Content-Security-Policy without the endpoint: ceremonies succeed, the queue stays bounded', async () => {
		const elsewhere = createServer((_request, response) => response.end('{}'));
		await new Promise<void>((resolve) => elsewhere.listen(0, 'localhost', resolve));
		const endpoint = `http://localhost:${(elsewhere.address() as AddressInfo).port}`;
		site.pageHeaders = { 'content-security-policy': "default-src 'self'" };
		await page.goto(site.origin);
		const types = await page.evaluate(async (endpoint) => {
			const sdk = await window.load('', endpoint);
			const made = await navigator.credentials.create({ publicKey: window.creation() });
			const used = await navigator.credentials.get({ publicKey: window.request() });
			for (let i = 0; i < 500; i++) sdk.signIn({ method: 'password' });
			await sdk.flush();
			return [made?.type, used?.type];
		}, endpoint);
		elsewhere.close();
		expect(types).toEqual(['public-key', 'public-key']);
		expect(pageErrors).toEqual([]);
		const held = await page.evaluate(
			() =>
				(globalThis as never as { [key: symbol]: { queue: unknown[] } })[
					Symbol.for('@passlens/sdk/1')
				]!.queue.length
		);
		expect(held).toBe(200);
	});

	test('a script that is blocked: the documented import keeps the page as it is', async () => {
		await page.route('**/sdk/*.js', (route) => route.abort());
		await page.goto(site.origin);
		const type = await page.evaluate(async () => {
			const script = Object.assign(document.createElement('script'), {
				type: 'module',
				src: '/sdk/index.js'
			});
			const failed = new Promise((resolve) => (script.onerror = resolve));
			document.head.append(script);
			await failed;
			return (await navigator.credentials.create({ publicKey: window.creation() }))?.type;
		});
		expect(type).toBe('public-key');
		expect(pageErrors).toEqual([]);
	});
});
