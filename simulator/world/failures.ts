import type { CeremonyEvidence } from '../../sdk/event/index.ts';
import type { Random } from '../random.ts';
import { engineOf, type Device } from './client.ts';

export type FailureKind =
	| 'cancelled'
	| 'timed_out'
	| 'already_registered'
	| 'not_focused'
	| 'user_verification_unavailable'
	| 'extension_interfered'
	| 'request_pending'
	| 'authenticator_error'
	| 'aborted_by_page'
	| 'conditional_not_eligible';

/** How a failure reaches the page: what the browser says, and what the page saw around it. */
export interface Failure {
	error: { name: string; message: string };
	evidence: CeremonyEvidence;
	elapsed_ms: number;
}

type Engine = ReturnType<typeof engineOf>;
type Messages = Record<Engine, readonly [name: string, message: string]>;

const CHROMIUM_DENIED = [
	'NotAllowedError',
	'The operation either timed out or was not allowed. See: https://www.w3.org/TR/webauthn-2/#sctn-privacy-considerations-client.'
] as const;
const FIREFOX_DENIED = [
	'NotAllowedError',
	'The request is not allowed by the user agent or the platform in the current context, possibly because the user denied permission.'
] as const;

/** Names and messages per engine, as the project's reference on browsers lists them. */
const MESSAGES: Record<FailureKind, Messages> = {
	cancelled: {
		chromium: CHROMIUM_DENIED,
		firefox: FIREFOX_DENIED,
		webkit: ['NotAllowedError', 'This request has been cancelled by the user.']
	},
	timed_out: {
		chromium: CHROMIUM_DENIED,
		firefox: FIREFOX_DENIED,
		webkit: ['NotAllowedError', 'Operation timed out.']
	},
	already_registered: {
		chromium: [
			'InvalidStateError',
			'The user attempted to register an authenticator that contains one of the credentials already registered with the relying party.'
		],
		firefox: [
			'InvalidStateError',
			'An attempt was made to use an object that is not, or is no longer, usable'
		],
		webkit: [
			'InvalidStateError',
			'At least one credential matches an entry of the excludeCredentials list in the authenticator.'
		]
	},
	not_focused: {
		chromium: [
			'NotAllowedError',
			'The operation is not allowed at this time because the page does not have focus.'
		],
		firefox: ['NotAllowedError', 'CredentialContainer request is not allowed.'],
		webkit: ['NotAllowedError', 'The document is not focused.']
	},
	user_verification_unavailable: {
		// Android without a screen lock is the one place where this is told apart.
		chromium: [
			'NotSupportedError',
			'The specified `userVerification` requirement cannot be fulfilled by this device unless the device is secured with a screen lock.'
		],
		firefox: FIREFOX_DENIED,
		webkit: ['NotAllowedError', 'Operation failed.']
	},
	extension_interfered: {
		chromium: ['Error', 'Extension context invalidated.'],
		firefox: ['Error', 'Could not establish connection. Receiving end does not exist.'],
		webkit: ['Error', 'Invalid call to runtime.sendMessage(). Tab not found.']
	},
	request_pending: {
		chromium: ['OperationError', 'A request is already pending.'],
		firefox: FIREFOX_DENIED,
		webkit: ['NotAllowedError', 'Operation failed.']
	},
	authenticator_error: {
		chromium: [
			'UnknownError',
			'An unknown error occurred while talking to the credential manager.'
		],
		firefox: ['UnknownError', 'The operation failed for an unknown transient reason'],
		webkit: ['UnknownError', 'Unknown internal error.']
	},
	aborted_by_page: {
		chromium: ['AbortError', 'signal is aborted without reason'],
		firefox: ['AbortError', 'The operation was aborted. '],
		webkit: ['AbortError', 'Fetch is aborted']
	},
	conditional_not_eligible: {
		chromium: CHROMIUM_DENIED,
		firefox: ['NotSupportedError', 'Operation is not supported'],
		webkit: ['NotAllowedError', 'Operation failed.']
	}
};

/** Makes the error and the evidence of a failure on this device, with a request that allowed `timeoutMs`. */
export function createFailure({
	kind,
	device,
	timeoutMs,
	random
}: {
	kind: FailureKind;
	device: Device;
	timeoutMs: number;
	random: Random;
}): Failure {
	const [name, message] = MESSAGES[kind][engineOf(device)];
	const dialog = { focused_at_start: true, blurred: true, hidden: false, user_activation: true };
	const silent = { focused_at_start: true, blurred: false, hidden: false, user_activation: true };
	const blurred_after_ms = random.int(90, 420);
	const after = (median: number, least: number, most = timeoutMs - 2_000) =>
		Math.round(Math.min(most, Math.max(least, random.around(median, 0.6))));
	const shape: Record<FailureKind, [evidence: CeremonyEvidence, elapsed: number]> = {
		cancelled: [{ ...dialog, blurred_after_ms }, after(4_200, 1_300)],
		timed_out: [{ ...dialog, blurred_after_ms }, timeoutMs + random.int(4, 180)],
		already_registered: [{ ...dialog, blurred_after_ms }, after(2_600, 700)],
		not_focused: [{ ...silent, focused_at_start: false, user_activation: false }, random.int(1, 9)],
		user_verification_unavailable: [silent, random.int(40, 300)],
		extension_interfered: [{ ...silent, api_replaced: true }, after(900, 40)],
		request_pending: [silent, random.int(1, 12)],
		authenticator_error: [{ ...dialog, blurred_after_ms }, after(2_400, 600)],
		aborted_by_page: [{ ...silent, signal_aborted: true }, after(12_000, 900)],
		// The browser keeps its reasons to itself until the whole timeout has passed.
		conditional_not_eligible: [
			{ focused_at_start: true, blurred: false, hidden: false, user_activation: false },
			timeoutMs + random.int(4, 180)
		]
	};
	const [evidence, elapsed_ms] = shape[kind];
	return { error: { name, message }, evidence, elapsed_ms };
}

/** What an observer makes of it: the outcome, and the cause of the reference's list. */
export function readingOf(kind: FailureKind): {
	outcome: 'cancelled' | 'aborted' | 'failed';
	cause: string;
} {
	if (kind === 'cancelled') return { outcome: 'cancelled', cause: 'user_cancelled' };
	if (kind === 'aborted_by_page') return { outcome: 'aborted', cause: 'aborted_by_page' };
	return { outcome: 'failed', cause: kind };
}
