import type { CredentialFacts } from '../event/event.ts';
import type { VerdictReason } from '../event/vocabulary.ts';
import {
	authenticationFacts,
	registrationFacts,
	type AuthenticationResponse,
	type RegistrationResponse
} from './response-facts.ts';

/** What @simplewebauthn/server gave: its result, or what it threw. */
export type Given<Response, Verification> = { response: Response } & (
	{ verification: Verification; error?: undefined } | { error: unknown; verification?: undefined }
);

/** What a sender's `registration` and `authentication` take, but for the ceremony id and the user. */
export interface DerivedVerdict {
	verified: boolean;
	reason?: VerdictReason;
	reasonDetail?: string;
	credential?: CredentialFacts;
}

/** What to report about a call of `verifyRegistrationResponse`. Never throws, whatever the client sent. */
export function registrationVerdict({
	response,
	verification,
	error
}: Given<
	RegistrationResponse,
	{ verified: boolean; registrationInfo?: { fmt: string } | undefined }
>): DerivedVerdict & { attestationFormat?: string } {
	const attestationFormat = verification?.registrationInfo?.fmt;
	const credential = registrationFacts(response);
	return {
		// A registration's only signature is the attestation's.
		...decide(verification?.verified, error, 'attestation_rejected'),
		...(attestationFormat && { attestationFormat }),
		...(credential && { credential })
	};
}

/** What to report about a call of `verifyAuthenticationResponse`. Never throws, whatever the client sent. */
export function authenticationVerdict({
	response,
	verification,
	error
}: Given<AuthenticationResponse, { verified: boolean }>): DerivedVerdict {
	const credential = authenticationFacts(response);
	return {
		...decide(verification?.verified, error, 'signature_invalid'),
		...(credential && { credential })
	};
}

/**
 * How @simplewebauthn/server (14.0) begins its messages, and what each means. The first that fits counts; `unverified`: the
 * signature, which is the credential's in a sign-in and the attestation's in a registration. A test reads the installed
 * library's source and holds that no message of its verification is missing here.
 */
const REASONS: [RegExp, VerdictReason | 'unverified'][] = [
	[/^Unexpected (registration|authentication) response challenge/, 'challenge_mismatch'],
	[/^Custom challenge verifier returned false/, 'challenge_mismatch'],
	[/^Unexpected (registration|authentication) response origin/, 'origin_mismatch'],
	[/^(Unexpected cross-origin|Detected cross-origin|Unexpected top origin)/, 'origin_mismatch'],
	[/^User (presence was required|not present)/, 'user_presence_missing'],
	[/^User verification (was )?required/, 'user_verification_missing'],
	[/^Response counter value/, 'counter_regressed'],
	[/^(Unsupported Attestation Format|None attestation had)/, 'attestation_rejected'],
	[
		/\((Packed|Packed\|Full|TPM|TPM\|RSA|TPM\|ECC|Android Key|Apple|FIDOU2F|SafetyNet)\)$/,
		'attestation_rejected'
	],
	[/^(Unexpected TPM|Unsupported pubArea|Credential public key with kty)/, 'attestation_rejected'],
	[/^AAGUID ".*" was not expected value/, 'attestation_rejected'],
	[
		/^(Certificate |Certificate's |CRL from|Found revoked certificate|No metadata statement|Detected compromised aaguid|Public key parameters|Attestation statement alg)/,
		'attestation_rejected'
	],
	[/^(Unable to map (X\.509|JWS)|Invalid hex string|TODO: Figure out)/, 'attestation_rejected'],
	[/^(BLOB |JWT verification)/, 'attestation_rejected'],
	[/^(Unexpected public key alg|Unexpected COSE crv|Unexpected RSA key)/, 'algorithm_unexpected'],
	[/^(Could not map COSE alg|Public key had invalid alg|unknown COSE)/, 'algorithm_unexpected'],
	[/^Signature verification with public key of kty/, 'algorithm_unexpected'],
	[/^Invalid signature component length/, 'unverified'],
	// Its ASN.1 reader: in a sign-in only the signature is ASN.1, in a registration the attestation's parts are.
	[
		/^(Zero buffer length|End of input reached|Data does not match to|Cannot (parse|decode|get)|Object's schema|Wrong )/,
		'unverified'
	],
	[
		/^(Missing credential ID|Credential |Unexpected |No credential ID|No public key|No AAGUID|ClientDataJSON|Authenticator data was|Leftover bytes|Error decoding|Malformed|Public key was missing|COSE public key)/,
		'malformed_response'
	]
];

/** The few errors that have a name or a code of their own. */
const REASONS_BY_CODE: Record<string, VerdictReason> = {
	InvalidBackupFlags: 'backup_flags_invalid',
	UnexpectedRPIDHash: 'rp_id_hash_mismatch',
	RUNTIME_NO_PQC_SUPPORT: 'algorithm_unexpected',
	CERTIFICATE_PATH_VERIFICATION_FAILED: 'attestation_rejected'
};

type CodedError = Partial<Error & { code: string }>;

function decide(
	verified: boolean | undefined,
	error: unknown,
	unverified: VerdictReason
): Pick<DerivedVerdict, 'verified' | 'reason' | 'reasonDetail'> {
	if (verified) return { verified };
	if (verified === false) return { verified, reason: unverified };
	const { name, message = '', code = '' } = error instanceof Error ? (error as CodedError) : {};
	const known = REASONS.find(([beginning]) => beginning.test(message))?.[1];
	const reason =
		REASONS_BY_CODE[name ?? ''] ??
		REASONS_BY_CODE[code] ??
		(known === 'unverified' ? unverified : known) ??
		// Decoders throw these on bytes that are not what they should be.
		(error instanceof SyntaxError || error instanceof RangeError ? 'malformed_response' : 'other');
	// What follows a first line is a certificate.
	const [reasonDetail] = message.split('\n');
	return { verified: false, reason, ...(reasonDetail && { reasonDetail }) };
}
