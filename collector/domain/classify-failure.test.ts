import { describe, expect, test } from 'vitest';
import { normaliseMessage } from '../../sdk/common/normalise-message.ts';
import { classifyFailure, OPERATOR_RULE, type Failure } from './classify-failure.ts';
import { FAILURE_RULES } from './failure-rules.ts';
import { recognisePlatform } from './platform.ts';

const chrome = recognisePlatform({
	userAgent:
		'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36'
});
const android = recognisePlatform({
	userAgent:
		'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Mobile Safari/537.36'
});
const firefox = recognisePlatform({
	userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'
});
const safari = recognisePlatform({
	userAgent:
		'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15'
});

const LINUX =
	'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36';

const CHROMIUM_BARE =
	'The operation either timed out or was not allowed. See: https://www.w3.org/TR/webauthn-2/#sctn-privacy-considerations-client.';
const FIREFOX_BARE =
	'The request is not allowed by the user agent or the platform in the current context, possibly because the user denied permission.';

type Case = [
	title: string,
	error: [name: string, message?: string, code?: string],
	failure: Partial<Omit<Failure, 'error'>>,
	expected: string
];

const get = (request: object = {}, rest: Partial<Failure> = {}) => ({
	ceremonyType: 'authentication' as const,
	request: { mediation: 'optional' as const, ...request },
	...rest
});
const create = (request: object = {}, rest: Partial<Failure> = {}) => ({
	...get(request, rest),
	ceremonyType: 'registration' as const
});
const blurred = { evidence: { blurred: true } };

const CASES: Case[] = [
	// What one message says for everything, told apart by what the page saw.
	[
		'Chromium, a dialog was seen',
		['NotAllowedError', CHROMIUM_BARE],
		get({}, { elapsedMs: 4_000, ...blurred }),
		'user_cancelled likely'
	],
	[
		'Chromium, no dialog was seen',
		['NotAllowedError', CHROMIUM_BARE],
		get({}, { elapsedMs: 4_000 }),
		'user_cancelled possible'
	],
	[
		'Firefox, a dialog hid the page',
		['NotAllowedError', FIREFOX_BARE],
		get({}, { platform: firefox, elapsedMs: 4_000, evidence: { hidden: true } }),
		'user_cancelled likely'
	],
	[
		'Chromium, at its asked timeout',
		['NotAllowedError', CHROMIUM_BARE],
		get({ timeout_ms: 60_000 }, { elapsedMs: 59_800, ...blurred }),
		'timed_out likely'
	],
	[
		'Chromium, just before it',
		['NotAllowedError', CHROMIUM_BARE],
		get({ timeout_ms: 60_000 }, { elapsedMs: 59_700, ...blurred }),
		'user_cancelled likely'
	],
	[
		'Chromium clamps a short timeout up',
		['NotAllowedError', CHROMIUM_BARE],
		get({ timeout_ms: 1_000 }, { elapsedMs: 5_000 }),
		'user_cancelled possible'
	],
	[
		'Chromium without a timeout gives up after ten minutes',
		['NotAllowedError', CHROMIUM_BARE],
		get({}, { elapsedMs: 600_000 }),
		'timed_out likely'
	],
	[
		'Android without a timeout: unknown, so never timed out',
		['NotAllowedError', CHROMIUM_BARE],
		get({}, { platform: android, elapsedMs: 700_000 }),
		'user_cancelled possible'
	],
	[
		'Firefox clamps 1 s to 15 s',
		['NotAllowedError', FIREFOX_BARE],
		get({ timeout_ms: 1_000 }, { platform: firefox, elapsedMs: 15_050 }),
		'timed_out likely'
	],
	[
		'Firefox without a timeout gives up after 30 s',
		['NotAllowedError', FIREFOX_BARE],
		get({}, { platform: firefox, elapsedMs: 30_010 }),
		'timed_out likely'
	],
	[
		'nothing shown, discoverable sign-in',
		['NotAllowedError', CHROMIUM_BARE],
		get({ allow_count: 0, user_verification: 'required' }, { elapsedMs: 40 }),
		'no_credential_here possible'
	],
	[
		'nothing shown, named credentials, verification preferred',
		['NotAllowedError', CHROMIUM_BARE],
		get({ allow_count: 2 }, { elapsedMs: 40 }),
		'no_credential_here possible'
	],
	[
		'nothing shown, named credentials, verification required',
		['NotAllowedError', CHROMIUM_BARE],
		get({ allow_count: 2, user_verification: 'required' }, { elapsedMs: 40 }),
		'user_verification_unavailable possible'
	],
	[
		'nothing shown at a registration, verification required',
		['NotAllowedError', CHROMIUM_BARE],
		create({ user_verification: 'required' }, { elapsedMs: 40 }),
		'user_verification_unavailable possible'
	],
	[
		'nothing shown at a registration',
		['NotAllowedError', CHROMIUM_BARE],
		create({}, { elapsedMs: 40 }),
		'unknown possible'
	],
	[
		'nothing shown and the API was replaced',
		['NotAllowedError', CHROMIUM_BARE],
		create({}, { elapsedMs: 40, evidence: { api_replaced: true } }),
		'extension_interfered possible'
	],
	[
		'only security keys asked for',
		['NotAllowedError', CHROMIUM_BARE],
		get({ allow_count: 1, allow_transports: ['usb', 'nfc'] }, { elapsedMs: 9_000 }),
		'no_credential_here possible'
	],
	[
		'an immediate request',
		['NotAllowedError', CHROMIUM_BARE],
		get({ mediation: 'immediate' }, { elapsedMs: 1 }),
		'no_credential_here likely'
	],
	[
		'a refusal without a message',
		['NotAllowedError'],
		get({}, { elapsedMs: 3_000 }),
		'user_cancelled possible'
	],
	// Safari tells.
	[
		'Safari, dismissed',
		['NotAllowedError', 'This request has been cancelled by the user.'],
		get({}, { platform: safari }),
		'user_cancelled certain'
	],
	[
		'Safari, out of time',
		['NotAllowedError', 'Operation timed out.'],
		get({}, { platform: safari, elapsedMs: 120_000 }),
		'timed_out certain'
	],
	[
		'Safari, failed',
		['NotAllowedError', 'Operation failed.'],
		get({}, { platform: safari }),
		'authenticator_error likely'
	],
	[
		'Safari, a newer request',
		['NotAllowedError', 'This request has been cancelled by a new request.'],
		get({}, { platform: safari }),
		'superseded certain'
	],
	// Aborts.
	[
		'aborted by the page',
		['AbortError', 'signal is aborted without reason'],
		get({}, { evidence: { signal_aborted: true } }),
		'aborted_by_page certain'
	],
	[
		'aborted with a reason of its own',
		['MyReason', 'left the form'],
		get({}, { evidence: { signal_aborted: true } }),
		'aborted_by_page certain'
	],
	[
		"aborted by the page's own clock",
		['TimeoutError', 'signal timed out'],
		get({}, { evidence: { signal_aborted: true } }),
		'aborted_by_page certain'
	],
	[
		'a conditional request refused at once: autofill had nothing to offer',
		['NotAllowedError', CHROMIUM_BARE],
		get({ mediation: 'conditional' }, { elapsedMs: 5 }),
		'no_credential_here possible'
	],
	[
		'a conditional request refused after something was shown',
		['NotAllowedError', CHROMIUM_BARE],
		get({ mediation: 'conditional' }, { elapsedMs: 9_000, ...blurred }),
		'user_cancelled possible'
	],
	[
		'a conditional request aborted',
		['AbortError', ''],
		get({ mediation: 'conditional' }, { evidence: { signal_aborted: true } }),
		'aborted_by_page certain'
	],
	[
		'an abort nobody saw',
		['AbortError', 'The operation was aborted.'],
		get(),
		'aborted_by_page likely'
	],
	[
		'Firefox aborts the first of two',
		['AbortError', 'The operation was aborted.'],
		get({}, { platform: firefox, evidence: { signal_aborted: false } }),
		'superseded likely'
	],
	// Registration.
	[
		'Chromium, excluded credential',
		[
			'InvalidStateError',
			'The user attempted to register an authenticator that contains one of the credentials already registered with the relying party.'
		],
		create(),
		'already_registered certain'
	],
	[
		'Firefox, excluded credential',
		[
			'InvalidStateError',
			'An attempt was made to use an object that is not, or is no longer, usable'
		],
		create({}, { platform: firefox }),
		'already_registered certain'
	],
	[
		'iOS, excluded credential',
		['ASAuthorizationError', 'matchedExcludedCredential'],
		create(),
		'already_registered certain'
	],
	[
		'InvalidStateError at a sign-in',
		['InvalidStateError', 'odd'],
		get(),
		'authenticator_error likely'
	],
	[
		'a discoverable credential required',
		['ConstraintError', ''],
		create({ resident_key: 'required' }),
		'resident_key_unavailable likely'
	],
	[
		'verification required',
		['ConstraintError', ''],
		create({ resident_key: 'required', user_verification: 'required' }),
		'user_verification_unavailable likely'
	],
	[
		'Android without a screen lock',
		['NotSupportedError', 'The user agent does not support public key credentials.'],
		create({}, { platform: android }),
		'user_verification_unavailable likely'
	],
	[
		'no algorithm in common',
		['NotSupportedError', 'None of the algorithms in pubKeyCredParams are supported'],
		create(),
		'algorithm_unsupported likely'
	],
	['options not supported', ['NotSupportedError', 'odd'], create(), 'invalid_options likely'],
	[
		'conditional create, Chromium',
		['NotAllowedError', CHROMIUM_BARE],
		create({ mediation: 'conditional' }, { elapsedMs: 60_000 }),
		'conditional_not_eligible likely'
	],
	[
		'conditional create, Firefox',
		['NotSupportedError', ''],
		create({ mediation: 'conditional' }, { platform: firefox }),
		'conditional_not_eligible likely'
	],
	// The page, its host, its frame.
	[
		'a request is open',
		['OperationError', 'A request is already pending.'],
		get(),
		'request_pending certain'
	],
	[
		'Chromium, not focused',
		[
			'NotAllowedError',
			'The operation is not allowed at this time because the page does not have focus.'
		],
		get(),
		'not_focused certain'
	],
	[
		'Firefox, not focused',
		['NotAllowedError', 'CredentialContainer request is not allowed.'],
		get({}, { platform: firefox }),
		'not_focused certain'
	],
	[
		'Firefox from 153 on, not focused',
		['NotAllowedError', 'CredentialsContainer request is not allowed.'],
		get({}, { platform: firefox }),
		'not_focused certain'
	],
	[
		'Safari, not focused',
		['NotAllowedError', 'The document is not focused.'],
		get({}, { platform: safari }),
		'not_focused certain'
	],
	[
		'iOS, not interactive',
		['ASAuthorizationError', 'notInteractive'],
		get(),
		'not_focused certain'
	],
	[
		'Chromium, a frame without permission',
		['NotAllowedError', "The 'publickey-credentials-get' feature is not enabled in this document."],
		get(),
		'permissions_policy certain'
	],
	[
		'Safari, a frame of another origin',
		['NotAllowedError', 'The origin of the document is not the same as its ancestors.'],
		get({}, { platform: safari }),
		'permissions_policy certain'
	],
	[
		'Chromium, bare RP id',
		[
			'SecurityError',
			'The relying party ID is not a registrable domain suffix of, nor equal to the current domain.'
		],
		get(),
		'rp_id_mismatch certain'
	],
	[
		'Firefox, RP id',
		['SecurityError', 'The operation is insecure.'],
		get({}, { platform: firefox }),
		'rp_id_mismatch likely'
	],
	[
		'Safari, RP id',
		[
			'SecurityError',
			'The provided RP ID is not a registrable domain suffix of the effective domain of the document.'
		],
		get({}, { platform: safari }),
		'rp_id_mismatch certain'
	],
	[
		'an address as host, Chromium',
		['SecurityError', 'This is an invalid domain.'],
		get(),
		'rp_id_mismatch certain'
	],
	[
		'an address as host, Safari',
		['SecurityError', 'The effective domain of the document is not a valid domain.'],
		get({}, { platform: safari }),
		'rp_id_mismatch certain'
	],
	[
		'related origins, fetch',
		[
			'SecurityError',
			'The relying party ID is not a registrable domain suffix of, nor equal to the current domain. Subsequently, an attempt to fetch the .well-known/webauthn resource of the claimed RP ID failed.'
		],
		get(),
		'related_origin_failed certain'
	],
	[
		'related origins, content type',
		[
			'SecurityError',
			'… the .well-known/webauthn resource of the claimed RP ID had the wrong content-type. (It should be application/json.)'
		],
		get(),
		'related_origin_failed certain'
	],
	[
		'related origins, JSON',
		['SecurityError', '… resource of the claimed RP ID resulted in a JSON parse error.'],
		get(),
		'related_origin_failed certain'
	],
	[
		'related origins, no match',
		['SecurityError', '… was successful, but no listed origin matched the caller.'],
		get(),
		'related_origin_failed certain'
	],
	[
		'related origins, label limit',
		[
			'SecurityError',
			'… no listed origin matched the caller. Note that a match may have been found but exceeded the label limit.'
		],
		get(),
		'related_origin_failed certain'
	],
	[
		'user id too long, Chromium',
		['TypeError', 'User handle exceeds 64 bytes.'],
		create(),
		'invalid_options certain'
	],
	[
		'user id too long, Firefox',
		['TypeError', 'user.id is too long'],
		create({}, { platform: firefox }),
		'invalid_options certain'
	],
	[
		'user id too long, Safari',
		['TypeError', 'The length options.user.id must be between 1-64 bytes.'],
		create({}, { platform: safari }),
		'invalid_options certain'
	],
	[
		'more than 20 credentials in Firefox',
		['SecurityError', 'The operation is insecure.'],
		get({ allow_count: 21 }, { platform: firefox }),
		'invalid_options likely'
	],
	[
		'a page without HTTPS',
		['SecurityError', 'The operation is only allowed in a secure context.'],
		get(),
		'insecure_context certain'
	],
	[
		'a library: the authenticator keeps no discoverable credentials',
		['ConstraintError', '', 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT'],
		create(),
		'resident_key_unavailable certain'
	],
	[
		'a library: the authenticator verifies nobody',
		['ConstraintError', '', 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT'],
		create(),
		'user_verification_unavailable certain'
	],
	[
		'a library: no algorithm in common',
		['NotSupportedError', '', 'ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG'],
		create(),
		'algorithm_unsupported certain'
	],
	[
		'the connection to a phone broke',
		['NetworkError', 'The hybrid tunnel was closed.'],
		get(),
		'hybrid_transport_failed likely'
	],
	// Native interfaces.
	[
		'Apple’s number for cancelled',
		['ASAuthorizationError', '', '1001'],
		get(),
		'user_cancelled certain'
	],
	['the same by its name', ['ASAuthorizationErrorCanceled', ''], get(), 'user_cancelled certain'],
	['Apple, failed', ['ASAuthorizationError', '', '1004'], get(), 'authenticator_error likely'],
	[
		'Apple, nothing may be shown',
		['ASAuthorizationError', '', '1005'],
		get(),
		'not_focused certain'
	],
	['Apple, excluded', ['ASAuthorizationError', '', '1006'], create(), 'already_registered certain'],
	[
		'Apple, no passcode',
		['ASAuthorizationError', '', '1010'],
		create(),
		'user_verification_unavailable likely'
	],
	['Apple, a number nobody knows', ['ASAuthorizationError', '', '4711'], get(), 'unknown possible'],
	[
		'Android, dismissed',
		['GetCredentialCancellationException', ''],
		get(),
		'user_cancelled certain'
	],
	[
		'Android, interrupted',
		['CreateCredentialInterruptedException', ''],
		create(),
		'authenticator_error possible'
	],
	[
		'Android, nobody to make it',
		['CreateCredentialNoCreateOptionException', ''],
		create(),
		'authenticator_error likely'
	],
	[
		'Android, unknown',
		['GetCredentialUnknownException', ''],
		get(),
		'authenticator_error possible'
	],
	[
		'only platform credentials on Linux, which has none',
		['NotAllowedError', CHROMIUM_BARE],
		get(
			{ allow_count: 1, allow_transports: ['internal'] },
			{ elapsedMs: 4_000, ...blurred, platform: recognisePlatform({ userAgent: LINUX }) }
		),
		'no_credential_here likely'
	],
	[
		'a word that has "cable" in it says nothing of another device',
		['HouseError', 'This is not applicable.'],
		get(),
		'unknown possible'
	],
	// The rest.
	[
		'Android encoding trouble',
		['NotReadableError', 'An unknown error occurred while talking to the credential manager.'],
		get({}, { platform: android }),
		'authenticator_error likely'
	],
	['an unknown error', ['UnknownError', ''], get(), 'authenticator_error likely'],
	['Android, nothing there', ['NoCredentialException', ''], get(), 'no_credential_here certain'],
	[
		'an extension answers with something else',
		['NoPublicKeyCredential'],
		get({}, { evidence: { api_replaced: true } }),
		'extension_interfered likely'
	],
	['a name nobody knows', ['HierarchyRequestError', 'odd'], get(), 'unknown possible'],
	['a name of the prototype', ['__proto__', 'constructor'], get(), 'unknown possible'],
	[
		'a library code',
		['Error', '', 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED'],
		create(),
		'already_registered certain'
	]
];

function failureOf([, [name, message, code], failure]: Case): Failure {
	return {
		ceremonyType: 'authentication',
		request: { mediation: 'optional' },
		evidence: {},
		elapsedMs: 2_000,
		platform: chrome,
		...failure,
		error: {
			name,
			...(message !== undefined && { signature: normaliseMessage(message) }),
			...(code && { code })
		}
	};
}

describe('classifyFailure', () => {
	test.each(CASES)('%s', (...row) => {
		const { cause, confidence, evidence } = classifyFailure(failureOf(row));
		expect(`${cause} ${confidence}`).toBe(row[3]);
		expect(evidence.length).toBeGreaterThan(0);
	});

	test('every rule of the table decides one of these, and its id is its own', () => {
		const ids = FAILURE_RULES.map(({ id }) => id);
		expect(ids.length).toBe(new Set(ids).size);
		const deciding = new Set(CASES.map((row) => classifyFailure(failureOf(row)).rule));
		expect(ids.filter((id) => !deciding.has(id))).toEqual([]);
	});

	test('what an operator named comes first, with the raw signature as evidence', () => {
		const failure = failureOf(['', ['HouseError', 'odd'], get(), '']);
		const named = {
			cause: 'authenticator_error',
			confidence: 'likely',
			note: 'our proxy'
		} as const;
		expect(
			classifyFailure(failure, ({ name }) => (name === 'HouseError' ? named : undefined))
		).toEqual({
			cause: 'authenticator_error',
			confidence: 'likely',
			evidence: ['Named by the operator: our proxy', 'HouseError: odd'],
			rule: OPERATOR_RULE
		});
		expect(classifyFailure(failure, () => undefined)).toMatchObject({ cause: 'unknown', rule: '' });
	});
});
