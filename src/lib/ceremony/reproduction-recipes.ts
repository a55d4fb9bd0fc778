/** How each cause is provoked with Chromium's virtual authenticator (DevTools Protocol, domain WebAuthn). */

export interface Recipe {
	/** Options of `WebAuthn.addVirtualAuthenticator` that differ from a synced platform authenticator. */
	authenticator?: Record<string, unknown>;
	/** Options of the call that bring it about, over those of the ceremony; JavaScript source. */
	create?: string;
	get?: string;
	/** What the page does first; JavaScript source lines. */
	before?: string[];
	/** What it does in place of a single call; JavaScript source. */
	call?: (kind: 'create' | 'get') => string;
	/** The page stands in a frame of another origin without permission. */
	framed?: true;
	/** Why the script does just that. */
	because: string;
}

const NO_TOUCH = { automaticPresenceSimulation: false };

/** What a page of one's own can bring about. */
export const PAGE_RECIPES: Record<string, Recipe> = {
	already_registered: {
		before: ['const held = await create({ excludeCredentials: [] });'],
		create: "{ excludeCredentials: [{ type: 'public-key', id: held.rawId }] }",
		because: 'The authenticator holds a credential, and the next creation excludes it.'
	},
	user_verification_unavailable: {
		authenticator: { isUserVerified: false },
		before: [
			"const held = await create({ authenticatorSelection: { userVerification: 'discouraged' } });"
		],
		create: "{ authenticatorSelection: { userVerification: 'required' } }",
		get: "{ userVerification: 'required', allowCredentials: [{ type: 'public-key', id: held.rawId }] }",
		because: 'The authenticator verifies nobody, and the request requires it.'
	},
	no_credential_here: {
		get: "{ userVerification: 'preferred', allowCredentials: [{ type: 'public-key', id: bytes(32) }] }",
		because: 'The request lists a credential that the authenticator does not hold.'
	},
	timed_out: {
		authenticator: NO_TOUCH,
		create: '{ timeout: 10_000 }',
		get: '{ timeout: 10_000, allowCredentials: [] }',
		because: 'Nobody touches the authenticator, and ten seconds, the least Chromium takes, run out.'
	},
	aborted_by_page: {
		authenticator: NO_TOUCH,
		call: (kind) => `const stop = new AbortController();
		setTimeout(() => stop.abort(), 500);
		await ${kind}({}, { signal: stop.signal });`,
		because: 'Nobody touches the authenticator, and the page’s own AbortSignal ends the call.'
	},
	request_pending: {
		authenticator: NO_TOUCH,
		call: (kind) => `void ${kind}().catch(() => undefined);
		await ${kind}();`,
		because: 'The page asks twice, and nobody answers the first request.'
	},
	rp_id_mismatch: {
		create: "{ rp: { id: 'localhost:1', name: 'Reproduction' } }",
		get: "{ rpId: 'localhost:1' }",
		because: 'The RP ID names a port, so it is no domain and fits no page.'
	},
	related_origin_failed: {
		create: "{ rp: { id: 'example.com', name: 'Reproduction' } }",
		get: "{ rpId: 'example.com' }",
		because:
			'The page at localhost asks for the passkeys of example.com, which lists no such origin.'
	},
	permissions_policy: {
		framed: true,
		because: 'The page stands in a frame of another origin that is given no permission.'
	},
	conditional_not_eligible: {
		call: () => "await create({ timeout: 1_500 }, { mediation: 'conditional' });",
		because: 'No password was just used here, so the browser makes no passkey by itself.'
	},
	invalid_options: {
		create: "{ user: { id: bytes(65), name: 'x', displayName: 'x' } }",
		get: "{ challenge: 'text in place of bytes' }",
		because: 'The options break WebAuthn’s own limits.'
	}
};

/** What the server has to refuse: the authenticator answers so, and the site is used by hand. */
export const SERVER_RECIPES: Record<
	string,
	{ authenticator?: Record<string, unknown>; overrides?: Record<string, boolean>; because: string }
> = {
	signature_invalid: {
		overrides: { isBogusSignature: true },
		because: 'The authenticator signs wrongly from now on.'
	},
	user_verification_missing: {
		overrides: { isBadUV: true },
		because: 'The authenticator clears the UV flag from now on.'
	},
	user_presence_missing: {
		overrides: { isBadUP: true },
		because: 'The authenticator clears the UP flag from now on.'
	},
	backup_flags_invalid: {
		authenticator: { defaultBackupEligibility: false, defaultBackupState: true },
		because: 'New credentials say that they are backed up (BS) without being eligible (BE).'
	}
};

/** Why there is no script for a cause. */
export const WITHOUT_RECIPE: Record<string, string> = {
	user_cancelled:
		'A virtual authenticator shows no dialog, so there is none that anybody could close. The page meets the same error as under “No passkey here”.',
	not_focused: 'A page under automation always counts as focused.',
	resident_key_unavailable:
		'Chromium answers with the one error that serves for every refusal: the cause could not be told from it.',
	extension_interfered: 'It takes the very extension.',
	hybrid_transport_failed: 'A virtual phone always connects.',
	algorithm_unsupported:
		'Chromium answers with the one error that serves for every refusal: the cause could not be told from it.',
	superseded: 'Chromium refuses the second request instead of ending the first.'
};
