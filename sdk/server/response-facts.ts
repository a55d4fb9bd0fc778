import type { CredentialFacts } from '../event/event.ts';
import { fromBase64url } from '../common/base64url.ts';
import { findAuthenticatorData } from '../common/find-authenticator-data.ts';
import { parseAuthenticatorData } from '../common/parse-authenticator-data.ts';
import { credentialReference } from '../common/references.ts';

/** The parts of WebAuthn's RegistrationResponseJSON that are read. */
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

/** The parts of WebAuthn's AuthenticationResponseJSON that are read. */
export interface AuthenticationResponse {
	id: string;
	authenticatorAttachment?: string | undefined;
	response: { authenticatorData: string; userHandle?: string | undefined };
}

/**
 * What may be told of a registration: flags, AAGUID, transports and a one-way reference, whichever library verifies it.
 * Never throws; `undefined` for what is no response.
 */
export const registrationFacts = (response: RegistrationResponse): CredentialFacts | undefined =>
	unlessBroken(() => readRegistration(response));

/** The same of a sign-in: the flags of this very use. Never throws; `undefined` for what is no response. */
export const authenticationFacts = (
	response: AuthenticationResponse
): CredentialFacts | undefined => unlessBroken(() => readAuthentication(response));

function unlessBroken<T>(read: () => T): T | undefined {
	try {
		return read();
	} catch {
		// What the client sent is no response: the verdict's reason says so.
		return undefined;
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

const readAuthentication = ({
	id,
	response,
	authenticatorAttachment
}: AuthenticationResponse): CredentialFacts => ({
	credential_ref: credentialReference(fromBase64url(id)),
	...attachment(authenticatorAttachment),
	...parseAuthenticatorData(fromBase64url(response.authenticatorData)),
	user_handle_present: !!response.userHandle
});

const attachment = (value: unknown): Pick<CredentialFacts, 'authenticator_attachment'> =>
	value === 'platform' || value === 'cross-platform' ? { authenticator_attachment: value } : {};
