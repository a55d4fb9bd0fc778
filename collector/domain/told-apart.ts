import { all, any, coded, named, says, told, type FailureRule } from './failure-rule.ts';

/** Names, codes and messages that leave no doubt, or little. */
export const TOLD_APART: FailureRule[] = [
	{
		id: 'excluded-credential',
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
		id: 'request-pending',
		cause: 'request_pending',
		confidence: 'certain',
		applies: any(
			says('request is already pending'),
			all(named('OperationError'), says('pending', 'in progress'))
		),
		because: told('Another request of the page was still open.')
	},
	{
		id: 'not-focused',
		cause: 'not_focused',
		confidence: 'certain',
		applies: says(
			'does not have focus',
			'document is not focused',
			'credentialcontainer request is not allowed',
			// Firefox from 153 on.
			'credentialscontainer request is not allowed',
			'notinteractive',
			'not interactive'
		),
		because: ({ evidence }) => [
			'The browser takes requests from a focused page only.',
			...(evidence.focused_at_start === false ? ['The page had no focus at the call.'] : [])
		]
	},
	{
		id: 'permissions-policy',
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
		id: 'related-origins',
		cause: 'related_origin_failed',
		confidence: 'certain',
		applies: all(
			named('SecurityError'),
			says('well-known', 'claimed rp id', 'related origin', 'listed origin', 'label limit')
		),
		because: told('The list of related origins could not be read or does not name this origin.')
	},
	{
		id: 'insecure-context',
		cause: 'insecure_context',
		confidence: 'certain',
		applies: says('secure context', 'insecure context', 'not a secure origin'),
		because: told('The page is not served over HTTPS.')
	},
	{
		id: 'firefox-allow-list-limit',
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
		id: 'rp-id',
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
		id: 'no-resident-key-code',
		cause: 'resident_key_unavailable',
		confidence: 'certain',
		applies: coded('AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT'),
		because: told('The authenticator cannot keep discoverable credentials.')
	},
	{
		id: 'no-user-verification-code',
		cause: 'user_verification_unavailable',
		confidence: 'certain',
		applies: any(
			coded('AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT'),
			coded('AUTO_REGISTER_USER_VERIFICATION_FAILURE')
		),
		because: told('The authenticator could not verify the user.')
	},
	{
		id: 'no-algorithm-code',
		cause: 'algorithm_unsupported',
		confidence: 'certain',
		applies: coded('AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG'),
		because: told('The authenticator knows none of the algorithms asked for.')
	},
	{
		id: 'constraint-resident-key',
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
		id: 'constraint-user-verification',
		cause: 'user_verification_unavailable',
		confidence: 'likely',
		applies: named('ConstraintError'),
		because: told('The authenticator cannot do what was required, such as verifying the user.')
	},
	{
		id: 'no-credential-told',
		cause: 'no_credential_here',
		confidence: 'certain',
		applies: any(named('NoCredentialException'), says('no credentials available', 'nocredential')),
		because: told('The platform says that it holds no passkey for this request.')
	},
	{
		id: 'conditional-create',
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
		id: 'android-no-screen-lock',
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
		id: 'no-algorithm',
		cause: 'algorithm_unsupported',
		confidence: 'likely',
		applies: all(named('NotSupportedError'), says('algorithm', 'pubkeycredparams')),
		because: told('None of the algorithms asked for is supported.')
	},
	{
		id: 'invalid-options',
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
			coded('MALFORMED_PUBKEYCREDPARAMS'),
			coded('SIGNAL_INVALID_ARGUMENT')
		),
		because: ({ message }) => [
			/user\.id|user handle|must be between/.test(message)
				? 'The user id is longer than 64 bytes, or empty.'
				: 'The browser refuses the options of the call.'
		]
	},
	{
		id: 'hybrid-transport',
		cause: 'hybrid_transport_failed',
		confidence: 'likely',
		applies: ({ message }) => /\b(hybrid|cable|tunnel|bluetooth)\b/.test(message),
		because: told('The message speaks of the connection to another device.')
	}
];
