import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
	addVirtualAuthenticator,
	launchBrowser,
	SECURITY_KEY,
	SYNCED_PLATFORM
} from './support/browser.ts';
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

describe('a ceremony', () => {
	test('that succeeds is told with what the page can derive, at registration and at sign-in', async () => {
		await addVirtualAuthenticator(page, SYNCED_PLATFORM);
		await open();
		const ids = await page.evaluate(async () => {
			const sdk = await window.load();
			await sdk.identify('user-1');
			const promptId = sdk.prompt.shown({ purpose: 'enroll', showingNumber: 2 });
			sdk.prompt.accepted(promptId);
			await navigator.credentials.create({
				publicKey: window.creation({ extensions: { credProps: true } })
			});
			const registration = sdk.ceremonyId();
			await navigator.credentials.get({ publicKey: window.request() });
			const authentication = sdk.ceremonyId();
			sdk.signIn({ method: 'passkey', ceremonyId: authentication! });
			return { promptId, registration, authentication };
		});
		await flush();
		const [created, signedIn] = site.ofType('ceremony.finished');
		const [started] = site.ofType('ceremony.started');
		expect(started).toMatchObject({
			ceremony_id: ids.registration,
			environment: 'test',
			release: '1.2.3',
			request: {
				mediation: 'optional',
				origin: site.origin,
				rp_id: 'localhost',
				timeout_ms: 60_000,
				resident_key: 'required',
				user_verification: 'required',
				exclude_count: 0,
				prompt_id: ids.promptId
			}
		});
		expect(created).toMatchObject({
			ceremony_id: ids.registration,
			ceremony_type: 'registration',
			outcome: 'succeeded',
			evidence: { api_replaced: false },
			credential: {
				authenticator_attachment: 'platform',
				transports: ['internal'],
				aaguid: '01020304-0506-0708-0102-030405060708',
				user_present: true,
				user_verified: true,
				backup_eligible: true,
				backup_state: true,
				discoverable: true,
				algorithm: -7
			}
		});
		expect(signedIn).toMatchObject({
			ceremony_id: ids.authentication,
			ceremony_type: 'authentication',
			outcome: 'succeeded',
			request: { allow_count: 0, allow_transports: [] },
			credential: {
				credential_ref: created?.credential?.credential_ref,
				user_handle_present: true,
				backup_state: true
			}
		});
		expect(signedIn?.request.prompt_id).toBeUndefined();
		expect(signedIn?.credential).not.toHaveProperty('aaguid');
		expect(created?.user_ref).toHaveLength(43);
		expect(site.ofType('signin.finished')).toMatchObject([{ ceremony_id: ids.authentication }]);
		expect(site.ofType('client.capabilities')).toMatchObject([
			{ webauthn: true, platform_authenticator: true, client: { platform: 'Linux' } }
		]);
		expect(new Set(site.events.map((event) => event.session_id)).size).toBe(1);
	});

	test('keeps everything secret on the page', async () => {
		await addVirtualAuthenticator(page);
		await open();
		const secrets = await page.evaluate(async () => {
			const sdk = await window.load();
			await sdk.identify('ada@example.com');
			const credential = (await navigator.credentials.create({
				publicKey: window.creation()
			})) as PublicKeyCredential;
			return [credential.id, 'ada@example.com', 'Ada'];
		});
		await flush();
		const sent = JSON.stringify(site.events);
		expect(secrets.filter((secret) => sent.includes(secret))).toEqual([]);
		expect(site.requests.length).toBeGreaterThan(0);
	});

	test('gives back the very result and error of the browser, and a promise like its own', async () => {
		await addVirtualAuthenticator(page);
		await open();
		const same = await page.evaluate(async () => {
			const native = CredentialsContainer.prototype.create;
			const seen: { result?: unknown; error?: unknown } = {};
			CredentialsContainer.prototype.create = function (options) {
				const promise = native.call(this, options);
				promise.then(
					(result) => (seen.result = result),
					(error) => (seen.error = error)
				);
				return promise;
			};
			await window.load();
			const promise = navigator.credentials.create({ publicKey: window.creation() });
			const kind = [promise.constructor === Promise, Object.keys(promise).length];
			const sameResult = (await promise) === seen.result;
			const wrong = window.creation({ rp: { id: 'example.org', name: 'Another' } });
			const error = await navigator.credentials.create({ publicKey: wrong }).catch((e) => e);
			return { kind, sameResult, sameError: error === seen.error && error.name };
		});
		expect(same).toEqual({ kind: [true, 0], sameResult: true, sameError: 'SecurityError' });
	});

	test('looks like the browser own method: name, length, text and property table', async () => {
		await open();
		const look = () =>
			page.evaluate(() => {
				const { create, get } = navigator.credentials;
				return [create, get].map((method) => [
					method.name,
					method.length,
					method.toString(),
					/native code/.test(Function.prototype.toString.call(method)),
					Object.keys(navigator.credentials),
					JSON.stringify(
						Object.getOwnPropertyDescriptor(CredentialsContainer.prototype, method.name)
					)
				]);
			});
		const before = await look();
		await page.evaluate(() => window.load());
		expect(await look()).toEqual(before);
	});

	test('that the page aborts with a bare string is an abort, and the string reaches the page untouched', async () => {
		await addVirtualAuthenticator(page, { ...SYNCED_PLATFORM, automaticPresenceSimulation: false });
		await open();
		const reason = await page.evaluate(async () => {
			await window.load();
			const controller = new AbortController();
			const call = navigator.credentials.get({
				publicKey: window.request(),
				signal: controller.signal
			});
			controller.abort('ada changed her mind');
			return call.catch((error) => error);
		});
		await flush();
		expect(reason).toBe('ada changed her mind');
		const [finished] = site.ofType('ceremony.finished');
		expect(finished).toMatchObject({
			outcome: 'error',
			error: { name: 'AbortError' },
			evidence: { signal_aborted: true }
		});
		expect(finished?.error).not.toHaveProperty('signature');
	});

	test.each([
		{
			title: 'a relying-party id of another site',
			options: { publicKey: { rpId: 'example.org' } },
			name: 'SecurityError',
			signature: /registrable domain suffix|relying party/i
		},
		{
			title: 'an unknown credential',
			options: { publicKey: { allowCredentials: [{ type: 'public-key', id: [1, 2, 3] }] } },
			name: 'NotAllowedError',
			signature: /^The operation either timed out or was not allowed\. See: <value>\.$/
		}
	])('that fails for $title has the browser name and a normalised message', async (given) => {
		await addVirtualAuthenticator(page);
		await open();
		const name = await page.evaluate(async ({ publicKey }) => {
			await window.load();
			const more = {
				...publicKey,
				...('allowCredentials' in publicKey && {
					allowCredentials: publicKey.allowCredentials!.map((descriptor) => ({
						...descriptor,
						id: new Uint8Array(descriptor.id)
					}))
				})
			};
			return navigator.credentials
				.get({ publicKey: window.request(more) })
				.catch((error: Error) => error.name);
		}, given.options);
		await flush();
		expect(name).toBe(given.name);
		const [finished] = site.ofType('ceremony.finished');
		expect(finished?.error?.name).toBe(given.name);
		expect(finished?.error?.signature).toMatch(given.signature);
	});

	test('of a security key tells its transports: no other device', async () => {
		await addVirtualAuthenticator(page, SECURITY_KEY);
		await open();
		await page.evaluate(async () => {
			await window.load();
			const made = (await navigator.credentials.create({
				publicKey: window.creation()
			})) as PublicKeyCredential;
			const allowCredentials = [{ type: 'public-key', id: made.rawId, transports: ['usb'] }];
			await navigator.credentials.get({ publicKey: window.request({ allowCredentials }) });
		});
		await flush();
		expect(site.ofType('ceremony.finished').map((event) => event.credential)).toMatchObject([
			{ authenticator_attachment: 'cross-platform', transports: ['usb'] },
			{ authenticator_attachment: 'cross-platform', backup_eligible: false }
		]);
		expect(site.ofType('ceremony.finished')[1]?.request).toMatchObject({
			allow_count: 1,
			allow_transports: ['usb']
		});
	});

	test('of a phone tells what makes it cross-device: attachment and transports, at sign-in those the page knew', async () => {
		await addVirtualAuthenticator(page, { ...SYNCED_PLATFORM, transport: 'hybrid' });
		await open();
		await page.evaluate(async () => {
			await window.load();
			const made = (await navigator.credentials.create({
				publicKey: window.creation()
			})) as PublicKeyCredential;
			const allowCredentials = [{ type: 'public-key', id: made.rawId, transports: ['hybrid'] }];
			await navigator.credentials.get({ publicKey: window.request({ allowCredentials }) });
			await navigator.credentials.get({ publicKey: window.request() });
		});
		await flush();
		const finished = site.ofType('ceremony.finished');
		expect(
			finished.map(({ credential, request }) => [
				credential?.authenticator_attachment,
				credential?.transports ?? request.allow_transports
			])
		).toEqual([
			['cross-platform', ['ble', 'hybrid']],
			['cross-platform', ['hybrid']],
			['cross-platform', []]
		]);
	});
});

describe('an immediate request', () => {
	const press = async (load: boolean) => {
		await open();
		await page.evaluate(async (load) => {
			if (load) await window.load();
			await navigator.credentials.create({ publicKey: window.creation() });
			document.body.innerHTML = '<button>Sign in</button>';
			document.querySelector('button')!.onclick = async () => {
				const options = { publicKey: window.request(), uiMode: 'immediate' };
				const credential = await navigator.credentials.get(options as never);
				document.title = `Signed in by ${credential?.type}`;
			};
		}, load);
		await page.click('button');
		await page.waitForFunction('document.title !== "Site"');
		return page.title();
	};

	test('of a user who has a passkey signs in, with the SDK as without it, and is told as one', async () => {
		await addVirtualAuthenticator(page);
		expect(await press(false)).toBe('Signed in by public-key');
		expect(await press(true)).toBe('Signed in by public-key');
		await flush();
		expect(site.ofType('ceremony.finished').at(-1)).toMatchObject({
			ceremony_type: 'authentication',
			outcome: 'succeeded',
			request: { mediation: 'immediate' },
			evidence: { user_activation: true }
		});
	});

	test('of one who has none fails at once, and is told as such', async () => {
		await addVirtualAuthenticator(page);
		await open();
		const name = await page.evaluate(async () => {
			await window.load();
			const options = { publicKey: window.request(), uiMode: 'immediate' };
			return navigator.credentials.get(options as never).catch((error: Error) => error.name);
		});
		await flush();
		expect(name).toBe('NotAllowedError');
		expect(site.ofType('ceremony.finished')).toMatchObject([
			{ outcome: 'error', error: { name }, request: { mediation: 'immediate' } }
		]);
	});
});

describe('an autofill request', () => {
	test('that nobody touches sends its start alone', async () => {
		await addVirtualAuthenticator(page, { ...SYNCED_PLATFORM, automaticPresenceSimulation: false });
		await open();
		await page.evaluate(async () => {
			await window.load();
			void navigator.credentials.get({ publicKey: window.request(), mediation: 'conditional' });
		});
		await flush();
		expect(site.ofType('ceremony.started')).toMatchObject([
			{ request: { mediation: 'conditional' } }
		]);
		expect(site.ofType('ceremony.finished')).toEqual([]);
	});
});

describe('an autofill request, once a passkey was picked,', () => {
	test('is a sign-in like any other, and the last ceremony', async () => {
		await addVirtualAuthenticator(page);
		await open();
		const id = await page.evaluate(async () => {
			const sdk = await window.load();
			await navigator.credentials.create({ publicKey: window.creation() });
			const promptId = sdk.prompt.shown({ purpose: 'sign_in' });
			sdk.prompt.accepted(promptId);
			await navigator.credentials.get({ publicKey: window.request(), mediation: 'conditional' });
			return sdk.ceremonyId();
		});
		await flush();
		const finished = site.ofType('ceremony.finished').at(-1);
		expect(finished).toMatchObject({
			ceremony_id: id,
			outcome: 'succeeded',
			request: { mediation: 'conditional' }
		});
		expect(finished?.request.prompt_id).toBeUndefined();
	});
});

describe('calls that are no ceremony', () => {
	test('pass through as before, unseen: passwords, nothing, nonsense', async () => {
		await open();
		const outcomes = () =>
			page.evaluate(async () => {
				const settle = (call: () => Promise<unknown>) =>
					call().then(String, (error: Error) => `${error.name}: ${error.message}`);
				return [
					await settle(() => navigator.credentials.get({ password: true } as never)),
					await settle(() => navigator.credentials.create()),
					await settle(() => navigator.credentials.get(7 as never))
				];
			});
		const before = await outcomes();
		await page.evaluate(() => window.load());
		expect(await outcomes()).toEqual(before);
		await flush();
		expect(site.events.map((event) => event.type)).toEqual(['client.capabilities']);
	});
});

describe('the Signal API', () => {
	test('is told with the one-way reference of the credential it names', async () => {
		await addVirtualAuthenticator(page);
		await open();
		await page.evaluate(async () => {
			await window.load();
			const made = await navigator.credentials.create({ publicKey: window.creation() });
			await PublicKeyCredential.signalUnknownCredential({
				rpId: 'localhost',
				credentialId: made!.id
			});
		});
		await flush();
		const [created] = site.ofType('ceremony.finished');
		expect(site.ofType('credential.signalled')).toMatchObject([
			{
				signal: 'unknown_credential',
				outcome: 'succeeded',
				credential_ref: created?.credential?.credential_ref
			}
		]);
	});
});
