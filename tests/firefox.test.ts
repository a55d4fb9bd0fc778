import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestCollector, type TestCollector } from '../collector/testing/harness.ts';
import { createProject } from '../settings/projects.ts';
import { findFirefox, WITHOUT_FIREFOX } from '../tools/find-firefox.mjs';
import { privacyWatch } from './support/privacy-watch.ts';
import { launchFirefox, type Firefox, type SoftToken } from './support/firefox.ts';
import { PAGE_HELPERS, serveSdkSite, type SdkSite } from './support/sdk-page.ts';
import { until } from './support/until.ts';

const FIREFOX = findFirefox();

let firefox: Firefox;
let collector: TestCollector;
let site: SdkSite;
let projectKey: string;
let page: Page;
let token: SoftToken;

describe.skipIf(!FIREFOX)(FIREFOX ? 'Firefox' : WITHOUT_FIREFOX, () => {
	beforeAll(async () => {
		[firefox, collector, site] = await Promise.all([
			launchFirefox(FIREFOX!),
			startTestCollector(),
			serveSdkSite()
		]);
		({ ingestKey: projectKey } = await createProject(collector.settings, {
			id: 'firefox',
			name: 'Firefox',
			origins: [site.origin]
		}));
	});
	afterAll(async () => {
		await firefox?.close();
		await collector?.close();
		await site?.close();
	});
	beforeEach(async () => {
		token = await firefox.plugIn();
		page = await firefox.newPage();
		await page.evaluateOnNewDocument(PAGE_HELPERS);
		await page.goto(site.origin);
		await page.bringToFront();
	});
	afterEach(() => page.close());

	/** Starts the SDK against the real collector. */
	const load = async () => {
		await page.evaluate(
			async (endpoint, key) => void (await window.load('', endpoint, key)),
			collector.url,
			projectKey
		);
	};

	/** The page's ceremonies as the collector knows them, oldest first. */
	const told = async (count: number) => {
		await page.evaluate(() => window.sdk.flush());
		// The SDK's own word: where it keeps the session is its affair.
		const session = await page.evaluate(
			() =>
				(globalThis as unknown as Record<symbol, { context: { session_id: string } }>)[
					Symbol.for('@passlens/sdk/1')
				]!.context.session_id
		);
		return until(async () => {
			await collector.stored();
			const rows = await collector.query<Record<string, unknown>>(
				`SELECT * FROM ceremonies_v1 WHERE session_id = '${session}' ORDER BY toString(ceremony_id)`
			);
			expect(rows).toHaveLength(count);
			return rows;
		});
	};

	const nameOf = (call: string): Promise<string> =>
		page.evaluate(
			`Promise.resolve().then(() => ${call}).then(() => 'no error', (error) => error.name)`
		) as Promise<string>;

	test('creates a passkey and signs in with it, told with what the page can derive', async () => {
		await load();
		await page.evaluate(async () => {
			await navigator.credentials.create({
				publicKey: window.creation({ extensions: { credProps: true } })
			});
			await navigator.credentials.get({ publicKey: window.request() });
		});
		expect(await told(2)).toMatchObject([
			{
				ceremony_type: 'registration',
				outcome: 'succeeded',
				aaguid: '68e100a5-0b47-9104-b854-97a9ba510638',
				browser_name: 'Firefox',
				backup_eligible: false,
				user_verified: true,
				api_replaced: false
			},
			{ ceremony_type: 'authentication', outcome: 'succeeded', browser_name: 'Firefox' }
		]);
	});

	test('is watched for what must not leave, as Chromium is', () => {
		const kept = new Set(privacyWatch.secrets.map(({ name }) => name));
		expect([...kept].sort()).toEqual([
			...['attestation object', 'challenge', 'client data', 'credential id', 'public key'],
			...['signature', 'user handle', 'user name']
		]);
		const sent = privacyWatch.requests().map(({ content }) => content.toString());
		expect(sent.join('\n')).toContain('"ceremony.finished"');
		expect(privacyWatch.findings()).toEqual([]);
	});

	test('shows the page its own methods: name, length, text and property table', async () => {
		const look = () =>
			page.evaluate(() =>
				[navigator.credentials.create, navigator.credentials.get].map((method) => [
					method.name,
					method.length,
					method.toString(),
					/native code/.test(Function.prototype.toString.call(method)),
					Object.keys(navigator.credentials),
					JSON.stringify(
						Object.getOwnPropertyDescriptor(CredentialsContainer.prototype, method.name)
					)
				])
			);
		const before = await look();
		await load();
		expect(await look()).toEqual(before);
	});

	test('tells a cancelled dialog with its one message', async () => {
		await token.consents(false);
		await load();
		expect(await nameOf('navigator.credentials.create({ publicKey: creation() })')).toBe(
			'NotAllowedError'
		);
		expect(await told(1)).toMatchObject([
			{
				error_name: 'NotAllowedError',
				error_signature: expect.stringContaining('not allowed by the user agent or the platform')
			}
		]);
	});

	test('tells a passkey that is there already', async () => {
		await load();
		const name = await page.evaluate(async () => {
			const made = (await navigator.credentials.create({
				publicKey: window.creation()
			})) as PublicKeyCredential;
			const excludeCredentials = [{ type: 'public-key', id: made.rawId }];
			return navigator.credentials
				.create({ publicKey: window.creation({ excludeCredentials }) })
				.catch((error: Error) => error.name);
		});
		expect(name).toBe('InvalidStateError');
		expect(await told(2)).toMatchObject([{}, { cause: 'already_registered' }]);
	});

	test('tells a relying-party id of another site', async () => {
		await load();
		expect(
			await nameOf(`navigator.credentials.get({ publicKey: request({ rpId: 'example.org' }) })`)
		).toBe('SecurityError');
		expect(await told(1)).toMatchObject([{ cause: 'rp_id_mismatch' }]);
	});

	test('gives an abort’s bare string to the page untouched, and tells an abort', async () => {
		await token.replaceByNothing();
		await load();
		const reason = await page.evaluate(async () => {
			const controller = new AbortController();
			const call = navigator.credentials.get({
				publicKey: window.request(),
				signal: controller.signal
			});
			setTimeout(() => controller.abort('ada changed her mind'), 50);
			return call.catch((error) => error);
		});
		expect(reason).toBe('ada changed her mind');
		const [ceremony] = await told(1);
		expect(ceremony).toMatchObject({
			error_name: 'AbortError',
			error_signature: '',
			cause: 'aborted_by_page',
			outcome: 'aborted'
		});
	});

	test('ends an open request when the page makes another, and tells both apart', async () => {
		await token.replaceByNothing();
		await load();
		const names = await page.evaluate(async () => {
			const settle = (call: Promise<unknown>) => call.catch((error: Error) => error.name);
			const first = settle(navigator.credentials.get({ publicKey: window.request() }));
			const controller = new AbortController();
			const second = settle(
				navigator.credentials.get({ publicKey: window.request(), signal: controller.signal })
			);
			const names = [await first];
			controller.abort();
			return [...names, await second];
		});
		expect(names).toEqual(['AbortError', 'AbortError']);
		expect((await told(2)).map(({ cause }) => cause)).toEqual(['superseded', 'aborted_by_page']);
	});

	test('waits 15 seconds where a page asked for one, and the cause is the timeout', async () => {
		await token.replaceByNothing();
		await load();
		expect(
			await nameOf('navigator.credentials.get({ publicKey: request({ timeout: 1000 }) })')
		).toBe('NotAllowedError');
		expect(await told(1)).toMatchObject([{ cause: 'timed_out' }]);
	});

	test('leaves an autofill request that nobody touches open: its start alone is told', async () => {
		await load();
		await page.evaluate(() => {
			void navigator.credentials.get({ publicKey: window.request(), mediation: 'conditional' });
		});
		expect(await told(1)).toMatchObject([{ mediation: 'conditional', client_outcome: '' }]);
	});
});
