import type { CredentialFacts } from '../event/event.ts';
import type { VerdictReason } from '../event/vocabulary.ts';
import { fromBase64url } from '../common/base64url.ts';
import { findAuthenticatorData } from '../common/find-authenticator-data.ts';
import { parseAuthenticatorData } from '../common/parse-authenticator-data.ts';
import { credentialReference } from '../common/references.ts';

/** The parts of RegistrationResponseJSON that are read. */
export interface RegistrationResponse {
	id: string;
	authenticatorAttachment?: string | undefined;
	clientExtensionResults?: object;
	response: {
		attestationObject: string;
		transports?: string[] | undefined;
		publicKeyAlgorithm?: number | undefined;
	};
}

/** The parts of AuthenticationResponseJSON that are read. */
export interface AuthenticationResponse {
	id: string;
	authenticatorAttachment?: string | undefined;
	response: { authenticatorData: string; userHandle?: string | undefined };
}

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
	return {
		// A registration's only signature is the attestation's.
		...decide(verification?.verified, error, 'attestation_rejected'),
		...(attestationFormat && { attestationFormat }),
		...derived(() => readRegistration(response))
	};
}

/** What to report about a call of `verifyAuthenticationResponse`. Never throws, whatever the client sent. */
export function authenticationVerdict({
	response,
	verification,
	error
}: Given<AuthenticationResponse, { verified: boolean }>): DerivedVerdict {
	return {
		...decide(verification?.verified, error, 'signature_invalid'),
		...derived(() => readAuthentication(response))
	};
}

/** How @simplewebauthn/server (14.0) begins its messages, and what each means. The first that fits counts. */
const REASONS: [RegExp, VerdictReason][] = [
	[/^Unexpected (registration|authentication) response challenge/, 'challenge_mismatch'],
	[/^Custom challenge verifier returned false/, 'challenge_mismatch'],
	[/^Unexpected (registration|authentication) response origin/, 'origin_mismatch'],
	[/^(Unexpected cross-origin|Detected cross-origin|Unexpected top origin)/, 'origin_mismatch'],
	[/^User (presence was required|not present)/, 'user_presence_missing'],
	[/^User verification (was )?required/, 'user_verification_missing'],
	[/^Response counter value/, 'counter_regressed'],
	[/^Unexpected public key alg/, 'algorithm_unexpected'],
	[/^(Unsupported Attestation Format|None attestation had)/, 'attestation_rejected'],
	[
		/\((Packed|Packed\|Full|TPM|TPM\|RSA|TPM\|ECC|Android Key|Apple|FIDOU2F|SafetyNet)\)$/,
		'attestation_rejected'
	],
	[/^AAGUID ".*" was not expected value/, 'attestation_rejected'],
	[
		/^(Certificate |Found revoked certificate|No metadata statement|Detected compromised aaguid|Public key parameters|Attestation statement alg)/,
		'attestation_rejected'
	],
	[
		/^(Missing credential ID|Credential |Unexpected |No credential ID|No public key|No AAGUID|ClientDataJSON|Authenticator data was|Leftover bytes|Error decoding|Malformed)/,
		'malformed_response'
	]
];

/** How its ASN.1 reader begins: in a sign-in only the signature is ASN.1, in a registration the attestation's parts are. */
const NOT_ASN1 =
	/^(Zero buffer length|End of input reached|Data does not match to|Cannot (parse|decode|get)|Object's schema|Wrong )/;

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
	const reason =
		REASONS_BY_CODE[name ?? ''] ??
		REASONS_BY_CODE[code] ??
		REASONS.find(([beginning]) => beginning.test(message))?.[1] ??
		(NOT_ASN1.test(message) ? unverified : undefined) ??
		// Decoders throw these on bytes that are not what they should be.
		(error instanceof SyntaxError || error instanceof RangeError ? 'malformed_response' : 'other');
	return { verified: false, reason, ...(message && { reasonDetail: message }) };
}

function derived(read: () => CredentialFacts): { credential?: CredentialFacts } {
	try {
		return { credential: read() };
	} catch {
		// What the client sent is no response: the reason says so.
		return {};
	}
}

function readRegistration({
	id,
	response,
	authenticatorAttachment,
	clientExtensionResults
}: RegistrationResponse): CredentialFacts {
	const data = findAuthenticatorData(fromBase64url(response.attestationObject));
	const rk = (clientExtensionResults as { credProps?: { rk?: unknown } } | undefined)?.credProps
		?.rk;
	return {
		credential_ref: credentialReference(fromBase64url(id)),
		...attachment(authenticatorAttachment),
		...(data && parseAuthenticatorData(data)),
		...(response.transports && {
			transports: response.transports
				.filter((transport) => typeof transport === 'string' && transport)
				.map((transport) => transport.slice(0, 32))
				.slice(0, 16)
		}),
		...(Number.isInteger(response.publicKeyAlgorithm) && {
			algorithm: response.publicKeyAlgorithm
		}),
		...(typeof rk === 'boolean' && { discoverable: rk })
	};
}

function readAuthentication({
	id,
	response,
	authenticatorAttachment
}: AuthenticationResponse): CredentialFacts {
	return {
		credential_ref: credentialReference(fromBase64url(id)),
		...attachment(authenticatorAttachment),
		...parseAuthenticatorData(fromBase64url(response.authenticatorData)),
		user_handle_present: !!response.userHandle
	};
}

const attachment = (value: unknown): Pick<CredentialFacts, 'authenticator_attachment'> =>
	value === 'platform' || value === 'cross-platform' ? { authenticator_attachment: value } : {};
