import type { Browser, Page } from 'playwright-core';
import type * as Sdk from '@passlens/sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
	addVirtualAuthenticator,
	launchBrowser,
	SECURITY_KEY,
	SYNCED_PLATFORM
} from './support/browser.ts';
import { serveSdkPage, type SdkPage } from './support/sdk-page.ts';

let browser: Browser;
let page: Page;
let site: SdkPage;

beforeAll(async () => (browser = await launchBrowser()));
afterAll(() => browser.close());
beforeEach(async () => {
	site = await serveSdkPage();
	page = await (await browser.newContext()).newPage();
	await page.addInitScript({ content: helpers });
});
afterEach(async () => {
	await page.context().close();
	await site.close();
});

/** Runs in the page before anything else: options of ceremonies, and the SDK as a site would load it. */
const helpers = `
	const random = (length) => crypto.getRandomValues(new Uint8Array(length));
	window.creation = (more = {}) => ({
		challenge: random(32), rp: { name: 'Site' }, timeout: 60000,
		user: { id: random(16), name: 'ada@example.com', displayName: 'Ada' },
		pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
		authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
		...more
	});
	window.request = (more = {}) => ({ challenge: random(32), timeout: 60000, userVerification: 'required', ...more });
	window.load = async (query = '', endpoint = location.origin) => {
		const sdk = await import('/sdk.js' + query);
		sdk.init({ endpoint, projectKey: 'pk_test', environment: 'test', release: '1.2.3' });
		return (window.sdk = sdk);
	};
	// An extension's stand-in: hands on to whatever was there, after a while.
	window.passOn = (method) => {
		const inner = navigator.credentials[method].bind(navigator.credentials);
		return async (options) => { await null; return inner(options); };
	};
`;

interface Globals {
	creation(more?: object): PublicKeyCredentialCreationOptions;
	request(more?: object): PublicKeyCredentialRequestOptions;
	load(query?: string, endpoint?: string): Promise<typeof Sdk>;
	sdk: typeof Sdk;
	passOn(method: 'create' | 'get'): CredentialsContainer['get'];
}
declare global {
	// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- the page's own helpers, seen from callbacks that run there
	interface Window extends Globals {}
}

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
				algorithm: -7,
				cross_device: false
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

	test('gives back the very promise, result and error of the browser', async () => {
		await addVirtualAuthenticator(page);
		await open();
		const same = await page.evaluate(async () => {
			const native = CredentialsContainer.prototype.create;
			const seen: { promise?: Promise<unknown>; result?: unknown; error?: unknown } = {};
			CredentialsContainer.prototype.create = function (options) {
				const promise = native.call(this, options);
				seen.promise = promise;
				promise.then(
					(result) => (seen.result = result),
					(error) => (seen.error = error)
				);
				return promise;
			};
			await window.load();
			const promise = navigator.credentials.create({ publicKey: window.creation() });
			const samePromise = promise === seen.promise;
			const sameResult = (await promise) === seen.result;
			const wrong = window.creation({ rp: { id: 'example.org', name: 'Another' } });
			const error = await navigator.credentials.create({ publicKey: wrong }).catch((e) => e);
			return { samePromise, sameResult, sameError: error === seen.error && error.name };
		});
		expect(same).toEqual({ samePromise: true, sameResult: true, sameError: 'SecurityError' });
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
			signature: /^The operation either timed out or was not allowed\. See: <url>\.$/
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

	test('of a security key is no cross-device use, with its transport', async () => {
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
			{ authenticator_attachment: 'cross-platform', transports: ['usb'], cross_device: false },
			{ authenticator_attachment: 'cross-platform', backup_eligible: false, cross_device: false }
		]);
	});

	test('of a phone is cross-device, at registration and when its transports are known at sign-in', async () => {
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
		expect(finished.map((event) => event.credential?.cross_device)).toEqual([
			true,
			true,
			undefined
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

describe('in company', () => {
	test('two copies of the SDK report each ceremony once and share its id', async () => {
		await addVirtualAuthenticator(page);
		await open();
		const ids = await page.evaluate(async () => {
			const first = await window.load('?first');
			const second = await window.load('?second');
			await navigator.credentials.create({ publicKey: window.creation() });
			return { distinct: first !== second, ids: [first.ceremonyId(), second.ceremonyId()] };
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
			code: 'crypto.getRandomValues = (random => (a) => { if (a.length === 16 && new Error().stack.includes("sdk.js")) throw new Error("no"); return random.call(crypto, a) })(crypto.getRandomValues)'
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
		const collector = await serveSdkPage();
		await open();
		await page.evaluate(async (endpoint) => {
			const sdk = await window.load('', endpoint);
			sdk.signIn({ method: 'password' });
			await sdk.flush();
		}, collector.origin);
		await collector.close();
		expect(collector.ofType('signin.finished')).toHaveLength(1);
		expect(new Set(collector.requests.map((request) => JSON.stringify(request)))).toEqual(
			new Set([JSON.stringify({ contentType: 'text/plain', key: 'pk_test', method: 'POST' })])
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
			end();
			sdk.signIn({ method: 'otp' });
			return seen.filter((type) => type === 'signin.finished');
		});
		await flush();
		expect(seen).toEqual(['signin.finished']);
		expect(site.ofType('signin.finished')).toHaveLength(2);
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
