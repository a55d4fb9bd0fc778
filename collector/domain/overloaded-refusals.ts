import { all, any, named, says, seconds, told, type FailureRule } from './failure-rule.ts';

const SPARE_MS = 250;
const KEYS_ONLY = new Set(['usb', 'nfc', 'ble', 'smart-card']);

/** The one message by which Chromium, or Firefox, tells of a refusal, whatever its reason. */
const overloaded = all(
	named('NotAllowedError', 'NotAllowed'),
	any(
		({ message }) => message === '',
		says('either timed out or was not allowed', 'not allowed by the user agent')
	)
);

/** Safari and the native interfaces tell a dismissal from a timeout. */
export const CLEAR_REFUSALS: FailureRule[] = [
	{
		id: 'cancelled-told',
		cause: 'user_cancelled',
		confidence: 'certain',
		applies: says(
			'cancelled by the user',
			'canceled by the user',
			'user canceled',
			'user cancelled'
		),
		because: told('The client says that the user dismissed it.')
	},
	{
		id: 'timed-out-told',
		cause: 'timed_out',
		confidence: 'certain',
		applies: all(named('NotAllowedError'), ({ message }) => /^operation timed out/.test(message)),
		because: ({ elapsedMs }) => [`The client says that time ran out, after ${seconds(elapsedMs)}.`]
	},
	{
		id: 'failed-webkit',
		cause: 'authenticator_error',
		confidence: 'likely',
		applies: all(named('NotAllowedError'), ({ message }) => /^operation failed/.test(message)),
		because: told(
			'Safari says that the operation failed, and neither that it was dismissed nor that time ran out.'
		)
	}
];

/** One message for everything: what the page saw around the call has to decide. */
export const OVERLOADED_REFUSALS: FailureRule[] = [
	{
		id: 'bare-immediate',
		cause: 'no_credential_here',
		confidence: 'likely',
		applies: all(overloaded, ({ request }) => request.mediation === 'immediate'),
		because: told('An immediate request is refused when the device holds no passkey for the site.')
	},
	{
		id: 'bare-conditional-nothing-shown',
		cause: 'no_credential_here',
		confidence: 'possible',
		applies: all(overloaded, ({ conditional, noDialog }) => conditional && noDialog),
		because: ({ elapsedMs }) => [
			nothingShown(elapsedMs),
			'Autofill may have had no passkey to offer: nobody picked one.'
		]
	},
	{
		id: 'bare-conditional-picked',
		cause: 'user_cancelled',
		confidence: 'possible',
		applies: all(overloaded, ({ conditional }) => conditional),
		because: told(
			'The user picked a passkey from autofill and did not go through with it, or it failed: the browser does not say.'
		)
	},
	{
		id: 'bare-timed-out',
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
		id: 'bare-extension',
		cause: 'extension_interfered',
		confidence: 'possible',
		applies: all(
			overloaded,
			({ noDialog, evidence }) => noDialog && evidence.api_replaced === true
		),
		because: told('Nothing was shown, and something other than the browser answered the call.')
	},
	{
		id: 'bare-no-user-verification',
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
		id: 'bare-no-credential',
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
		id: 'bare-nothing-shown',
		cause: 'unknown',
		confidence: 'possible',
		applies: all(overloaded, ({ noDialog }) => noDialog),
		because: ({ elapsedMs }) => [nothingShown(elapsedMs)]
	},
	{
		id: 'bare-keys-only',
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
		id: 'bare-no-platform-authenticator',
		cause: 'no_credential_here',
		confidence: 'likely',
		applies: all(
			overloaded,
			({ registering, request, platform }) =>
				!registering &&
				platform.os_name === 'Linux' &&
				(request.allow_transports ?? []).length > 0 &&
				request.allow_transports!.every((transport) => transport === 'internal')
		),
		because: told('Only credentials of platform authenticators were asked for, and Linux has none.')
	},
	{
		id: 'bare-dismissed',
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
