/**
 * Everything the doctor can say. Codes are stable: scripts may rely on them. `error` breaks passkeys or
 * telemetry for somebody, `warning` may, `note` is for your information, `ok` was looked at and is right.
 */
export type Level = 'ok' | 'note' | 'warning' | 'error';
export type Area = 'origin' | 'page' | 'related_origins' | 'apple' | 'android' | 'endpoint';

export interface CatalogueEntry {
	area: Area;
	level: Level;
	/** The specification or vendor's page the finding rests on. */
	link: string;
	/** What to do; empty for what is right. */
	advice: string;
}

const RP_ID = 'https://www.w3.org/TR/webauthn-3/#rp-id';
const SUFFIX =
	'https://html.spec.whatwg.org/multipage/browsers.html#is-a-registrable-domain-suffix-of-or-is-equal-to';
const SECURE = 'https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy';
const FETCH = 'https://fetch.spec.whatwg.org/#http-network-fetch';
const RELATED = 'https://www.w3.org/TR/webauthn-3/#sctn-related-origins';
const RELATED_STEPS = 'https://www.w3.org/TR/webauthn-3/#sctn-validating-relation-origin';
const PERMISSIONS = 'https://www.w3.org/TR/webauthn-3/#sctn-permissions-policy';
const IFRAMES = 'https://www.w3.org/TR/webauthn-3/#sctn-iframe-guidance';
const APPLE = 'https://developer.apple.com/documentation/xcode/supporting-associated-domains';
const ANDROID = 'https://developer.android.com/identity/credential-manager/prerequisites';
const CONNECT_SRC = 'https://www.w3.org/TR/CSP3/#directive-connect-src';
const SCRIPT_SRC = 'https://www.w3.org/TR/CSP3/#directive-script-src-elem';
const MIXED = 'https://www.w3.org/TR/mixed-content/#should-block-fetch';
const SDK = 'https://www.npmjs.com/package/@passlens/sdk';

const about =
	(area: Area) =>
	(level: Level, link: string, advice = ''): CatalogueEntry => ({ area, level, link, advice });
const origin = about('origin');
const page = about('page');
const related = about('related_origins');
const apple = about('apple');
const android = about('android');
const endpoint = about('endpoint');

const SERVE_JSON = 'Serve it with "content-type: application/json".';
const MEND_JSON = 'Correct the file; any JSON checker shows the place.';
const MEND_STATUS =
	'Answer 200 with the file, or 404 if there is none; look for a login wall, a bot filter or a failing server.';

export const CATALOGUE = {
	secure_origin: origin('ok', SECURE),
	loopback_origin: origin('note', SECURE, 'For development only: put the public site on HTTPS.'),
	insecure_origin: origin(
		'error',
		SECURE,
		'Serve the site over HTTPS and redirect http:// to it: without it browsers offer no passkeys. Then run this again for the https:// origin.'
	),
	rp_id_matches: origin('ok', RP_ID),
	rp_id_is_ip_address: origin(
		'error',
		RP_ID,
		'Open the site by a domain name ("localhost" in development): an IP address cannot be an RP ID.'
	),
	rp_id_invalid: origin(
		'error',
		RP_ID,
		'Give a bare domain such as example.com: no scheme, port or path.'
	),
	rp_id_public_suffix: origin(
		'error',
		SUFFIX,
		'Use your own domain below it, such as example.com.'
	),
	rp_id_suspected_public_suffix: origin(
		'warning',
		SUFFIX,
		'Look it up at https://publicsuffix.org; browsers refuse a public suffix as RP ID. Use your own domain below it.'
	),
	public_suffix_not_checked: origin(
		'note',
		SUFFIX,
		'Nothing, if it is your own domain. Under a hosting provider (such as github.io) look it up at https://publicsuffix.org.'
	),
	rp_id_needs_related_origin: origin('warning', RELATED),
	association_files_elsewhere: origin('note', RELATED_STEPS),
	association_files_port: origin(
		'note',
		RELATED_STEPS,
		'Have the same files at port 443 of the RP ID: browsers and systems ask there, whatever the page uses.'
	),
	private_address_refused: origin(
		'error',
		'https://www.iana.org/assignments/iana-ipv4-special-registry/',
		'If this is your own machine or network, say so with --allow-private.'
	),
	host_not_found: origin('error', FETCH, 'Check the name for typing errors, and its DNS records.'),
	tls_failed: origin(
		'error',
		SECURE,
		'Serve a valid certificate for this name with its whole chain. A private authority can be given with --ca <file.pem>.'
	),
	connection_failed: origin(
		'error',
		FETCH,
		'Check that the server runs, listens on this port, and lets this machine in.'
	),
	timed_out: origin(
		'error',
		FETCH,
		'Find out why the answer takes so long; --timeout <seconds> waits longer.'
	),
	too_large: origin(
		'error',
		RELATED_STEPS,
		'Serve the small JSON file that belongs here; browsers and systems limit its size too.'
	),

	page_read: page('ok', FETCH),
	page_status: page(
		'warning',
		FETCH,
		'Give the address of a page with a passkey ceremony, such as https://example.com/login: headers of an error page say little.'
	),
	page_redirects_elsewhere: page(
		'warning',
		RP_ID,
		'Run this again for the origin it leads to, if ceremonies happen there: headers were read no further.'
	),
	page_redirects_too_often: page('error', FETCH, 'Mend the redirect loop.'),
	permissions_policy_allows: page('ok', PERMISSIONS),
	permissions_policy_blocks_get: page(
		'error',
		PERMISSIONS,
		'Add "publickey-credentials-get=(self)" to the Permissions-Policy header, or drop the entry: nobody can sign in with a passkey here.'
	),
	permissions_policy_blocks_create: page(
		'error',
		PERMISSIONS,
		'Add "publickey-credentials-create=(self)" to the Permissions-Policy header, or drop the entry: nobody can register a passkey here.'
	),
	embedding_delegated: page(
		'note',
		IFRAMES,
		'Keep the list to frames you trust. The <iframe> needs the allow attribute as well, and the framed site must accept this page as top origin.'
	),

	related_origins_missing: related(
		'note',
		RELATED,
		'Nothing, unless another domain shall use these passkeys: then serve {"origins": ["https://…"]} as application/json.'
	),
	related_origins_status: related('warning', RELATED_STEPS, MEND_STATUS),
	related_origins_content_type: related('error', RELATED_STEPS, SERVE_JSON),
	related_origins_json_invalid: related('error', RELATED_STEPS, MEND_JSON),
	related_origins_shape: related(
		'error',
		RELATED_STEPS,
		'The file must be an object with a list of strings: {"origins": ["https://example.com"]}.'
	),
	related_origins_entry_invalid: related(
		'warning',
		RELATED_STEPS,
		'Write each entry as a bare HTTPS origin, such as "https://example.co.uk".'
	),
	related_origins_too_many_labels: related(
		'warning',
		RELATED_STEPS,
		'Put the most important names first: browsers need to honour only five different ones (example.com and example.de count as one).'
	),
	related_origins_redirected: related(
		'note',
		RELATED_STEPS,
		'Nothing: redirects over HTTPS are allowed. Mind who controls the place it leads to.'
	),
	related_origins_redirect_refused: related(
		'error',
		RELATED_STEPS,
		'Serve the file directly, or redirect over HTTPS alone, at most a few times.'
	),
	related_origins_read: related('ok', RELATED_STEPS),
	related_origin_listed: related('ok', RELATED_STEPS),
	related_origin_unlisted: related('error', RELATED_STEPS),
	related_origin_beyond_limit: related(
		'error',
		RELATED_STEPS,
		'Move it up, among the first five different names.'
	),

	apple_association_missing: apple(
		'note',
		APPLE,
		'Nothing, unless an iPhone, iPad or Mac app shall use these passkeys: then serve {"webcredentials": {"apps": ["TEAMID1234.com.example.app"]}}.'
	),
	apple_association_status: apple('warning', APPLE, MEND_STATUS),
	apple_association_redirect: apple(
		'error',
		APPLE,
		'Serve the file at this very address: Apple follows no redirect.'
	),
	apple_association_content_type: apple('warning', APPLE, SERVE_JSON),
	apple_association_json_invalid: apple('error', APPLE, MEND_JSON),
	apple_association_no_webcredentials: apple(
		'warning',
		APPLE,
		'Add {"webcredentials": {"apps": ["TEAMID1234.com.example.app"]}} if an app shall use these passkeys; "applinks" alone does not do it.'
	),
	apple_association_app_invalid: apple(
		'error',
		APPLE,
		'Write the app as its ten-character prefix (mostly the team id), a dot, and the bundle identifier.'
	),
	apple_association_wildcard: apple(
		'error',
		APPLE,
		'Name each app in full: wildcards are not honoured.'
	),
	apple_association_read: apple('ok', APPLE),

	asset_links_missing: android(
		'note',
		ANDROID,
		'Nothing, unless an Android app shall use these passkeys: then serve a statement that names it.'
	),
	asset_links_status: android('warning', ANDROID, MEND_STATUS),
	asset_links_redirect: android(
		'error',
		ANDROID,
		'Serve the file at this very address: redirects are not followed.'
	),
	asset_links_content_type: android('error', ANDROID, SERVE_JSON),
	asset_links_json_invalid: android('error', ANDROID, MEND_JSON),
	asset_links_shape: android(
		'error',
		ANDROID,
		'The file must be a list of statements, each with "relation" (a list) and "target".'
	),
	asset_links_include: android(
		'note',
		'https://developers.google.com/digital-asset-links/v1/statements',
		'Look at the included file yourself: this tool reads the given origin alone.'
	),
	asset_links_no_app: android(
		'warning',
		ANDROID,
		'Add a statement with "namespace": "android_app" if an app shall use these passkeys.'
	),
	asset_links_fingerprint_invalid: android(
		'error',
		ANDROID,
		'Give "sha256_cert_fingerprints" as 32 pairs of hex digits with colons, from the key that signs what users install (with Play App Signing: Google\'s).'
	),
	asset_links_no_login_creds: android(
		'warning',
		ANDROID,
		'Add "delegate_permission/common.get_login_creds" if the app shall use these passkeys.'
	),
	asset_links_no_handle_all_urls: android(
		'warning',
		ANDROID,
		'Sources disagree whether passkeys need it beside get_login_creds. Google\'s guide lists both: add "delegate_permission/common.handle_all_urls" if the app cannot use passkeys.'
	),
	asset_links_both_permissions: android('ok', ANDROID),

	endpoint_not_given: endpoint(
		'note',
		SDK,
		'Give --endpoint <your Passlens collector> to check that pages may send to it.'
	),
	endpoint_on_loopback: endpoint(
		'error',
		MIXED,
		'Give the SDK the public address of your collector: "localhost" is each visitor\'s own machine.'
	),
	endpoint_mixed_content: endpoint(
		'error',
		MIXED,
		'Put the collector behind HTTPS: browsers block http:// requests of an https:// page.'
	),
	endpoint_reachable: endpoint('ok', SDK),
	endpoint_not_passlens: endpoint(
		'error',
		SDK,
		"Give the collector's own address, and let /healthz and /v1/events through the proxy unchanged (no redirect, no login)."
	),
	endpoint_unreachable: endpoint(
		'error',
		FETCH,
		'Check that the collector runs and can be reached from where visitors are.'
	),
	csp_allows_endpoint: endpoint('ok', CONNECT_SRC),
	csp_blocks_endpoint: endpoint('error', CONNECT_SRC),
	csp_allows_script: endpoint('ok', SCRIPT_SRC),
	csp_blocks_script: endpoint('error', SCRIPT_SRC),
	csp_script_unclear: endpoint(
		'warning',
		SCRIPT_SRC,
		'Load the script by what the policy trusts: its nonce, its hash, or a script that is trusted already.'
	)
} as const satisfies Record<string, CatalogueEntry>;

export type Code = keyof typeof CATALOGUE;
