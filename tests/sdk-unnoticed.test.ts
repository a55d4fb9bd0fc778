/** A ceremony with the SDK behaves to the last detail as without it: each case is run in both pages, and the answers compared. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addVirtualAuthenticator, launchBrowser, SYNCED_PLATFORM } from './support/browser.ts';
import { openSdkPage, type SdkSite } from './support/sdk-page.ts';

let browser: Browser;
let page: Page;
let site: SdkSite;
/** Errors nobody handled, as the page's own error reporting would get them. */
let pageErrors: string[];

beforeAll(async () => (browser = await launchBrowser()));
afterAll(() => browser.close());
beforeEach(async () => {
	({ page, site } = await openSdkPage(browser));
	pageErrors = [];
	page.on('pageerror', (error) => pageErrors.push(String(error)));
});
afterEach(() => site.close());

/** What `code` evaluates to in a page without the SDK, and in one with it. */
async function both(code: string): Promise<[without: unknown, withSdk: unknown]> {
	await page.goto(site.origin);
	const without = await page.evaluate(code);
	await page.goto(site.origin);
	await page.evaluate(() => window.load());
	return [without, await page.evaluate(code)];
}

/** Settles a call into what a page could see of it. */
const SEEN = `
	const seen = async (call) => {
		try {
			const value = await call();
			return [Object.prototype.toString.call(value), value instanceof PublicKeyCredential];
		} catch (error) {
			return [
				String(error), typeof error, error instanceof DOMException, error instanceof Error,
				error?.code, Object.prototype.toString.call(error)
			];
		}
	};
`;
const script = (body: string) => `(async () => { ${SEEN} ${body} })()`;

describe('a page sees the same with the SDK as without it', () => {
	test.each<[title: string, body: string]>([
		[
			'a registration and a sign-in',
			`return [
				await seen(() => navigator.credentials.create({ publicKey: creation() })),
				await seen(() => navigator.credentials.get({ publicKey: request() }))
			];`
		],
		[
			'a relying party of another site',
			`return seen(() => navigator.credentials.get({ publicKey: request({ rpId: 'example.org' }) }));`
		],
		[
			'options that are none',
			`return [
				await seen(() => navigator.credentials.get({ publicKey: {} })),
				await seen(() => navigator.credentials.get({ publicKey: 7 })),
				await seen(() => navigator.credentials.create({ publicKey: null })),
				await seen(() => navigator.credentials.create(undefined)),
				await seen(() => navigator.credentials.get('text'))
			];`
		],
		[
			'options whose getters throw, in the order they are read',
			`const read = [];
			const spy = (name, value) => ({ enumerable: true, get() { read.push(name); if (value === undefined) throw new RangeError(name); return value; } });
			const options = Object.defineProperties({}, { mediation: spy('mediation', 'optional'), publicKey: spy('publicKey') });
			const end = await seen(() => navigator.credentials.get(options));
			const native = read.slice(0, read.indexOf('publicKey') + 1);
			return [end, native];`
		],
		[
			'a call on the wrong object',
			`return [
				await seen(() => CredentialsContainer.prototype.get.call({}, { publicKey: request() })),
				await seen(() => navigator.credentials.create.call(undefined, { publicKey: creation() }))
			];`
		],
		[
			'an abort with an error, with a bare string, with nothing, before and after the call',
			`const outcomes = [];
			for (const reason of [new TypeError('mine'), 'ada said no', undefined, null, 7]) {
				const early = new AbortController();
				early.abort(reason);
				outcomes.push(await seen(() => navigator.credentials.get({ publicKey: request(), signal: early.signal })));
				const late = new AbortController();
				const call = navigator.credentials.get({ publicKey: request(), signal: late.signal, mediation: 'conditional' });
				late.abort(reason);
				outcomes.push(await seen(() => call));
			}
			return outcomes;`
		],
		[
			'an immediate request without a passkey',
			`return seen(() => navigator.credentials.get({ publicKey: request(), uiMode: 'immediate' }));`
		],
		[
			'the promise: its class, its keys, its species',
			`const call = navigator.credentials.create({ publicKey: creation() });
			return [call.constructor === Promise, call instanceof Promise, Reflect.ownKeys(call), String(call), await seen(() => call)];`
		],
		[
			'the methods: names, lengths, text, prototypes, properties of the prototype',
			`return ['create', 'get'].map((name) => {
				const method = navigator.credentials[name];
				const property = Object.getOwnPropertyDescriptor(CredentialsContainer.prototype, name);
				return [
					method.name, method.length, method.toString(), String(method), typeof method,
					Object.getPrototypeOf(method) === Function.prototype, 'prototype' in method, Reflect.ownKeys(method),
					{ ...property, value: property.value === method }, Object.keys(navigator.credentials),
					name in navigator.credentials, [...Object.getOwnPropertyNames(CredentialsContainer.prototype)]
				];
			});`
		],
		[
			'a method called as a constructor',
			`try { new navigator.credentials.get(); return 'made'; } catch (error) { return error.name; }`
		],
		[
			'a request in a frame of the same origin',
			`const frame = document.body.appendChild(document.createElement('iframe'));
			frame.src = '/frame';
			await new Promise((loaded) => (frame.onload = loaded));
			return seen(() => frame.contentWindow.navigator.credentials.create({ publicKey: creation() }));`
		],
		[
			'the Signal API',
			`return [
				await seen(() => PublicKeyCredential.signalUnknownCredential({ rpId: 'localhost', credentialId: 'AQID' })),
				await seen(() => PublicKeyCredential.signalUnknownCredential({ rpId: 'localhost', credentialId: '%' })),
				await seen(() => PublicKeyCredential.signalUnknownCredential()),
				PublicKeyCredential.signalUnknownCredential.length, PublicKeyCredential.signalUnknownCredential.name
			];`
		]
	])('%s', async (_title, body) => {
		await addVirtualAuthenticator(page);
		const [without, withSdk] = await both(script(body));
		expect(withSdk).toEqual(without);
		expect(pageErrors).toEqual([]);
	});

	test('a second request while one is open', async () => {
		await addVirtualAuthenticator(page, { ...SYNCED_PLATFORM, automaticPresenceSimulation: false });
		const [without, withSdk] = await both(
			script(`
			const controller = new AbortController();
			const first = seen(() => navigator.credentials.create({ publicKey: creation(), signal: controller.signal }));
			const second = await seen(() => navigator.credentials.create({ publicKey: creation() }));
			controller.abort();
			return [second, await first];`)
		);
		expect(without).toEqual([
			expect.arrayContaining(['OperationError: A request is already pending.']),
			expect.arrayContaining([expect.stringMatching(/^AbortError/)])
		]);
		expect(withSdk).toEqual(without);
	});

	test('a rejection nobody handles is reported as one, and one handled late as that', async () => {
		await addVirtualAuthenticator(page);
		const [without, withSdk] = await both(
			script(`
			const heard = [];
			addEventListener('unhandledrejection', (event) => { event.preventDefault(); heard.push(['unhandled', event.reason.name, event.promise === call]); });
			addEventListener('rejectionhandled', (event) => heard.push(['handled', event.promise === call]));
			const call = navigator.credentials.get({ publicKey: request({ rpId: 'example.org' }) });
			await new Promise((later) => setTimeout(later, 200));
			call.catch(() => undefined);
			await new Promise((later) => setTimeout(later, 200));
			return heard;`)
		);
		expect(without).toEqual([
			['unhandled', 'SecurityError', true],
			['handled', true]
		]);
		expect(withSdk).toEqual(without);
	});

	test('a user’s click is still there for the call, and for what comes after it', async () => {
		await addVirtualAuthenticator(page);
		const click = async (load: boolean) => {
			await page.goto(site.origin);
			await page.evaluate(async (load) => {
				if (load) await window.load();
				const native = CredentialsContainer.prototype.get;
				const seen: unknown[] = [];
				if (!load) void native;
				document.body.innerHTML = '<button>Sign in</button>';
				document.querySelector('button')!.onclick = () => {
					seen.push(navigator.userActivation.isActive);
					navigator.credentials
						.get({ publicKey: window.request() })
						.catch((error: Error) => seen.push(error.name));
					seen.push(navigator.userActivation.isActive);
				};
				Object.assign(window, { seen });
			}, load);
			await page.click('button');
			await page.waitForFunction('seen.length === 3');
			return page.evaluate('seen');
		};
		const without = await click(false);
		expect(await click(true)).toEqual(without);
		await page.evaluate(() => window.sdk.flush());
		expect(site.ofType('ceremony.finished')).toMatchObject([
			{ evidence: { user_activation: true } }
		]);
	});
});
