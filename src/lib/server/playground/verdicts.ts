import type { RegistrationVerdict } from '@passlens/sdk/server';
import type { CeremonyType, VerdictReason } from '@passlens/sdk/event';
import { refuse, type Refusal } from './refusal.ts';

/** A verdict as the page shows it beside its own events. */
export interface ShownVerdict extends Pick<
	RegistrationVerdict,
	'verified' | 'reason' | 'credential' | 'attestationFormat'
> {
	ceremonyId: string | undefined;
	ceremonyType: CeremonyType;
}

/** The part of a verdict that the page may show: without the verifier's own message, which repeats what was signed. */
export function showVerdict(
	ceremonyType: CeremonyType,
	{ ceremonyId, verified, reason, credential, attestationFormat }: RegistrationVerdict
): ShownVerdict {
	return { ceremonyId, ceremonyType, verified, reason, credential, attestationFormat };
}

/** The refusal a visitor sees for a verdict's reason; its code is the reason itself. */
export function refuseResponse(reason: VerdictReason = 'other'): Refusal {
	return refuse(400, reason, WORDS[reason]);
}

const WORDS: Record<VerdictReason, string> = {
	challenge_mismatch:
		'The server did not give this challenge to this session, or it was used already. Start again.',
	challenge_expired: 'The challenge is older than five minutes. Start again.',
	origin_mismatch: 'The response was made for another origin than this page’s.',
	rp_id_hash_mismatch: 'The response was made for another relying party.',
	user_presence_missing: 'The authenticator did not test that someone is there (UP flag).',
	user_verification_missing:
		'User verification was required, and the authenticator did not verify anyone (UV flag).',
	signature_invalid: 'The signature does not fit the public key kept for this passkey.',
	counter_regressed:
		'The signature counter did not rise, as it would not if the key had been copied.',
	credential_unknown: 'This server knows no such passkey: it was never kept here, or is long gone.',
	credential_revoked: 'This passkey was removed from its account and is no longer taken.',
	algorithm_unexpected: 'The key uses an algorithm that was not offered.',
	attestation_rejected: 'The attestation statement could not be verified.',
	backup_flags_invalid:
		'The backup flags are impossible: backed up without being eligible (BS without BE), or eligibility changed.',
	user_handle_mismatch: 'The passkey names another account than the one it is kept for.',
	malformed_response: 'The response could not be read.',
	other: 'The server refused the response.'
};
