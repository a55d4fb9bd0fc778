/** Why a ceremony ended without success, in a reader's words. The list is that of the collector's classifier and of the contract's verdict reasons. */

export interface CauseWords {
	name: string;
	/** What happened. */
	meaning: string;
	/** What the site can do about it. */
	todo?: string;
	/** What support can tell whoever it happened to. */
	tell?: string;
}

const SITE_FAULT = 'It is the site’s fault, not theirs: sign in another way until it is mended.';
const MAKE_ANEW =
	'Sign in another way, delete this passkey where it is kept, and create a new one.';
const AGAIN = 'Reload the page and try again, in one tab alone.';

/** What support can tell where the cause says nothing. */
export const TELL_UNKNOWN =
	'Try once more. If it happens again, ask what the screen said and in which app: the ceremony’s page has all that the browser told.';

/** What a page's error may come from, as the classifier tells it; an operator may give an error any of these. */
export const FAILURE_CAUSES = [
	'user_cancelled',
	'timed_out',
	'no_credential_here',
	'already_registered',
	'not_focused',
	'permissions_policy',
	'rp_id_mismatch',
	'related_origin_failed',
	'insecure_context',
	'user_verification_unavailable',
	'resident_key_unavailable',
	'algorithm_unsupported',
	'request_pending',
	'aborted_by_page',
	'superseded',
	'extension_interfered',
	'hybrid_transport_failed',
	'invalid_options',
	'conditional_not_eligible',
	'authenticator_error',
	'unknown'
] as const;

export const CAUSES: Record<string, CauseWords> = {
	user_cancelled: {
		name: 'Cancelled by the user',
		meaning: 'The user most likely closed the dialog. A choice, not an error.',
		tell: 'Try again and answer the dialog. Whoever sees no passkey there chooses another device, or another way to sign in.'
	},
	timed_out: {
		name: 'Timed out',
		meaning: 'Nobody answered before the request’s time was over.',
		todo: 'Ask for at least two minutes (timeout) if many end this way.',
		tell: 'Try again with phone or security key at hand, and answer before the dialog closes.'
	},
	no_credential_here: {
		name: 'No passkey here',
		meaning: 'This device most likely holds no passkey that fits the request.',
		todo: 'Offer another way to sign in, and a passkey afterwards.',
		tell: 'Use the device that the passkey was made on (by its QR code, from another one), or sign in another way and create one here.'
	},
	already_registered: {
		name: 'Already registered',
		meaning: 'The device holds a credential listed in excludeCredentials.',
		todo: 'List only passkeys that can sync (BE=1): a legacy credential listed there blocks its own upgrade.',
		tell: 'This device holds a passkey for the account already: sign in with it.'
	},
	not_focused: {
		name: 'Page not focused',
		meaning: 'The page did not have the focus when it asked.',
		todo: 'Ask from a click, not from a timer or a page in the background.',
		tell: 'Click into the page, and try again.'
	},
	permissions_policy: {
		name: 'Blocked by permissions policy',
		meaning: 'The frame may not use WebAuthn.',
		todo: 'Give the iframe allow="publickey-credentials-get" or -create.',
		tell: SITE_FAULT
	},
	rp_id_mismatch: {
		name: 'RP ID does not fit the site',
		meaning: 'The relying party id is not the page’s domain or a parent of it.',
		todo: 'Correct rpId, or list the page’s origin as a related origin.',
		tell: SITE_FAULT
	},
	related_origin_failed: {
		name: 'Related origins not confirmed',
		meaning: 'The list at /.well-known/webauthn could not be read or does not name this origin.',
		todo: 'Serve it as application/json over HTTPS without other redirects.',
		tell: SITE_FAULT
	},
	insecure_context: {
		name: 'Insecure page',
		meaning: 'WebAuthn works on HTTPS and localhost alone.',
		tell: SITE_FAULT
	},
	user_verification_unavailable: {
		name: 'No user verification',
		meaning: 'The request asked for user verification, and the authenticator has none set up.',
		todo: 'Ask for userVerification "preferred" where a possession factor is enough.',
		tell: 'Set up a screen lock, fingerprint or PIN on the device (or a PIN on the security key), and try again.'
	},
	resident_key_unavailable: {
		name: 'Cannot keep a passkey',
		meaning: 'The authenticator cannot store a discoverable credential (residentKey required).',
		tell: 'The security key is full or too old: delete what it no longer needs, or use a phone or computer.'
	},
	algorithm_unsupported: {
		name: 'No common algorithm',
		meaning: 'The authenticator supports none of the algorithms in pubKeyCredParams.',
		tell: 'This authenticator is too old for the site: use another one.'
	},
	request_pending: {
		name: 'Another request was open',
		meaning: 'The page asked while an earlier request was still open.',
		todo: 'Abort the conditional request before asking by button.',
		tell: AGAIN
	},
	aborted_by_page: {
		name: 'Aborted by the page',
		meaning: 'The page’s own AbortSignal ended it.',
		tell: AGAIN
	},
	superseded: {
		name: 'Superseded',
		meaning: 'A newer request of the page took its place.',
		tell: AGAIN
	},
	extension_interfered: {
		name: 'An extension interfered',
		meaning: 'A browser extension had replaced the API and most likely answered itself.',
		tell: 'Switch off extensions that handle passkeys for this page, or answer in their own window, and try again.'
	},
	hybrid_transport_failed: {
		name: 'Cross-device connection failed',
		meaning: 'The phone and this device could not connect.',
		tell: 'Switch on Bluetooth on both devices, keep them close together and online, and scan the code again.'
	},
	invalid_options: {
		name: 'Invalid options',
		meaning: 'The browser refused the request’s options.',
		todo: 'Correct the options: the error’s message names the field.',
		tell: SITE_FAULT
	},
	conditional_not_eligible: {
		name: 'Not eligible for an automatic passkey',
		meaning:
			'The browser saw no reason to create a passkey by itself: no password was just used here, or it cannot.',
		tell: 'Nothing is wrong: they can create a passkey by the button for it.'
	},
	authenticator_error: {
		name: 'Authenticator error',
		meaning: 'The authenticator or the system reported a fault of its own.',
		tell: 'Restart the device, or take the security key out and put it in again, and try once more.'
	},
	challenge_mismatch: {
		name: 'Challenge does not match',
		meaning: 'The response answers another challenge than the server’s.',
		todo: 'Keep the challenge with the session, and one for each open request.',
		tell: AGAIN
	},
	challenge_expired: {
		name: 'Challenge expired',
		meaning: 'The response came after the server had dropped its challenge.',
		todo: 'Keep challenges at least as long as the request’s timeout.',
		tell: 'Reload the page, and answer sooner.'
	},
	origin_mismatch: {
		name: 'Origin not expected',
		meaning: 'The response was made on an origin the server does not accept.',
		todo: 'Add the origin to the expected ones, if it is yours.',
		tell: SITE_FAULT
	},
	rp_id_hash_mismatch: {
		name: 'Made for another RP ID',
		meaning: 'The authenticator signed for another relying party id.',
		tell: SITE_FAULT
	},
	user_presence_missing: {
		name: 'User presence missing',
		meaning: 'The UP flag was not set, though the server requires it.',
		todo: 'Accept UP=0 for conditional creates: the specification allows it there.',
		tell: SITE_FAULT
	},
	user_verification_missing: {
		name: 'User verification missing',
		meaning: 'The server requires user verification (UV flag), and the authenticator did none.',
		tell: 'Unlock by fingerprint, face or PIN when the dialog asks; set one up where there is none.'
	},
	signature_invalid: {
		name: 'Invalid signature',
		meaning: 'The signature does not fit the stored public key.',
		tell: MAKE_ANEW
	},
	counter_regressed: {
		name: 'Counter went back',
		meaning:
			'The signature counter was lower than the stored one: a copy of the key, or a restored backup.',
		tell: 'Ask whether the device was restored or the key copied. If not by them, treat it as stolen; either way delete this passkey and create a new one.'
	},
	credential_unknown: {
		name: 'Unknown to the server',
		meaning: 'The server holds no such credential.',
		todo: 'Tell the provider (signalUnknownCredential), so that it is not offered again.',
		tell: MAKE_ANEW
	},
	credential_revoked: {
		name: 'Revoked',
		meaning: 'The credential had been revoked on the server.',
		todo: 'Tell the provider (signalAllAcceptedCredentials), so that it is not offered again.',
		tell: MAKE_ANEW
	},
	algorithm_unexpected: {
		name: 'Algorithm not accepted',
		meaning: 'The key uses an algorithm the server did not ask for.',
		tell: MAKE_ANEW
	},
	attestation_rejected: {
		name: 'Attestation refused',
		meaning: 'The server’s policy does not accept this authenticator or its statement.',
		tell: 'The site does not take this kind of authenticator: use another one.'
	},
	backup_flags_invalid: {
		name: 'Illegal backup flags',
		meaning: 'The response says backed up (BS) without being eligible (BE), or BE changed.',
		tell: 'The authenticator broke a rule of the standard: sign in another way, and create a passkey elsewhere.'
	},
	user_handle_mismatch: {
		name: 'Belongs to another user',
		meaning: 'The user handle in the response is not the account’s.',
		tell: 'The passkey is of another account: choose the one of this account in the dialog.'
	},
	malformed_response: {
		name: 'Malformed response',
		meaning: 'The server could not read the response.',
		tell: 'Update browser and password manager, and try again.'
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
