/** Why a ceremony ended without success, in a reader's words. The list is that of the collector's classifier and of the contract's verdict reasons. */

export interface CauseWords {
	name: string;
	/** What happened. */
	meaning: string;
	/** What the site can do about it. */
	todo?: string;
}

const CAUSES: Record<string, CauseWords> = {
	user_cancelled: {
		name: 'Cancelled by the user',
		meaning: 'The user most likely closed the dialog. A choice, not an error.'
	},
	timed_out: {
		name: 'Timed out',
		meaning: 'Nobody answered before the request’s time was over.',
		todo: 'Ask for at least two minutes (timeout) if many end this way.'
	},
	no_credential_here: {
		name: 'No passkey here',
		meaning: 'This device most likely holds no passkey that fits the request.',
		todo: 'Offer another way to sign in, and a passkey afterwards.'
	},
	already_registered: {
		name: 'Already registered',
		meaning: 'The device holds a credential listed in excludeCredentials.',
		todo: 'List only passkeys that can sync (BE=1): a legacy credential listed there blocks its own upgrade.'
	},
	not_focused: {
		name: 'Page not focused',
		meaning: 'The page did not have the focus when it asked.',
		todo: 'Ask from a click, not from a timer or a page in the background.'
	},
	permissions_policy: {
		name: 'Blocked by permissions policy',
		meaning: 'The frame may not use WebAuthn.',
		todo: 'Give the iframe allow="publickey-credentials-get" or -create.'
	},
	rp_id_mismatch: {
		name: 'RP ID does not fit the site',
		meaning: 'The relying party id is not the page’s domain or a parent of it.',
		todo: 'Correct rpId, or list the page’s origin as a related origin.'
	},
	related_origin_failed: {
		name: 'Related origins not confirmed',
		meaning: 'The list at /.well-known/webauthn could not be read or does not name this origin.',
		todo: 'Serve it as application/json over HTTPS without other redirects.'
	},
	insecure_context: {
		name: 'Insecure page',
		meaning: 'WebAuthn works on HTTPS and localhost alone.'
	},
	user_verification_unavailable: {
		name: 'No user verification',
		meaning: 'The request asked for user verification, and the authenticator has none set up.',
		todo: 'Ask for userVerification "preferred" where a possession factor is enough.'
	},
	resident_key_unavailable: {
		name: 'Cannot keep a passkey',
		meaning: 'The authenticator cannot store a discoverable credential (residentKey required).'
	},
	algorithm_unsupported: {
		name: 'No common algorithm',
		meaning: 'The authenticator supports none of the algorithms in pubKeyCredParams.'
	},
	request_pending: {
		name: 'Another request was open',
		meaning: 'The page asked while an earlier request was still open.',
		todo: 'Abort the conditional request before asking by button.'
	},
	aborted_by_page: {
		name: 'Aborted by the page',
		meaning: 'The page’s own AbortSignal ended it.'
	},
	superseded: {
		name: 'Superseded',
		meaning: 'A newer request of the page took its place.'
	},
	extension_interfered: {
		name: 'An extension interfered',
		meaning: 'A browser extension had replaced the API and most likely answered itself.'
	},
	hybrid_transport_failed: {
		name: 'Cross-device connection failed',
		meaning: 'The phone and this device could not connect.'
	},
	invalid_options: {
		name: 'Invalid options',
		meaning: 'The browser refused the request’s options.',
		todo: 'Correct the options: the error’s message names the field.'
	},
	conditional_not_eligible: {
		name: 'Not eligible for an automatic passkey',
		meaning:
			'The browser saw no reason to create a passkey by itself: no password was just used here, or it cannot.'
	},
	authenticator_error: {
		name: 'Authenticator error',
		meaning: 'The authenticator or the system reported a fault of its own.'
	},
	challenge_mismatch: {
		name: 'Challenge does not match',
		meaning: 'The response answers another challenge than the server’s.',
		todo: 'Keep the challenge with the session, and one for each open request.'
	},
	challenge_expired: {
		name: 'Challenge expired',
		meaning: 'The response came after the server had dropped its challenge.',
		todo: 'Keep challenges at least as long as the request’s timeout.'
	},
	origin_mismatch: {
		name: 'Origin not expected',
		meaning: 'The response was made on an origin the server does not accept.',
		todo: 'Add the origin to the expected ones, if it is yours.'
	},
	rp_id_hash_mismatch: {
		name: 'Made for another RP ID',
		meaning: 'The authenticator signed for another relying party id.'
	},
	user_presence_missing: {
		name: 'User presence missing',
		meaning: 'The UP flag was not set, though the server requires it.',
		todo: 'Accept UP=0 for conditional creates: the specification allows it there.'
	},
	user_verification_missing: {
		name: 'User verification missing',
		meaning: 'The server requires user verification (UV flag), and the authenticator did none.'
	},
	signature_invalid: {
		name: 'Invalid signature',
		meaning: 'The signature does not fit the stored public key.'
	},
	counter_regressed: {
		name: 'Counter went back',
		meaning:
			'The signature counter was lower than the stored one: a copy of the key, or a restored backup.'
	},
	credential_unknown: {
		name: 'Unknown to the server',
		meaning: 'The server holds no such credential.',
		todo: 'Tell the provider (signalUnknownCredential), so that it is not offered again.'
	},
	credential_revoked: {
		name: 'Revoked',
		meaning: 'The credential had been revoked on the server.',
		todo: 'Tell the provider (signalAllAcceptedCredentials), so that it is not offered again.'
	},
	algorithm_unexpected: {
		name: 'Algorithm not accepted',
		meaning: 'The key uses an algorithm the server did not ask for.'
	},
	attestation_rejected: {
		name: 'Attestation refused',
		meaning: 'The server’s policy does not accept this authenticator or its statement.'
	},
	backup_flags_invalid: {
		name: 'Illegal backup flags',
		meaning: 'The response says backed up (BS) without being eligible (BE), or BE changed.'
	},
	user_handle_mismatch: {
		name: 'Belongs to another user',
		meaning: 'The user handle in the response is not the account’s.'
	},
	malformed_response: {
		name: 'Malformed response',
		meaning: 'The server could not read the response.'
	},
	other: { name: 'Other reason', meaning: 'The server refused it for a reason outside the list.' },
	unknown: { name: 'Unknown', meaning: 'Nothing in the evidence points to a cause.' }
};

/** The words for a cause; one that is not in the list is shown as it is. */
export function describeCause(cause: string): CauseWords {
	return (
		(Object.hasOwn(CAUSES, cause) ? CAUSES[cause] : undefined) ?? {
			name: cause.replaceAll('_', ' '),
			meaning: ''
		}
	);
}
