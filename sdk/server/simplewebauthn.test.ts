import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
	verifyAuthenticationResponse,
	verifyRegistrationResponse,
	type WebAuthnCredential
} from '@simplewebauthn/server';
import { describe, expect, test } from 'vitest';
import { authenticationFacts, registrationFacts } from './response-facts.ts';
import { authenticationVerdict, registrationVerdict } from './simplewebauthn.ts';
import {
	createSoftwareAuthenticator,
	type AuthenticateOptions,
	type RegisterOptions
} from './testing/software-authenticator.ts';

const origin = 'http://localhost:7410';
const rpId = 'localhost';
const challenge = Buffer.from('a challenge of some length').toString('base64url');
const authenticator = createSoftwareAuthenticator({
	rpId,
	origin,
	aaguid: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd'
});

/** What a site's server does: verify, and report what came of it. */
async function register(
	options: Partial<RegisterOptions> = {},
	verify: Partial<Parameters<typeof verifyRegistrationResponse>[0]> = {}
) {
	const { response, credential } = authenticator.register({ challenge, ...options });
	try {
		const verification = await verifyRegistrationResponse({
			response,
			expectedChallenge: challenge,
			expectedOrigin: origin,
			expectedRPID: rpId,
			...verify
		});
		return { credential, verification, verdict: registrationVerdict({ response, verification }) };
	} catch (error) {
		return { credential, verdict: registrationVerdict({ response, error }) };
	}
}

async function authenticate(
	options: Partial<AuthenticateOptions> = {},
	verify: Partial<Parameters<typeof verifyAuthenticationResponse>[0]> = {},
	stored: Partial<WebAuthnCredential> = {}
) {
	const { credential, verification } = await register();
	const response = authenticator.authenticate({
		challenge,
		credential,
		userHandle: 'dQ',
		...options
	});
	try {
		return authenticationVerdict({
			response,
			verification: await verifyAuthenticationResponse({
				response,
				expectedChallenge: challenge,
				expectedOrigin: origin,
				expectedRPID: rpId,
				credential: { ...verification!.registrationInfo!.credential, ...stored },
				...verify
			})
		});
	} catch (error) {
		return authenticationVerdict({ response, error });
	}
}

describe('a registration', () => {
	test('that verifies tells flags, AAGUID, transports and the one-way reference', async () => {
		const { verdict } = await register();
		expect(verdict).toEqual({
			verified: true,
			attestationFormat: 'none',
			credential: {
				credential_ref: expect.stringMatching(/^[\w-]{43}$/),
				authenticator_attachment: 'platform',
				user_present: true,
				user_verified: true,
				backup_eligible: true,
				backup_state: true,
				sign_count_zero: true,
				aaguid: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd',
				transports: ['internal', 'hybrid'],
				discoverable: true,
				algorithm: -7
			}
		});
	});

	test.each<[string, Partial<RegisterOptions>, Parameters<typeof register>[1]?]>([
		['challenge_mismatch', { challenge: 'b3RoZXI' }],
		['challenge_mismatch', {}, { expectedChallenge: () => false }],
		['origin_mismatch', { origin: 'https://evil.example' }],
		[
			'origin_mismatch',
			{ origin: 'https://evil.example' },
			{ expectedOrigin: [origin, 'https://b'] }
		],
		['rp_id_hash_mismatch', { rpId: 'evil.example' }],
		['user_presence_missing', { userPresent: false }],
		['user_verification_missing', { userVerified: false }],
		['backup_flags_invalid', { backupEligible: false }],
		['algorithm_unexpected', {}, { supportedAlgorithmIDs: [-257] }],
		['attestation_rejected', { format: 'invented' }],
		['attestation_rejected', { format: 'packed' }],
		['attestation_rejected', { format: 'fido-u2f' }],
		['malformed_response', { type: 'webauthn.get' }]
	])('that is refused for %s says so', async (reason, options, verify) => {
		const { verdict } = await register(options, verify);
		expect(verdict).toMatchObject({ verified: false, reason, credential: {} });
		expect(verdict.reasonDetail).toMatch(/\w/);
	});
});

describe('an authentication', () => {
	test('that verifies tells the flags of this very use', async () => {
		expect(await authenticate({ backupState: false, signCount: 3 })).toEqual({
			verified: true,
			credential: {
				credential_ref: expect.stringMatching(/^[\w-]{43}$/),
				authenticator_attachment: 'platform',
				user_present: true,
				user_verified: true,
				backup_eligible: true,
				backup_state: false,
				sign_count_zero: false,
				user_handle_present: true
			}
		});
	});

	test.each<
		[
			string,
			Partial<AuthenticateOptions>,
			Parameters<typeof authenticate>[1]?,
			Parameters<typeof authenticate>[2]?
		]
	>([
		['signature_invalid', { spoilSignature: true }],
		// What is no signature at all fails in the ASN.1 reader, before any key is tried.
		['signature_invalid', { signature: Buffer.alloc(1) }],
		['signature_invalid', { signature: Buffer.alloc(70) }],
		['signature_invalid', { signature: Buffer.from('not a signature') }],
		['challenge_mismatch', { challenge: 'b3RoZXI' }],
		['origin_mismatch', { origin: 'https://evil.example' }],
		['rp_id_hash_mismatch', { rpId: 'evil.example' }],
		['user_presence_missing', { userPresent: false }],
		['user_verification_missing', { userVerified: false }],
		[
			'user_verification_missing',
			{ userVerified: false },
			{ advancedFIDOConfig: { userVerification: 'required' } }
		],
		['counter_regressed', { signCount: 4 }, {}, { counter: 9 }],
		['backup_flags_invalid', { backupEligible: false }],
		['malformed_response', { type: 'webauthn.create' }]
	])('that is refused for %s says so', async (reason, options, verify, stored) => {
		expect(await authenticate(options, verify, stored)).toMatchObject({
			verified: false,
			reason,
			credential: {}
		});
	});
});

/** Every message that the installed library can throw, as its source has it; what it interpolates stands as "x". */
function messagesOf(folder: string): { file: string; message: string; code?: string }[] {
	const library = join(dirname(fileURLToPath(import.meta.resolve('@simplewebauthn/server'))));
	const literal = /(?:Error|super)\(\s*(?:\{\s*message:\s*)?([`'"])((?:\\.|(?!\1)[^\\])*)\1/g;
	return globSync(`${folder}/**/*.js`, { cwd: library }).flatMap((file) => {
		const source = readFileSync(join(library, file), 'utf8');
		return [...source.matchAll(literal)].map(({ index, 2: text = '' }) => {
			const [, code] = /^[^;]*?code: '(\w+)'/.exec(source.slice(index)) ?? [];
			const message = text.replace(/\$\{[^}]*\}/g, 'x').replaceAll('\\n', '\n');
			return { file, message, ...(code && { code }) };
		});
	});
}

describe('every message of the installed library', () => {
	/** Mistakes of the site itself, before any response is looked at. */
	const THE_SITES_OWN = /Must (not )?declare|generate\w+Options|no. x is not greater/;
	const reasonsOf = ({ message, code }: { message: string; code?: string }) => {
		const error = Object.assign(new Error(message), { code });
		const given = { response: {} as never, error };
		return [registrationVerdict(given).reason, authenticationVerdict(given).reason];
	};
	const thrown = ['helpers', 'metadata', 'services', 'registration', 'authentication']
		.flatMap(messagesOf)
		.filter(({ file, message }) => !THE_SITES_OWN.test(file + message));

	test('of its verification has a reason', () => {
		expect(thrown.length).toBeGreaterThan(150);
		expect(thrown.filter((one) => reasonsOf(one).includes('other'))).toEqual([]);
	});

	test('about attestation is "attestation_rejected"', () => {
		const attestation = thrown.filter(({ file }) =>
			/registration\/verifications|[Cc]ert(ificatePath|Revoked)|metadataService/.test(file)
		);
		expect(attestation.length).toBeGreaterThan(80);
		expect(
			attestation.filter((one) => reasonsOf(one).some((it) => it !== 'attestation_rejected'))
		).toEqual([]);
	});

	test('of its errors with a name or a code is known', () => {
		expect(
			['UnexpectedRPIDHash', 'InvalidBackupFlags'].map((name) => {
				const error = Object.assign(new Error('x'), { name });
				return authenticationVerdict({ response: {} as never, error }).reason;
			})
		).toEqual(['rp_id_hash_mismatch', 'backup_flags_invalid']);
		expect(reasonsOf({ message: 'x', code: 'RUNTIME_NO_PQC_SUPPORT' })).toEqual([
			'algorithm_unexpected',
			'algorithm_unexpected'
		]);
	});

	test('that shows a certificate loses it', () => {
		const message = 'Could not parse trust anchor certificate:\n-----BEGIN CERTIFICATE-----\nMIIB';
		expect(
			registrationVerdict({ response: {} as never, error: new Error(message) }).reasonDetail
		).toBe('Could not parse trust anchor certificate:');
	});
});

test('another library’s server reads the same facts from the standard JSON', () => {
	const { response, credential } = authenticator.register({ challenge });
	expect(registrationFacts(response)).toEqual(
		registrationVerdict({ response, verification: { verified: true } }).credential
	);
	expect(registrationFacts(response)).toMatchObject({ backup_eligible: true, algorithm: -7 });
	const signedIn = authenticator.authenticate({ challenge, credential, userHandle: 'dQ' });
	expect(authenticationFacts(signedIn)).toMatchObject({ backup_state: true, user_verified: true });
	expect(authenticationFacts({ id: '%' } as never)).toBeUndefined();
});

describe('what no authenticator made', () => {
	test.each<[string, object, string]>([
		['nothing at all', {}, 'malformed_response'],
		[
			'text for bytes',
			{ id: 'a', rawId: 'a', type: 'public-key', response: { clientDataJSON: 'e30' } },
			'malformed_response'
		],
		[
			'half a response',
			{ id: 'AQ', rawId: 'AQ', type: 'public-key', response: null },
			'malformed_response'
		]
	])('is reported and never thrown: %s', async (_title, response, reason) => {
		const error = await verifyAuthenticationResponse({
			response: response as never,
			expectedChallenge: challenge,
			expectedOrigin: origin,
			expectedRPID: rpId,
			credential: { id: 'AQ', publicKey: new Uint8Array(), counter: 0 }
		}).catch((error: unknown) => error);
		const verdict = authenticationVerdict({ response: response as never, error });
		expect(verdict).toMatchObject({ verified: false, reason });
		expect(registrationVerdict({ response: response as never, error: 'a string' })).toEqual({
			verified: false,
			reason: 'other'
		});
	});

	test.each(['database is away', 'self-signed certificate in certificate chain'])(
		'an error of the site itself is "other", with its message: %s',
		(message) => {
			const given = { response: {} as never, error: new Error(message) };
			const verdict = { verified: false, reason: 'other', reasonDetail: message };
			expect(authenticationVerdict(given)).toEqual(verdict);
			expect(registrationVerdict(given)).toEqual(verdict);
		}
	);
});
