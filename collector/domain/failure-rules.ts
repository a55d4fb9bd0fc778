import type { Confidence, FailureCause, FailureFacts } from './classify-failure.ts';

export interface FailureRule {
	cause: FailureCause;
	confidence: Confidence | ((facts: FailureFacts) => Confidence);
	applies: (facts: FailureFacts) => boolean;
	/** What speaks for the cause, in words. */
	because: (facts: FailureFacts) => string[];
}

const SPARE_MS = 250;
const KEYS_ONLY = new Set(['usb', 'nfc', 'ble', 'smart-card']);

const says = (...texts: string[]) => {
	return ({ message }: FailureFacts) => texts.some((text) => message.includes(text));
};
const named = (...names: string[]) => {
	return ({ name }: FailureFacts) => names.includes(name);
};
const coded = (code: string) => {
	return ({ error }: FailureFacts) => error.code === `ERROR_${code}`;
};
const any = (...tests: FailureRule['applies'][]): FailureRule['applies'] => {
	return (facts) => tests.some((test) => test(facts));
};
const all = (...tests: FailureRule['applies'][]): FailureRule['applies'] => {
	return (facts) => tests.every((test) => test(facts));
};
const told = (text: string) => () => [text];
const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

/** The one message by which Chromium, or Firefox, tells of a refusal, whatever its reason. */
const overloaded = all(
	named('NotAllowedError', 'NotAllowed'),
	any(
		({ message }) => message === '',
		says('either timed out or was not allowed', 'not allowed by the user agent')
	)
);

/** What the page did to its own request. */
const OWN_ABORTS: FailureRule[] = [
	{
		cause: 'superseded',
		confidence: 'certain',
		applies: says('cancelled by a new request'),
		because: told('The browser says that a newer request took its place.')
	},
	{
		cause: 'aborted_by_page',
		confidence: 'certain',
		applies: all(
			({ evidence }) => evidence.signal_aborted === true,
			({ name }) => !['NotAllowedError', 'InvalidStateError', 'OperationError'].includes(name)
		),
		because: told("The page's own AbortSignal was aborted before the call ended.")
	},
	{
		cause: 'superseded',
		confidence: 'likely',
		applies: all(
			named('AbortError'),
			({ platform }) => platform.engine === 'gecko',
			({ evidence }) => evidence.signal_aborted !== true
		),
		because: told(
			'Firefox ends an open request when the page makes another, and the page did not abort it.'
		)
	},
	{
		cause: 'aborted_by_page',
		confidence: 'likely',
		applies: any(named('AbortError', 'TimeoutError'), coded('CEREMONY_ABORTED')),
		because: told('The error is the one an AbortSignal gives.')
	}
];

/** Names, codes and messages that leave no doubt, or little. */
const TOLD_APART: FailureRule[] = [
	{
		cause: 'already_registered',
		confidence: 'certain',
		applies: any(
			all(named('InvalidStateError'), ({ registering }) => registering),
			coded('AUTHENTICATOR_PREVIOUSLY_REGISTERED'),
			says('matchedexcludedcredential', 'matched excluded credential')
		),
		because: told('The authenticator holds one of the excluded credentials.')
	},
	{
		cause: 'request_pending',
		confidence: 'certain',
		applies: any(
			says('request is already pending'),
			all(named('OperationError'), says('pending', 'in progress'))
		),
		because: told('Another request of the page was still open.')
	},
	{
		cause: 'not_focused',
		confidence: 'certain',
		applies: says(
			'does not have focus',
			'document is not focused',
			'credentialcontainer request is not allowed',
			'notinteractive',
			'not interactive'
		),
		because: ({ evidence }) => [
			'The browser takes requests from a focused page only.',
			...(evidence.focused_at_start === false ? ['The page had no focus at the call.'] : [])
		]
	},
	{
		cause: 'permissions_policy',
		confidence: 'certain',
		applies: says(
			'feature is not enabled',
			'permissions policy',
			'permissions-policy',
			'not the same as its ancestors'
		),
		because: told('The page stands in a frame that may not use passkeys.')
	},
	{
		cause: 'related_origin_failed',
		confidence: 'certain',
		applies: all(
			named('SecurityError'),
			says('well-known', 'claimed rp id', 'related origin', 'listed origin', 'label limit')
		),
		because: told('The list of related origins could not be read or does not name this origin.')
	},
	{
		cause: 'insecure_context',
		confidence: 'certain',
		applies: says('secure context', 'insecure context', 'not a secure origin'),
		because: told('The page is not served over HTTPS.')
	},
	{
		cause: 'invalid_options',
		confidence: 'likely',
		applies: all(
			named('SecurityError'),
			({ platform }) => platform.engine === 'gecko',
			({ request }) => (request.allow_count ?? 0) > 20
		),
		because: ({ request }) => [
			`The request names ${request.allow_count} credentials and Firefox takes at most 20.`
		]
	},
	{
		cause: 'rp_id_mismatch',
		confidence: ({ message }) =>
			/registrable domain|invalid domain|not a valid domain|relying party id/.test(message)
				? 'certain'
				: 'likely',
		applies: any(named('SecurityError'), coded('INVALID_DOMAIN'), coded('INVALID_RP_ID')),
		because: ({ request, message }) => [
			/invalid domain|not a valid domain/.test(message)
				? "The page's host can have no passkeys: it is an address, or not a valid domain."
				: 'The relying-party id does not belong to the page.',
			...(request.rp_id && request.origin
				? [`Asked for ${request.rp_id} on ${request.origin}.`]
				: [])
		]
	},
	{
		cause: 'resident_key_unavailable',
		confidence: 'certain',
		applies: coded('AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT'),
		because: told('The authenticator cannot keep discoverable credentials.')
	},
	{
		cause: 'user_verification_unavailable',
		confidence: 'certain',
		applies: any(
			coded('AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT'),
			coded('AUTO_REGISTER_USER_VERIFICATION_FAILURE')
		),
		because: told('The authenticator could not verify the user.')
	},
	{
		cause: 'algorithm_unsupported',
		confidence: 'certain',
		applies: coded('AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG'),
		because: told('The authenticator knows none of the algorithms asked for.')
	},
	{
		cause: 'resident_key_unavailable',
		confidence: 'likely',
		applies: all(
			named('ConstraintError'),
			({ registering, request }) =>
				registering &&
				request.resident_key === 'required' &&
				request.user_verification !== 'required'
		),
		because: told(
			'The authenticator cannot do what was required, and a discoverable credential was.'
		)
	},
	{
		cause: 'user_verification_unavailable',
		confidence: 'likely',
		applies: named('ConstraintError'),
		because: told('The authenticator cannot do what was required, such as verifying the user.')
	},
	{
		cause: 'no_credential_here',
		confidence: 'certain',
		applies: any(named('NoCredentialException'), says('no credentials available', 'nocredential')),
		because: told('The platform says that it holds no passkey for this request.')
	},
	{
		cause: 'conditional_not_eligible',
		confidence: 'likely',
		applies: all(
			({ registering, conditional }) => registering && conditional,
			named('NotAllowedError', 'NotSupportedError')
		),
		because: told(
			'The browser does not create a passkey by itself here; that is its normal answer, not a fault.'
		)
	},
	{
		cause: 'user_verification_unavailable',
		confidence: 'likely',
		applies: all(
			named('NotSupportedError'),
			({ platform }) => platform.os_name === 'Android',
			({ registering }) => registering
		),
		because: told('Android refuses this way when the device has no screen lock.')
	},
	{
		cause: 'algorithm_unsupported',
		confidence: 'likely',
		applies: all(named('NotSupportedError'), says('algorithm', 'pubkeycredparams')),
		because: told('None of the algorithms asked for is supported.')
	},
	{
		cause: 'invalid_options',
		confidence: ({ name }) => (name === 'TypeError' ? 'certain' : 'likely'),
		applies: any(
			named(
				'TypeError',
				'NotSupportedError',
				'SyntaxError',
				'EncodingError',
				'DataError',
				'RangeError'
			),
			coded('INVALID_USER_ID_LENGTH'),
			coded('MALFORMED_PUBKEYCREDPARAMS')
		),
		because: ({ message }) => [
			/user\.id|user handle|must be between/.test(message)
				? 'The user id is longer than 64 bytes, or empty.'
				: 'The browser refuses the options of the call.'
		]
	},
	{
		cause: 'hybrid_transport_failed',
		confidence: 'likely',
		applies: says('hybrid', 'cable', 'tunnel', 'bluetooth'),
		because: told('The message speaks of the connection to another device.')
	}
];

/** Safari and the native interfaces tell a dismissal from a timeout. */
const CLEAR_REFUSALS: FailureRule[] = [
	{
		cause: 'user_cancelled',
		confidence: 'certain',
		applies: any(
			says('cancelled by the user', 'canceled by the user', 'user canceled', 'user cancelled'),
			named(
				'GetCredentialCancellationException',
				'CreateCredentialCancellationException',
				'ASAuthorizationErrorCanceled'
			)
		),
		because: told('The client says that the user dismissed it.')
	},
	{
		cause: 'timed_out',
		confidence: 'certain',
		applies: all(named('NotAllowedError'), ({ message }) => /^operation timed out/.test(message)),
		because: ({ elapsedMs }) => [`The client says that time ran out, after ${seconds(elapsedMs)}.`]
	},
	{
		cause: 'authenticator_error',
		confidence: 'likely',
		applies: all(named('NotAllowedError'), ({ message }) => /^operation failed/.test(message)),
		because: told(
			'Safari says that the operation failed, and neither that it was dismissed nor that time ran out.'
		)
	}
];

/** One message for everything: what the page saw around the call has to decide. */
const OVERLOADED: FailureRule[] = [
	{
		cause: 'no_credential_here',
		confidence: 'likely',
		applies: all(overloaded, ({ request }) => request.mediation === 'immediate'),
		because: told('An immediate request is refused when the device holds no passkey for the site.')
	},
	{
		cause: 'user_cancelled',
		confidence: 'possible',
		applies: all(overloaded, ({ conditional }) => conditional),
		because: told(
			'The user picked a passkey from autofill and did not go through with it, or it failed: the browser does not say.'
		)
	},
	{
		cause: 'timed_out',
		confidence: 'likely',
		applies: all(
			overloaded,
			({ timeoutMs, elapsedMs }) => timeoutMs !== undefined && elapsedMs >= timeoutMs - SPARE_MS
		),
		because: ({ timeoutMs, elapsedMs }) => [
			`It ended after ${seconds(elapsedMs)}, and this client gives up after ${seconds(timeoutMs!)}.`
		]
	},
	{
		cause: 'extension_interfered',
		confidence: 'possible',
		applies: all(
			overloaded,
			({ noDialog, evidence }) => noDialog && evidence.api_replaced === true
		),
		because: told('Nothing was shown, and something other than the browser answered the call.')
	},
	{
		cause: 'user_verification_unavailable',
		confidence: 'possible',
		applies: all(
			overloaded,
			({ noDialog, request }) => noDialog && request.user_verification === 'required',
			({ registering, request }) => registering || (request.allow_count ?? 0) > 0
		),
		because: ({ elapsedMs }) => [
			nothingShown(elapsedMs),
			'User verification was required, and the client may not be able to do it.'
		]
	},
	{
		cause: 'no_credential_here',
		confidence: 'possible',
		applies: all(overloaded, ({ noDialog, registering }) => noDialog && !registering),
		because: ({ elapsedMs, request }) => [
			nothingShown(elapsedMs),
			request.allow_count
				? `None of the ${request.allow_count} credentials asked for may be on this device.`
				: 'The device may hold no passkey for the site.'
		]
	},
	{
		cause: 'unknown',
		confidence: 'possible',
		applies: all(overloaded, ({ noDialog }) => noDialog),
		because: ({ elapsedMs }) => [nothingShown(elapsedMs)]
	},
	{
		cause: 'no_credential_here',
		confidence: 'possible',
		applies: all(
			overloaded,
			({ registering, dialog, request }) =>
				!registering &&
				!dialog &&
				(request.allow_transports ?? []).length > 0 &&
				request.allow_transports!.every((transport) => KEYS_ONLY.has(transport))
		),
		because: told('Only security keys were asked for, and none may have been at hand.')
	},
	{
		cause: 'user_cancelled',
		confidence: ({ dialog }) => (dialog ? 'likely' : 'possible'),
		applies: overloaded,
		because: ({ dialog, evidence, elapsedMs }) => [
			dialog
				? `The page ${evidence.blurred ? 'lost focus' : 'was hidden'} while the call was open, so a dialog most likely appeared.`
				: 'A dialog may have appeared: the page cannot tell.',
			`It ended after ${seconds(elapsedMs)}, before time could run out.`
		]
	}
];

const nothingShown = (elapsedMs: number) =>
	`It ended after ${elapsedMs} ms and the page neither lost focus nor was hidden: no dialog was shown.`;

/** What is left. */
const REST: FailureRule[] = [
	{
		cause: 'extension_interfered',
		confidence: ({ name }) => (name === 'NoPublicKeyCredential' ? 'likely' : 'possible'),
		applies: all(
			({ evidence }) => evidence.api_replaced === true,
			({ name }) => name !== 'NotAllowedError'
		),
		because: told(
			'Something other than the browser answered the call, with an error browsers do not give.'
		)
	},
	{
		cause: 'authenticator_error',
		confidence: 'likely',
		applies: any(
			named(
				'UnknownError',
				'NotReadableError',
				'InvalidStateError',
				'OperationError',
				'NetworkError'
			),
			coded('AUTHENTICATOR_GENERAL_ERROR')
		),
		because: told('The authenticator or the platform behind it failed.')
	}
];

/** In order: the first that applies decides. */
export const FAILURE_RULES: readonly FailureRule[] = [
	...OWN_ABORTS,
	...TOLD_APART,
	...CLEAR_REFUSALS,
	...OVERLOADED,
	...REST
];
