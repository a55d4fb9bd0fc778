/** @passlens/sdk/server: what a relying party's server reports. */
export {
	createVerdictSender,
	type VerdictSender,
	type VerdictSenderOptions,
	type Verdict,
	type RegistrationVerdict,
	type AuthenticationVerdict,
	type Revocation
} from './verdict-sender.ts';
export {
	authenticationFacts,
	registrationFacts,
	type AuthenticationResponse,
	type RegistrationResponse
} from './response-facts.ts';
export type { ActiveSpan, TraceApi } from './join-trace.ts';
export type { VerdictReason, RevocationReason } from '../event/vocabulary.ts';
export * as simplewebauthn from './simplewebauthn.ts';
