import type { CredentialFacts } from '../event/event.ts';
import type { CeremonyType } from '../event/vocabulary.ts';
import { findAuthenticatorData } from '../common/find-authenticator-data.ts';
import { parseAuthenticatorData } from '../common/parse-authenticator-data.ts';
import { attempt } from './attempt.ts';
import { oneWay } from './one-way.ts';
import { known, texts } from './summarise-request.ts';

/** What a shim may leave out: password managers answer with objects of their own making. */
type Answer = Partial<Omit<PublicKeyCredential, 'response'>> & {
	response?: Partial<AuthenticatorAttestationResponse & AuthenticatorAssertionResponse>;
};

/**
 * What a response tells, in the contract's derived fields alone. Unknown stays out.
 * `undefined` when it is no public-key credential: null, a password, an object without an id.
 */
export function readCredential(type: CeremonyType, value: unknown): CredentialFacts | undefined {
	const answer = Object(value) as Answer;
	const { id, rawId, response } = answer;
	if (!id || !response) return undefined;
	return {
		credential_ref: rawId && oneWay('credential', new Uint8Array(rawId)),
		authenticator_attachment: known(answer.authenticatorAttachment),
		...attempt(() => parseAuthenticatorData(authenticatorData(response))),
		...attempt(() =>
			type === 'registration'
				? {
						transports: texts(response.getTransports?.()),
						discoverable: answer.getClientExtensionResults?.().credProps?.rk,
						algorithm: response.getPublicKeyAlgorithm?.()
					}
				: { user_handle_present: !!response.userHandle?.byteLength }
		)
	};
}

const authenticatorData = (response: NonNullable<Answer['response']>): Uint8Array => {
	const data = response.authenticatorData ?? response.getAuthenticatorData?.();
	return data
		? new Uint8Array(data)
		: findAuthenticatorData(new Uint8Array(response.attestationObject!));
};
