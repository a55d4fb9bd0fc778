import type {
	verifyAuthenticationResponse,
	verifyRegistrationResponse,
	AuthenticationResponseJSON,
	WebAuthnCredential
} from '@simplewebauthn/server';
import type { VerdictReason } from '../../sdk/event/index.ts';
import { SYNCED_PLATFORM, type VirtualAuthenticatorOptions } from './browser.ts';

/** A response that a relying party refuses, by @simplewebauthn/server or by a check of its own. */
export interface RefusalRow {
	cause: VerdictReason;
	how: string;
	/** It is the registration that is refused; else the sign-in after it. */
	registration?: true;
	authenticator?: VirtualAuthenticatorOptions;
	/** What the authenticator does wrongly from the sign-in on: `setResponseOverrideBits`. */
	bits?: Record<string, boolean>;
	/** What the relying party expects in place of what is. */
	expected?: Partial<
		Parameters<typeof verifyAuthenticationResponse>[0] &
			Parameters<typeof verifyRegistrationResponse>[0]
	>;
	/** What it has kept in place of the passkey. */
	kept?: (passkey: WebAuthnCredential) => WebAuthnCredential;
	/** What became of the response on the way. */
	sent?: (response: AuthenticationResponseJSON) => AuthenticationResponseJSON;
	/** The relying party's own check, which the library has none for. */
	own?: true;
}

export const REFUSAL_ROWS: RefusalRow[] = [
	{
		cause: 'challenge_mismatch',
		how: 'the response answers another challenge',
		expected: { expectedChallenge: 'AAAA' }
	},
	{ cause: 'challenge_expired', how: 'the challenge was dropped before it came', own: true },
	{
		cause: 'origin_mismatch',
		how: 'the site is not among the expected origins',
		expected: { expectedOrigin: 'https://other.example' }
	},
	{
		cause: 'rp_id_hash_mismatch',
		how: 'another relying-party id is expected',
		expected: { expectedRPID: 'other.example' }
	},
	{
		cause: 'user_presence_missing',
		how: 'the authenticator leaves UP out',
		bits: { isBadUP: true }
	},
	{
		cause: 'user_verification_missing',
		how: 'the authenticator leaves UV out',
		bits: { isBadUV: true }
	},
	{
		cause: 'signature_invalid',
		how: 'the authenticator signs wrongly',
		bits: { isBogusSignature: true }
	},
	{
		cause: 'counter_regressed',
		how: 'a greater counter is kept',
		kept: (passkey) => ({ ...passkey, counter: 1_000 })
	},
	{ cause: 'credential_unknown', how: 'nothing of this id is kept', own: true },
	{ cause: 'credential_revoked', how: 'the passkey was taken back', own: true },
	{
		cause: 'algorithm_unexpected',
		how: 'the key’s algorithm was not asked for',
		registration: true,
		expected: { supportedAlgorithmIDs: [-257] }
	},
	{
		cause: 'backup_flags_invalid',
		how: 'the authenticator says BS without BE',
		registration: true,
		authenticator: { ...SYNCED_PLATFORM, defaultBackupEligibility: false }
	},
	{
		cause: 'attestation_rejected',
		how: 'the policy takes no authenticator of this kind',
		registration: true,
		own: true
	},
	{ cause: 'user_handle_mismatch', how: 'the handle is another account’s', own: true },
	{
		cause: 'malformed_response',
		how: 'the authenticator data is cut off on the way',
		sent: ({ response, ...rest }) => ({
			...rest,
			response: { ...response, authenticatorData: 'AAAA' }
		})
	},
	{ cause: 'other', how: 'for a reason of the site’s own', own: true }
];
