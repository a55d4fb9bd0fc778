import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { openSdkPage, type SdkSite } from './support/sdk-page.ts';

let browser: Browser;
let page: Page;
let site: SdkSite;

beforeAll(async () => (browser = await launchBrowser()));
afterAll(() => browser.close());
beforeEach(async () => ({ page, site } = await openSdkPage(browser)));
afterEach(() => site.close());

const open = (path = '/') => page.goto(site.origin + path);
const flush = () => page.evaluate(() => window.sdk.flush());

describe('in company', () => {
	test('two copies of the SDK report each ceremony once and share its id', async () => {
		await addVirtualAuthenticator(page);
		await open();
		const ids = await page.evaluate(async () => {
			const first = await window.load('?first');
			const second = await window.load('?second');
			await navigator.credentials.create({ publicKey: window.creation() });
			return {
				distinct: first.init !== second.init,
				ids: [first.ceremonyId(), second.ceremonyId()]
			};
		});
		await flush();
		expect(ids.distinct).toBe(true);
		expect(ids.ids[0]).toBe(ids.ids[1]);
		expect(site.ofType('ceremony.started')).toHaveLength(1);
		expect(site.ofType('ceremony.finished')).toHaveLength(1);
	});

	test.each(['before', 'after'] as const)(
		'an extension that replaced the method %s us and hands on is one ceremony, with its mark',
		async (order) => {
			await addVirtualAuthenticator(page);
			await open();
			await page.evaluate(async (order) => {
				if (order === 'after') await window.load();
				navigator.credentials.create = window.passOn('create') as CredentialsContainer['create'];
				if (order === 'before') await window.load();
				await navigator.credentials.create({ publicKey: window.creation() });
			}, order);
			await flush();
			expect(site.ofType('ceremony.started')).toHaveLength(1);
			expect(site.ofType('ceremony.finished')).toMatchObject([
				{ outcome: 'succeeded', evidence: { api_replaced: true } }
			]);
		}
	);

	test.each(['before', 'after'] as const)(
		'an extension that replaced the method %s us and answers by itself is seen too',
		async (order) => {
			await open();
			const answer = await page.evaluate(async (order) => {
				const answer = { id: 'AQID', type: 'public-key', response: {} };
				if (order === 'after') await window.load();
				navigator.credentials.get = async () => answer as never;
				if (order === 'before') await window.load();
				return (
					(await navigator.credentials.get({ publicKey: window.request() })) === (answer as unknown)
				);
			}, order);
			await flush();
			expect(answer).toBe(true);
			expect(site.ofType('ceremony.finished')).toMatchObject([
				{ outcome: 'succeeded', evidence: { api_replaced: true } }
			]);
		}
	);

	test.each(['before', 'after'] as const)(
		'one that replaced the prototype method %s us is one ceremony, with its mark',
		async (order) => {
			await addVirtualAuthenticator(page);
			await open();
			await page.evaluate(async (order) => {
				const replace = () => {
					const inner = CredentialsContainer.prototype.create;
					CredentialsContainer.prototype.create = async function (options) {
						await null;
						return inner.call(this, options);
					};
				};
				if (order === 'before') replace();
				await window.load();
				if (order === 'after') replace();
				await navigator.credentials.create({ publicKey: window.creation() });
			}, order);
			await flush();
			expect(site.ofType('ceremony.finished')).toMatchObject([
				{ outcome: 'succeeded', evidence: { api_replaced: true } }
			]);
		}
	);

	test('two extensions, one before us and one after, that hand on to each other are one ceremony', async () => {
		await addVirtualAuthenticator(page);
		await open();
		await page.evaluate(async () => {
			navigator.credentials.create = window.passOn('create') as CredentialsContainer['create'];
			await window.load();
			navigator.credentials.create = window.passOn('create') as CredentialsContainer['create'];
			await navigator.credentials.create({ publicKey: window.creation() });
		});
		await flush();
		expect(site.ofType('ceremony.started')).toHaveLength(1);
		expect(site.ofType('ceremony.finished')).toMatchObject([{ outcome: 'succeeded' }]);
	});

	test('an extension that defines its own property over ours is seen where it hands on', async () => {
		await addVirtualAuthenticator(page);
		await open();
		await page.evaluate(async () => {
			await window.load();
			Object.defineProperty(navigator.credentials, 'create', { value: window.passOn('create') });
			await navigator.credentials.create({ publicKey: window.creation() });
		});
		await flush();
		expect(site.ofType('ceremony.finished')).toMatchObject([
			{ outcome: 'succeeded', evidence: { api_replaced: true } }
		]);
	});

	test('an extension that puts back what it found leaves no mark', async () => {
		await addVirtualAuthenticator(page);
		await open();
		await page.evaluate(async () => {
			await window.load();
			const found = navigator.credentials.create;
			navigator.credentials.create = window.passOn('create') as CredentialsContainer['create'];
			navigator.credentials.create = found;
			await navigator.credentials.create({ publicKey: window.creation() });
		});
		await flush();
		expect(site.ofType('ceremony.finished')).toMatchObject([{ evidence: { api_replaced: false } }]);
	});

	test('a second request with the same options right after an abort is a ceremony of its own', async () => {
		await addVirtualAuthenticator(page);
		await open();
		await page.evaluate(async () => {
			await window.load();
			await navigator.credentials.create({ publicKey: window.creation() });
			const publicKey = window.request();
			const controller = new AbortController();
			const autofill = navigator.credentials.get({
				publicKey,
				mediation: 'conditional',
				signal: controller.signal
			});
			controller.abort();
			await Promise.allSettled([autofill, navigator.credentials.get({ publicKey })]);
		});
		await flush();
		expect(site.ofType('ceremony.started')).toHaveLength(3);
	});
});
