import type { CredentialFacts } from '../event/event.ts';
import type { CeremonyType } from '../event/vocabulary.ts';
import { fromBase64url } from '../common/base64url.ts';
import { findAuthenticatorData } from '../common/find-authenticator-data.ts';
import { parseAuthenticatorData } from '../common/parse-authenticator-data.ts';
import { credentialReference } from '../common/references.ts';
import { attempt } from './attempt.ts';
import { bytesOf, sameBytes } from './bytes.ts';
import type { CeremonyOptions } from './summarise-request.ts';

/** What a shim may leave out: password managers answer with objects of their own making. */
type Answer = Partial<Omit<PublicKeyCredential, 'response'>> & {
	response?: Partial<AuthenticatorAttestationResponse & AuthenticatorAssertionResponse>;
};

/**
 * What a response tells, in the contract's derived fields alone. Unknown stays out.
 * `undefined` when it is no public-key credential: null, a password, an object without an id.
 */
export function readCredential(
	type: CeremonyType,
	options: CeremonyOptions,
	value: unknown
): CredentialFacts | undefined {
	const answer = Object(value) as Answer;
	const { rawId, id, response, authenticatorAttachment } = answer;
	const idBytes = rawId ? bytesOf(rawId) : id ? attempt(() => fromBase64url(id)) : undefined;
	if (!idBytes?.length || !response) return undefined;
	const registering = type === 'registration';
	const transports = registering
		? attempt(() => response.getTransports?.())
		: storedTransports(options, idBytes);
	const attachment =
		authenticatorAttachment === 'platform' || authenticatorAttachment === 'cross-platform'
			? authenticatorAttachment
			: undefined;
	return {
		credential_ref: credentialReference(idBytes),
		authenticator_attachment: attachment,
		...attempt(() => parseAuthenticatorData(authenticatorData(response)!)),
		...(registering
			? {
					transports: transports
						?.map((transport) => String(transport).slice(0, 32))
						.filter(Boolean)
						.slice(0, 16),
					discoverable: attempt(() => answer.getClientExtensionResults?.().credProps?.rk),
					algorithm: attempt(() => response.getPublicKeyAlgorithm?.())
				}
			: { user_handle_present: !!response.userHandle?.byteLength }),
		cross_device: crossDevice(registering, attachment, transports)
	};
}

function authenticatorData(response: NonNullable<Answer['response']>): Uint8Array | undefined {
	const data = response.authenticatorData ?? response.getAuthenticatorData?.();
	if (data) return bytesOf(data);
	const { attestationObject } = response;
	return attestationObject && findAuthenticatorData(bytesOf(attestationObject));
}

/** Transports the page itself named for the credential that answered. */
function storedTransports({ publicKey }: CeremonyOptions, id: Uint8Array): string[] | undefined {
	const allowed = Array.from(publicKey.allowCredentials ?? []);
	return allowed.find((descriptor) => sameBytes(bytesOf(descriptor.id), id))?.transports;
}

/**
 * Whether another device signed. At registration the authenticator lists `hybrid`; at sign-in a credential known to live on a
 * phone (`internal` or `hybrid`) answered as cross-platform. A local provider reports [hybrid, internal] as `platform`.
 */
function crossDevice(
	registering: boolean,
	attachment: string | undefined,
	transports: readonly string[] | undefined
): boolean | undefined {
	if (attachment === 'platform') return false;
	if (!attachment || !transports?.length) return undefined;
	if (transports.includes('hybrid') || (!registering && transports.includes('internal')))
		return true;
	return transports.every((transport) => /^(usb|nfc|ble|smart-card)$/.test(transport))
		? false
		: undefined;
}
