// Read where a user's page is made, so that no page carries it that does not show it.
const SITE_FAULT = 'It is the site’s fault, not theirs: sign in another way until it is mended.';
const MAKE_ANEW =
	'Sign in another way, delete this passkey where it is kept, and create a new one.';
const AGAIN = 'Reload the page and try again, in one tab alone.';

/** What support can tell where the cause says nothing. */
export const TELL_UNKNOWN =
	'Try once more. If it happens again, ask what the screen said and in which app: the ceremony’s page has all that the browser told.';

/** What support can tell whoever a ceremony ended so for. */
export const TELL_OF_CAUSE: Readonly<Record<string, string>> = {
	user_cancelled:
		'Try again and answer the dialog. Whoever sees no passkey there chooses another device, or another way to sign in.',
	timed_out: 'Try again with phone or security key at hand, and answer before the dialog closes.',
	no_credential_here:
		'Use the device that the passkey was made on (by its QR code, from another one), or sign in another way and create one here.',
	already_registered: 'This device holds a passkey for the account already: sign in with it.',
	not_focused: 'Click into the page, and try again.',
	permissions_policy: SITE_FAULT,
	rp_id_mismatch: SITE_FAULT,
	related_origin_failed: SITE_FAULT,
	insecure_context: SITE_FAULT,
	user_verification_unavailable:
		'Set up a screen lock, fingerprint or PIN on the device (or a PIN on the security key), and try again.',
	resident_key_unavailable:
		'The security key is full or too old: delete what it no longer needs, or use a phone or computer.',
	algorithm_unsupported: 'This authenticator is too old for the site: use another one.',
	request_pending: AGAIN,
	aborted_by_page: AGAIN,
	superseded: AGAIN,
	extension_interfered:
		'Switch off extensions that handle passkeys for this page, or answer in their own window, and try again.',
	hybrid_transport_failed:
		'Switch on Bluetooth on both devices, keep them close together and online, and scan the code again.',
	invalid_options: SITE_FAULT,
	conditional_not_eligible: 'Nothing is wrong: they can create a passkey by the button for it.',
	authenticator_error:
		'Restart the device, or take the security key out and put it in again, and try once more.',
	challenge_mismatch: AGAIN,
	challenge_expired: 'Reload the page, and answer sooner.',
	origin_mismatch: SITE_FAULT,
	rp_id_hash_mismatch: SITE_FAULT,
	user_presence_missing: SITE_FAULT,
	user_verification_missing:
		'Unlock by fingerprint, face or PIN when the dialog asks; set one up where there is none.',
	signature_invalid: MAKE_ANEW,
	counter_regressed:
		'Ask whether the device was restored or the key copied. If not by them, treat it as stolen; either way delete this passkey and create a new one.',
	credential_unknown: MAKE_ANEW,
	credential_revoked: MAKE_ANEW,
	algorithm_unexpected: MAKE_ANEW,
	attestation_rejected: 'The site does not take this kind of authenticator: use another one.',
	backup_flags_invalid:
		'The authenticator broke a rule of the standard: sign in another way, and create a passkey elsewhere.',
	user_handle_mismatch:
		'The passkey is of another account: choose the one of this account in the dialog.',
	malformed_response: 'Update browser and password manager, and try again.'
};
