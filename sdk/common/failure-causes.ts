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
