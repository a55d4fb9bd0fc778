/** What a user does over several pages: flows, consent, what is kept and what is left out. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addVirtualAuthenticator, launchBrowser, SYNCED_PLATFORM } from './support/browser.ts';
import { openSdkPage, type SdkSite } from './support/sdk-page.ts';

let browser: Browser;
let page: Page;
let site: SdkSite;

const UNTOUCHED = { ...SYNCED_PLATFORM, automaticPresenceSimulation: false };

beforeAll(async () => (browser = await launchBrowser()));
afterAll(() => browser.close());
beforeEach(async () => ({ page, site } = await openSdkPage(browser)));
afterEach(() => site.close());

const open = (path = '/') => page.goto(site.origin + path);
const flush = () => page.evaluate(() => window.sdk.flush());

describe('a flow', () => {
	test('goes over the pages of the tab, and its end says what was chosen instead and why', async () => {
		await addVirtualAuthenticator(page);
		await open('/identifier');
		await page.evaluate(async () => {
			const sdk = await window.load();
			sdk.flow.started({ purpose: 'sign_in', offered: ['passkey', 'password'] });
			sdk.flow.chose('passkey');
			// No passkey here: it is refused.
			await navigator.credentials.get({ publicKey: window.request() }).catch(() => undefined);
		});
		await open('/password');
		await page.evaluate(async () => {
			const sdk = await window.load();
			sdk.flow.chose('password');
			sdk.flow.reached('Password entered');
			sdk.flow.finished({ method: 'password' });
			sdk.signIn({ method: 'otp' });
			await sdk.flush();
		});
		const [started] = site.ofType('flow.started');
		expect(started).toMatchObject({ purpose: 'sign_in', offered_methods: ['passkey', 'password'] });
		expect(site.ofType('flow.chosen').map(({ method }) => method)).toEqual(['passkey', 'password']);
		expect(site.ofType('flow.reached')).toMatchObject([{ step: 'password-entered' }]);
		const end = { method: 'password', outcome: 'succeeded', fallback_reason: 'ceremony_failed' };
		expect(site.ofType('flow.finished')).toMatchObject([end]);
		const [failed] = site.ofType('ceremony.finished');
		const [reported, later] = site.ofType('signin.finished');
		expect(reported).toMatchObject(end);
		expect(later?.flow_id).toBeUndefined();
		// What the browser can do is told whenever it has answered.
		const inFlow = site.events.filter(
			({ flow_id, type }) => flow_id === started!.flow_id && type !== 'client.capabilities'
		);
		expect(inFlow.map(({ type }) => type).sort()).toEqual([
			...['ceremony.finished', 'ceremony.started', 'flow.chosen', 'flow.chosen', 'flow.finished'],
			...['flow.reached', 'flow.started', 'signin.finished']
		]);
		expect(failed?.session_id).toBe(reported?.session_id);
	});

	test('that ends with the passkey carries its ceremony, and no reason', async () => {
		await addVirtualAuthenticator(page);
		await open();
		const id = await page.evaluate(async () => {
			const sdk = await window.load();
			await navigator.credentials.create({ publicKey: window.creation() });
			sdk.flow.started({ purpose: 'sign_in' });
			const wrong = window.request({ rpId: 'example.org' });
			await navigator.credentials.get({ publicKey: wrong }).catch(() => undefined);
			await navigator.credentials.get({ publicKey: window.request() });
			sdk.flow.finished({ method: 'passkey' });
			sdk.flow.chose('password');
			sdk.flow.finished();
			await sdk.flush();
			return sdk.ceremonyId();
		});
		expect(site.ofType('signin.finished')).toMatchObject([{ method: 'passkey', ceremony_id: id }]);
		expect(site.ofType('signin.finished')[0]).not.toHaveProperty('fallback_reason');
		expect(site.ofType('flow.finished')).toHaveLength(1);
		expect(site.ofType('flow.chosen')).toEqual([]);
	});
});

describe('a page that is left', () => {
	test('with a request open tells that the user gave up, and of an untouched autofill request nothing', async () => {
		await addVirtualAuthenticator(page, UNTOUCHED);
		await open();
		await page.evaluate(async () => {
			await window.load();
			void navigator.credentials.get({ publicKey: window.request() });
		});
		await open('/elsewhere');
		await expect.poll(() => site.ofType('ceremony.finished').length).toBe(1);
		expect(site.ofType('ceremony.finished')).toMatchObject([
			{ outcome: 'abandoned', evidence: { page_left: true } }
		]);
		await page.evaluate(async () => {
			await window.load();
			void navigator.credentials.get({ publicKey: window.request(), mediation: 'conditional' });
		});
		await open();
		await expect.poll(() => site.ofType('ceremony.started').length).toBe(2);
		expect(site.ofType('ceremony.finished')).toHaveLength(1);
	});

	test('while the collector is away hands its events to the next page, under the same ids', async () => {
		site.status = 503;
		await addVirtualAuthenticator(page);
		await open();
		await page.evaluate(async () => {
			const sdk = await window.load();
			await sdk.identify('user-1');
			await navigator.credentials.create({ publicKey: window.creation() });
			for (let i = 0; i < 45; i++) sdk.signIn({ method: 'password' });
			await sdk.flush();
		});
		const tried = new Set(site.refused.map(({ id }) => id));
		await open('/second');
		await page.evaluate(() => window.load());
		await flush();
		await open('/third');
		expect(site.events).toEqual([]);
		site.status = 202;
		await page.evaluate(() => window.load());
		await flush();
		expect(site.ofType('signin.finished')).toHaveLength(45);
		expect(site.ofType('client.capabilities')).toHaveLength(1);
		expect(site.ofType('ceremony.finished')[0]?.credential?.credential_ref).toHaveLength(43);
		const ids = new Set(site.events.map(({ id }) => id));
		expect(ids.size).toBe(48);
		expect([...tried].filter((id) => !ids.has(id))).toEqual([]);
	});
});

describe('consent', () => {
	const useBoth = (more: object) =>
		page.evaluate(async (more) => {
			const sdk = await window.load('', location.origin, 'pk_test', more);
			await sdk.identify('user-1');
			await navigator.credentials.create({ publicKey: window.creation() });
			await PublicKeyCredential.signalUnknownCredential({
				rpId: 'localhost',
				credentialId: 'AQIDBAUGBwg'
			});
			await sdk.flush();
			return [sdk.ceremonyId(), sessionStorage.length] as const;
		}, more);

	test('to be anonymous: ceremonies are told, no reference is, and nothing is kept in the browser', async () => {
		await addVirtualAuthenticator(page);
		await open();
		const [id, kept] = await useBoth({ consent: 'anonymous' });
		expect(id).toBeDefined();
		expect(kept).toBe(0);
		expect(site.ofType('ceremony.finished')).toMatchObject([
			{ outcome: 'succeeded', credential: { backup_state: true } }
		]);
		expect(JSON.stringify(site.events)).not.toContain('_ref');
		await open('/second');
		await useBoth({ consent: 'anonymous' });
		expect(new Set(site.events.map(({ session_id }) => session_id)).size).toBe(2);
	});

	test('refused: nothing is observed, kept or sent, and no id names the ceremony to the server', async () => {
		await addVirtualAuthenticator(page);
		await open();
		const [id, kept] = await useBoth({ consent: 'off' });
		await open('/second');
		expect([id, kept]).toEqual([undefined, 0]);
		expect(site.requests).toEqual([]);
	});

	test('given later counts from then on, taken back at once', async () => {
		await addVirtualAuthenticator(page);
		await open();
		await useBoth({ consent: 'off' });
		await page.evaluate(async () => {
			window.sdk.consent('full');
			await navigator.credentials.get({ publicKey: window.request() });
			await window.sdk.flush();
			await navigator.credentials.get({ publicKey: window.request() });
			window.sdk.consent('off');
			await window.sdk.flush();
		});
		expect(site.ofType('ceremony.finished')).toMatchObject([{ ceremony_type: 'authentication' }]);
		expect(site.ofType('ceremony.finished')[0]?.user_ref).toHaveLength(43);
		expect(site.ofType('client.capabilities')).toHaveLength(1);
		expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
	});

	test.each([
		['is anonymous unless the site says otherwise', {}, false],
		['is what the user agreed to where the site asked', { consent: 'full' }, true]
	])('of a browser with Global Privacy Control %s', async (_title, more, referred) => {
		await addVirtualAuthenticator(page);
		await page.addInitScript(() =>
			Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })
		);
		await open();
		await useBoth(more);
		expect(site.ofType('ceremony.finished')).toHaveLength(1);
		expect(JSON.stringify(site.events).includes('_ref')).toBe(referred);
	});

	test('or not, no page sets a cookie, and no request carries one', async () => {
		site.pageHeaders = { 'set-cookie': 'site=1; Path=/' };
		await addVirtualAuthenticator(page);
		await open();
		await useBoth({});
		expect(await page.context().cookies()).toMatchObject([{ name: 'site' }]);
		expect(site.cookies).toEqual([]);
		expect(site.requests.length).toBeGreaterThan(0);
	});
});

describe('sampling', () => {
	test('leaves out autofill requests nobody touches, counts them, and never one that somebody did', async () => {
		await addVirtualAuthenticator(page);
		await open();
		await page.evaluate(async () => {
			const sdk = await window.load('', location.origin, 'pk_test', { conditionalSampling: 0 });
			await navigator.credentials.create({ publicKey: window.creation() });
			const get = (signal?: AbortSignal) =>
				navigator.credentials.get({
					publicKey: window.request(),
					mediation: 'conditional',
					...(signal && { signal })
				});
			for (let i = 0; i < 3; i++) {
				const controller = new AbortController();
				const call = get(controller.signal).catch(() => undefined);
				controller.abort();
				await call;
			}
			await get();
			await sdk.flush();
			sdk.signIn({ method: 'passkey' });
			await sdk.flush();
		});
		const autofill = site
			.ofType('ceremony.started')
			.filter(({ request }) => request.mediation === 'conditional');
		const picked = site
			.ofType('ceremony.finished')
			.filter(({ request }) => request.mediation === 'conditional');
		expect(autofill).toHaveLength(1);
		expect(picked).toMatchObject([{ outcome: 'succeeded', ceremony_id: autofill[0]!.ceremony_id }]);
		expect(autofill[0]!.time_unix_ms).toBeLessThanOrEqual(picked[0]!.time_unix_ms);
		const counted = site.events.map(({ omitted }) => omitted?.sampled_out_events ?? 0);
		expect(counted.reduce((sum, count) => sum + count, 0)).toBe(3);
	});

	test('counts one that is left with its page on the next', async () => {
		await addVirtualAuthenticator(page, UNTOUCHED);
		await open();
		await page.evaluate(async () => {
			const sdk = await window.load('', location.origin, 'pk_test', { conditionalSampling: 0 });
			void navigator.credentials.get({ publicKey: window.request(), mediation: 'conditional' });
			await sdk.flush();
		});
		await open('/second');
		await page.evaluate(async () => {
			const sdk = await window.load();
			sdk.signIn({ method: 'password' });
			await sdk.flush();
		});
		expect(site.ofType('ceremony.started')).toEqual([]);
		const counted = site.events.map(({ omitted }) => omitted?.sampled_out_events ?? 0);
		expect(counted.reduce((sum, count) => sum + count, 0)).toBe(1);
	});
});
