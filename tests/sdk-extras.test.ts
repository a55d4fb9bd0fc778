import type * as Debug from '@passlens/sdk/debug';
import type * as Helper from '@passlens/sdk/simplewebauthn';
import type * as Tracing from '@passlens/sdk/trace';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { bundlePage } from './support/bundle-page.ts';
import { openSdkPage, type SdkSite } from './support/sdk-page.ts';
import { violations } from './support/violations.ts';

declare global {
	interface Window {
		extras: typeof Debug & typeof Helper & typeof Tracing;
	}
}

let browser: Browser;
let extras: string;
let page: Page;
let site: SdkSite;

beforeAll(async () => {
	[browser, extras] = await Promise.all([
		launchBrowser(),
		bundlePage({
			source: `
				import * as debug from '@passlens/sdk/debug';
				import * as helper from '@passlens/sdk/simplewebauthn';
				import * as trace from '@passlens/sdk/trace';
				window.extras = { ...debug, ...helper, ...trace };`
		})
	]);
});
afterAll(() => browser.close());
beforeEach(async () => {
	({ page, site } = await openSdkPage(browser));
	await page.route('**/extras.js', (route) =>
		route.fulfill({ contentType: 'text/javascript', body: extras })
	);
	// As strict as a page can be about styles and markup: the overlay must live with it.
	await page.route(`${site.origin}/`, (route) =>
		route.fulfill({
			contentType: 'text/html',
			headers: {
				'content-security-policy':
					"default-src 'self' https://api.example.com https://other.example; require-trusted-types-for 'script'"
			},
			body: '<!doctype html><html lang="en"><title>Site</title><script type="module" src="/extras.js"></script><main><h1>Site</h1><p>A page.</p></main></html>'
		})
	);
	await addVirtualAuthenticator(page);
	await page.goto(site.origin);
});
afterEach(() => site.close());

const flush = () => page.evaluate(() => window.sdk.flush());

describe('@passlens/sdk/debug', () => {
	let overlay: Locator;
	const layout = () =>
		page.evaluate(() => [
			document.documentElement.scrollWidth,
			document.documentElement.scrollHeight,
			...[...document.querySelectorAll('body, h1, p')].map((it) =>
				JSON.stringify(it.getBoundingClientRect())
			)
		]);

	beforeEach(async () => {
		overlay = page.locator('passlens-debug');
		await page.evaluate(async () => {
			await window.load();
		});
	});

	/** A passkey made and one refusal, with the overlay on. */
	const play = async () => {
		await page.evaluate(async () => {
			window.extras.startDebug();
			await navigator.credentials.create({ publicKey: window.creation() });
			await navigator.credentials
				.get({ publicKey: window.request({ rpId: 'example.org' }) })
				.catch(() => undefined);
		});
		await flush();
	};

	test('shows each event as it was sent, what was derived, and what the collector said', async () => {
		await play();
		await overlay.getByRole('button', { name: /Passlens/ }).click();
		const created = overlay.getByRole('listitem').filter({ hasText: 'Passkey created' });
		await created.locator('summary').click();
		await expect.poll(() => created.locator('.mark').textContent()).toBe('taken');
		expect(await created.locator('dl').innerText()).toMatch(/Backed up \(BE, BS\)\s+synced/);
		const shown = JSON.parse((await created.locator('pre').textContent())!) as { id: string };
		const [sent] = site.ofType('ceremony.finished');
		expect(sent).toMatchObject(shown);
		expect(await overlay.getByRole('listitem').filter({ hasText: 'SecurityError' }).count()).toBe(
			1
		);
	});

	test('leaves the page’s layout and focus alone, and goes without a trace', async () => {
		const before = await layout();
		const markup = await page.evaluate(() => document.documentElement.outerHTML);
		const focus = await page.evaluate(() => {
			const stop = window.extras.startDebug();
			Object.assign(window, { stop });
			return document.activeElement === document.body;
		});
		expect(focus).toBe(true);
		expect(await layout()).toEqual(before);
		await page.evaluate(() => (window as unknown as { stop(): void }).stop());
		expect(await page.evaluate(() => document.documentElement.outerHTML)).toBe(markup);
	});

	test.each(['light', 'dark'] as const)('can be read and used by all, %s', async (colorScheme) => {
		await page.emulateMedia({ colorScheme });
		await play();
		const toggle = overlay.getByRole('button', { name: /Passlens/ });
		await toggle.focus();
		await page.keyboard.press('Enter');
		await overlay.locator('summary').first().click();
		expect(await violations(page)).toEqual([]);
		await page.keyboard.press('Escape');
		expect(
			await toggle.evaluate((it) => it === (it.getRootNode() as ShadowRoot).activeElement)
		).toBe(true);
	});

	test('shows each event to listeners, and a listener that throws harms nobody', async () => {
		const seen = await page.evaluate(async () => {
			const { sdk } = window;
			const seen: string[] = [];
			window.extras.onEvent(() => {
				throw new Error('no');
			});
			const end = window.extras.onEvent((event) => seen.push(event.type));
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

	test('writes a table of what was derived to the console', async () => {
		const written: string[] = [];
		page.on('console', (message) => written.push(`${message.type()} ${message.text()}`));
		await play();
		expect(written.join('\n')).toMatch(/\[passlens\] ceremony\.finished · Passkey created/);
		expect(written.filter((line) => line.startsWith('table')).length).toBeGreaterThan(1);
	});
});

describe('@passlens/sdk/simplewebauthn', () => {
	test('gives what the library gives, and adds its code to the ceremony that failed', async () => {
		const names = await page.evaluate(async () => {
			await window.load();
			const { startAuthentication, startRegistration } = window.extras;
			const text = (length: number) => 'A'.repeat(length);
			const options = {
				challenge: text(43),
				rp: { name: 'Site', id: 'localhost' },
				user: { id: text(22), name: 'ada', displayName: 'Ada' },
				pubKeyCredParams: [{ type: 'public-key', alg: -7 } as const],
				attestation: 'none' as const
			};
			const { id } = await startRegistration({ optionsJSON: options });
			const fail = (call: Promise<unknown>) =>
				call.then(String, (error: Error & { code: string }) => `${error.name} ${error.code}`);
			return [
				await fail(
					startRegistration({
						optionsJSON: { ...options, excludeCredentials: [{ type: 'public-key', id }] }
					})
				),
				await fail(
					startAuthentication({ optionsJSON: { challenge: text(43), rpId: 'example.org' } })
				),
				await fail(
					startAuthentication({
						optionsJSON: {
							challenge: text(43),
							allowCredentials: [{ type: 'public-key', id: text(43) }]
						}
					})
				)
			];
		});
		await flush();
		expect(names).toEqual([
			'InvalidStateError ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED',
			'SecurityError ERROR_INVALID_RP_ID',
			'NotAllowedError ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY'
		]);
		expect(
			site.ofType('ceremony.finished').map(({ error }) => error && `${error.name} ${error.code}`)
		).toEqual([undefined, ...names]);
	});
});

describe('@passlens/sdk/trace', () => {
	test('gives its header to the page’s own requests and the origins named, and to no other', async () => {
		const headers: Record<string, string | undefined> = {};
		await page.route(/example/, (route) =>
			route.fulfill({ headers: { 'access-control-allow-origin': '*' }, body: '{}' })
		);
		page.on('request', (request) => {
			if (/asked/.test(request.url())) headers[request.url()] = request.headers().traceparent;
		});
		const traceparent = await page.evaluate(async () => {
			const trace = window.extras.startTrace({ origins: ['https://api.example.com'] });
			await trace.fetch('/asked');
			await trace.fetch(new Request('/asked/request', { headers: { 'x-own': '1' } }));
			await trace.fetch('https://api.example.com/asked', { method: 'POST', body: '{}' });
			await trace.fetch(new URL('https://other.example/asked'));
			await trace.fetch('/asked/own', { headers: { traceparent: 'own' } });
			return trace.traceparent;
		});
		expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
		expect(headers).toEqual({
			[`${site.origin}/asked`]: traceparent,
			[`${site.origin}/asked/request`]: traceparent,
			'https://api.example.com/asked': traceparent,
			'https://other.example/asked': undefined,
			[`${site.origin}/asked/own`]: 'own'
		});
	});

	test('ties the ceremonies that start under it, to their end, and none after it', async () => {
		const [first, second] = await page.evaluate(async () => {
			await window.load();
			const one = window.extras.startTrace();
			const ceremony = navigator.credentials.create({ publicKey: window.creation() });
			const two = window.extras.startTrace({
				traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
			});
			await ceremony;
			await navigator.credentials.get({ publicKey: window.request() });
			two.end();
			await navigator.credentials.get({ publicKey: window.request() });
			return [one.traceparent, two.traceparent];
		});
		await flush();
		expect(second).toBe(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
		const traces = [first, second, undefined];
		expect(site.ofType('ceremony.started').map((event) => event.traceparent)).toEqual(traces);
		expect(site.ofType('ceremony.finished').map((event) => event.traceparent)).toEqual(traces);
	});

	test('outlives a careless caller', async () => {
		const outcome = await page.evaluate(async () => {
			const trace = window.extras.startTrace({ origins: ['nonsense'], traceparent: 'nonsense' });
			const failed = await trace.fetch('http://[').catch((error: Error) => error.name);
			return [failed, /^00-/.test(trace.traceparent), trace.headersFor('http://[')];
		});
		expect(outcome).toEqual(['TypeError', true, {}]);
	});
});
