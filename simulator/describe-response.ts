import type { CeremonyRequest, CredentialFacts } from '../sdk/event/index.ts';
import type { Visit } from './visit.ts';
import { engineOf } from './world/client.ts';
import type { HeldCredential } from './world/people.ts';
import { PROVIDERS, ZERO_AAGUID, type Provider } from './world/providers.ts';

/** What the page derives from a response, as far as this browser tells. */
export function describeResponse({
	visit,
	credential,
	crossDevice,
	type,
	request,
	illegal,
	unverified
}: {
	visit: Visit;
	credential: HeldCredential;
	crossDevice: boolean;
	type: 'registration' | 'authentication';
	request: CeremonyRequest;
	/** Backed up without being eligible. */
	illegal: boolean;
	/** The user was not verified, though the site asked for it. */
	unverified: boolean;
}): CredentialFacts {
	const provider: Provider = PROVIDERS[credential.provider];
	const common: CredentialFacts = {
		credential_ref: credential.ref,
		authenticator_attachment: crossDevice ? 'cross-platform' : provider.attachment,
		user_present: !(type === 'registration' && request.mediation === 'conditional'),
		user_verified: credential.provider !== 'u2f_key' && !unverified,
		backup_eligible: provider.backupEligible && !illegal,
		backup_state: credential.backedUp || illegal,
		sign_count_zero: provider.backupEligible || credential.provider === 'apple_legacy'
	};
	if (type === 'authentication')
		return {
			...common,
			user_handle_present: credential.discoverable || request.allow_count === 0,
			// A discoverable sign-in by a cross-platform authenticator does not tell whether a phone or a key answered.
			...(common.authenticator_attachment === 'platform' && { cross_device: false }),
			...(common.authenticator_attachment === 'cross-platform' &&
				request.allow_count !== 0 && { cross_device: crossDevice })
		};
	return {
		...common,
		transports: [...(crossDevice ? ['hybrid', 'internal'] : credential.transports)],
		aaguid: credential.aaguid,
		algorithm: provider.algorithm,
		cross_device: crossDevice,
		// Safari has no credProps: unknown there.
		...(engineOf(visit.device) !== 'webkit' && { discoverable: credential.discoverable })
	};
}

/** What the server reads by itself: the same bytes, without what only the page's browser knows. */
export function verdictFacts({
	cross_device,
	discoverable,
	user_handle_present,
	...facts
}: CredentialFacts): CredentialFacts {
	void [cross_device, discoverable, user_handle_present];
	return facts;
}

/** Chromium zeroes a security key's AAGUID when no attestation was asked for; Firefox keeps it. */
export function visibleAaguid(provider: Provider, visit: Visit): string {
	const key = provider.attachment === 'cross-platform';
	return key && engineOf(visit.device) !== 'firefox' ? ZERO_AAGUID : provider.aaguid;
}
