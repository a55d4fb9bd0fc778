import { describe, expect, test } from 'vitest';
import { credentialSchema } from '../event/event.ts';
import { createSoftwareAuthenticator } from '../server/testing/software-authenticator.ts';
import { readCredential } from './read-credential.ts';
import { credentialReference } from '../common/references.ts';
import { state } from './state.ts';

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

/** As it is sent: references are hashed by then. */
const read = async (...given: Parameters<typeof readCredential>) => {
	const facts = readCredential(...given);
	await state.hashing;
	return facts && credentialSchema.parse(JSON.parse(JSON.stringify(facts)));
};

describe('readCredential', () => {
	test('reads the attestation object where the browser has no getters', async () => {
		expect(await read('registration', oldBrowser)).toEqual({
			credential_ref: expect.any(String),
			aaguid: 'dd4ec289-e01d-41c9-bb89-70fa845d4bf2',
			user_present: true,
			user_verified: true,
			backup_eligible: true,
			backup_state: true,
			sign_count_zero: true
		});
	});

	test('reads the getters where there are some', async () => {
		expect(await read('registration', newBrowser(['internal'], 'platform'))).toMatchObject({
			transports: ['internal'],
			algorithm: -7,
			discoverable: true,
			authenticator_attachment: 'platform'
		});
	});

	test('gives registration and sign-in the reference the server makes too', async () => {
		const credential_ref = credentialReference(bytes(made.id));
		expect(await read('registration', oldBrowser)).toMatchObject({ credential_ref });
		expect(await read('authentication', assertion(null))).toMatchObject({ credential_ref });
	});

	test('tells nothing of an id that is text alone: a shim’s answer counts, unnamed', async () => {
		expect(await read('authentication', { id: used.id, response: {} })).toEqual({
			user_handle_present: false
		});
	});

	test.each([null, undefined, 7, 'text', {}, { type: 'password', id: 'ada' }])(
		'makes no passkey of %j',
		(value) => {
			expect(readCredential('authentication', value)).toBeUndefined();
		}
	);

	test('survives getters that throw', async () => {
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
		expect(await read('registration', broken)).toEqual({ credential_ref: expect.any(String) });
	});
});
