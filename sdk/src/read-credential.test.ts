import { describe, expect, test } from 'vitest';
import { credentialSchema } from '../event/event.ts';
import { createSoftwareAuthenticator } from '../server/testing/software-authenticator.ts';
import { readCredential } from './read-credential.ts';
import type { CeremonyOptions } from './summarise-request.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
const exact = (text: string) => bytes(text).slice().buffer;

const authenticator = createSoftwareAuthenticator({
	rpId: 'localhost',
	origin: 'http://localhost',
	aaguid: 'dd4ec289-e01d-41c9-bb89-70fa845d4bf2'
});
const { response: made, credential } = authenticator.register({ challenge: 'YQ' });
const used = authenticator.authenticate({ challenge: 'YQ', credential, userHandle: 'dQ' });

/** What a browser of 2020 gives: no getters, the attestation object alone. */
const oldBrowser = {
	id: made.id,
	rawId: exact(made.id),
	response: { attestationObject: exact(made.response.attestationObject) }
};

const newBrowser = (transports: string[], authenticatorAttachment: string | null) => ({
	...oldBrowser,
	authenticatorAttachment,
	response: {
		...oldBrowser.response,
		getAuthenticatorData: () => exact(made.response.authenticatorData),
		getTransports: () => transports,
		getPublicKeyAlgorithm: () => -7
	},
	getClientExtensionResults: () => ({ credProps: { rk: true } })
});

const assertion = (authenticatorAttachment: string | null) => ({
	id: used.id,
	rawId: exact(used.id),
	authenticatorAttachment,
	response: {
		authenticatorData: exact(used.response.authenticatorData),
		userHandle: exact('dQ')
	}
});

const allowing = (...transports: string[][]): CeremonyOptions =>
	({
		publicKey: {
			allowCredentials: transports.map((list, i) => ({
				type: 'public-key',
				id: i ? new Uint8Array([i]) : bytes(used.id),
				transports: list
			}))
		}
	}) as never;

const none = { publicKey: {} } as CeremonyOptions;
const read = (...given: Parameters<typeof readCredential>) => {
	const facts = readCredential(...given);
	return facts && credentialSchema.parse(JSON.parse(JSON.stringify(facts)));
};

describe('readCredential', () => {
	test('reads the attestation object where the browser has no getters', () => {
		expect(read('registration', none, oldBrowser)).toEqual({
			credential_ref: expect.any(String),
			aaguid: 'dd4ec289-e01d-41c9-bb89-70fa845d4bf2',
			user_present: true,
			user_verified: true,
			backup_eligible: true,
			backup_state: true,
			sign_count_zero: true
		});
	});

	test('reads the getters where there are some', () => {
		expect(read('registration', none, newBrowser(['internal'], 'platform'))).toMatchObject({
			transports: ['internal'],
			algorithm: -7,
			discoverable: true,
			authenticator_attachment: 'platform'
		});
	});

	test('gives registration and sign-in the same reference', () => {
		expect(read('registration', none, oldBrowser)?.credential_ref).toBe(
			read('authentication', none, assertion(null))?.credential_ref
		);
	});

	test.each<[string[], string | null, boolean | undefined]>([
		[['internal'], 'platform', false],
		[['hybrid', 'internal'], 'platform', false],
		[['hybrid', 'internal'], 'cross-platform', true],
		[['ble', 'hybrid'], 'cross-platform', true],
		[['usb', 'nfc'], 'cross-platform', false],
		[['smart-card'], 'cross-platform', false],
		[['internal'], 'cross-platform', undefined],
		[[], 'cross-platform', undefined],
		[['hybrid'], null, undefined]
	])('registered with %j, %s: cross-device is %s', (transports, attachment, expected) => {
		const facts = read('registration', none, newBrowser(transports, attachment));
		expect(facts?.cross_device).toBe(expected);
	});

	test.each<[string, CeremonyOptions, string | null, boolean | undefined]>([
		['a phone passkey', allowing(['internal']), 'cross-platform', true],
		['a phone passkey, by hybrid', allowing(['hybrid', 'internal']), 'cross-platform', true],
		['a key', allowing(['usb', 'nfc']), 'cross-platform', false],
		['a key beside a phone', allowing(['usb'], ['hybrid']), 'cross-platform', false],
		['one without transports', allowing([]), 'cross-platform', undefined],
		['a discoverable one', none, 'cross-platform', undefined],
		['one on this device', none, 'platform', false]
	])('signed in with %s: cross-device', (_title, options, attachment, expected) => {
		expect(read('authentication', options, assertion(attachment))?.cross_device).toBe(expected);
	});

	test('knows its credential by the raw id or, from a shim, by the id alone', () => {
		const shim = { id: used.id, response: {} };
		expect(read('authentication', none, shim)).toEqual({
			credential_ref: read('authentication', none, assertion(null))?.credential_ref,
			user_handle_present: false
		});
	});

	test.each([
		null,
		undefined,
		7,
		'text',
		{},
		{ type: 'password', id: 'ada' },
		{ id: '%', response: {} }
	])('makes no passkey of %j', (value) => {
		expect(readCredential('authentication', none, value)).toBeUndefined();
	});

	test('survives getters that throw', () => {
		const thrower = () => {
			throw new Error('no');
		};
		const broken = {
			...oldBrowser,
			getClientExtensionResults: thrower,
			response: {
				getTransports: thrower,
				getAuthenticatorData: thrower,
				getPublicKeyAlgorithm: thrower
			}
		};
		expect(read('registration', none, broken)).toEqual({ credential_ref: expect.any(String) });
	});
});
