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
export * as simplewebauthn from './simplewebauthn.ts';
