/**
 * The words of the contract. Each list is closed: a value outside it is refused with the list in the answer.
 * Terms are those of WebAuthn Level 3 where it has one; wire names are snake_case in every language.
 */

export const EVENT_TYPES = [
	'client.capabilities',
	'prompt.shown',
	'prompt.accepted',
	'prompt.dismissed',
	'ceremony.started',
	'ceremony.finished',
	'ceremony.verdict',
	'flow.started',
	'flow.chosen',
	'flow.reached',
	'flow.finished',
	'signin.finished',
	'credential.revoked',
	'credential.signalled'
] as const;

/**
 * Taken with a server key alone. An ingest key is public, so anybody could refuse or revoke with it what they know the
 * reference of, and a site may show credential ids to whoever types a user name.
 */
export const SERVER_EVENT_TYPES: readonly EventType[] = ['ceremony.verdict', 'credential.revoked'];

export const CEREMONY_TYPES = ['registration', 'authentication'] as const;

/** CredentialMediationRequirement, plus `immediate` (Chromium's uiMode: "immediate"). */
export const MEDIATIONS = ['optional', 'required', 'silent', 'conditional', 'immediate'] as const;

export const CLIENT_OUTCOMES = ['succeeded', 'error'] as const;

/** `abandoned`: the page was left for good while the call was open. A later word of the same ceremony outweighs it. */
export const CEREMONY_OUTCOMES = [...CLIENT_OUTCOMES, 'abandoned'] as const;

export const REQUIREMENTS = ['required', 'preferred', 'discouraged'] as const;

export const ATTACHMENTS = ['platform', 'cross-platform'] as const;

export const ATTESTATION_CONVEYANCES = ['none', 'indirect', 'direct', 'enterprise'] as const;

export const PROMPT_PURPOSES = ['enroll', 'upgrade', 'sign_in'] as const;

/** What a user is about to do, over all its pages. */
export const FLOW_PURPOSES = [...PROMPT_PURPOSES, 'sign_up', 'recovery'] as const;

export const PROMPT_MODES = ['manual', 'automatic'] as const;

export const SIGNIN_METHODS = [
	'passkey',
	'password',
	'otp',
	'magic_link',
	'social',
	'other'
] as const;

export const SIGNIN_OUTCOMES = ['succeeded', 'failed', 'abandoned'] as const;

/** Why a sign-in that began with a passkey ended with another method. */
export const FALLBACK_REASONS = ['no_passkey_here', 'ceremony_failed', 'user_choice'] as const;

/** Why a relying party's server refused a response. */
export const VERDICT_REASONS = [
	'challenge_mismatch',
	'challenge_expired',
	'origin_mismatch',
	'rp_id_hash_mismatch',
	'user_presence_missing',
	'user_verification_missing',
	'signature_invalid',
	'counter_regressed',
	'credential_unknown',
	'credential_revoked',
	'algorithm_unexpected',
	'attestation_rejected',
	'backup_flags_invalid',
	'user_handle_mismatch',
	'malformed_response',
	'other'
] as const;

export const REVOCATION_REASONS = [
	'user_removed',
	'admin_removed',
	'superseded',
	'lost',
	'compromised',
	'other'
] as const;

/** The Signal API's three methods (PublicKeyCredential.signal…). */
export const SIGNALS = [
	'unknown_credential',
	'all_accepted_credentials',
	'current_user_details'
] as const;

export type EventType = (typeof EVENT_TYPES)[number];
export type CeremonyType = (typeof CEREMONY_TYPES)[number];
export type Mediation = (typeof MEDIATIONS)[number];
export type VerdictReason = (typeof VERDICT_REASONS)[number];
export type SigninMethod = (typeof SIGNIN_METHODS)[number];
export type FallbackReason = (typeof FALLBACK_REASONS)[number];
export type FlowPurpose = (typeof FLOW_PURPOSES)[number];
export type PromptPurpose = (typeof PROMPT_PURPOSES)[number];
export type PromptMode = (typeof PROMPT_MODES)[number];
export type RevocationReason = (typeof REVOCATION_REASONS)[number];
export type Signal = (typeof SIGNALS)[number];
