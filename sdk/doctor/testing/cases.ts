import { gzipSync } from 'node:zlib';
import type { Code } from '../catalogue.ts';
import type { Connection } from '../../outbound/read-url.ts';
import type { Reply } from './serve-site.ts';

export interface Case {
	name: string;
	/** Findings beside those of `BARE`. */
	codes: Code[];
	/** What the site answers beside a start page. */
	replies?: Record<string, Reply>;
	/** Played by the same server. Default example.com. */
	host?: string;
	tls?: boolean;
	path?: string;
	rpId?: string;
	related?: string[];
	/** A collector's answers at a host of its own, or an address. */
	endpoint?: Record<string, Reply> | string;
	script?: string;
	connection?: Partial<Connection>;
}

/** What a site says that has nothing but a page; a missing one is not asked for. */
export const BARE: Code[] = [
	'secure_origin',
	'rp_id_matches',
	'page_read',
	'permissions_policy_allows',
	'related_origins_missing',
	'apple_association_missing',
	'asset_links_missing',
	'endpoint_not_given'
];

const RELATED = '/.well-known/webauthn';
const APPLE = '/.well-known/apple-app-site-association';
const ANDROID = '/.well-known/assetlinks.json';
const LOGIN_CREDS = 'delegate_permission/common.get_login_creds';
const ALL_URLS = 'delegate_permission/common.handle_all_urls';
const FINGERPRINT = Array(32).fill('A1').join(':');

const origins = (...list: unknown[]): string => JSON.stringify({ origins: list });
const apps = (...list: unknown[]): string => JSON.stringify({ webcredentials: { apps: list } });
const link = (relation: string[], fingerprint = FINGERPRINT): string =>
	JSON.stringify([
		{
			relation,
			target: {
				namespace: 'android_app',
				package_name: 'com.example.app',
				sha256_cert_fingerprints: [fingerprint]
			}
		}
	]);
const page = (headers: Record<string, string>, body = ''): Record<string, Reply> => ({
	'/': { headers, body }
});
const policy = (value: string): Record<string, Reply> => page({ 'permissions-policy': value });
const csp = (value: string): Record<string, Reply> => page({ 'content-security-policy': value });
const to = (location: string, status = 302): Reply => ({ status, headers: { location } });
const text = (body: string): Reply => ({ headers: { 'content-type': 'text/plain' }, body });
const six = 'abcdef'.split('').map((name) => `https://${name}.example`);
const healthy = { '/healthz': '{"status":"running"}' };
const endless: Reply = (response) => {
	response.writeHead(200, { 'content-type': 'application/json' });
	const write = (): void => {
		while (!response.destroyed && response.write(' '.repeat(65_536)));
	};
	response.on('drain', write);
	write();
};

const ORIGIN: Case[] = [
	{ name: 'http', tls: false, codes: ['insecure_origin'] },
	{ name: 'http on loopback', tls: false, host: 'localhost', codes: ['loopback_origin'] },
	{ name: 'an IP address', host: '127.0.0.1', codes: ['rp_id_is_ip_address'] },
	{ name: 'an RP ID with a scheme', rpId: 'https://example.com', codes: ['rp_id_invalid'] },
	{ name: 'an RP ID with a port', rpId: 'example.com:443', codes: ['rp_id_invalid'] },
	{ name: 'a top-level domain as RP ID', rpId: 'com', codes: ['rp_id_public_suffix'] },
	{
		name: 'a country second level as RP ID',
		host: 'shop.example.co.uk',
		rpId: 'co.uk',
		codes: ['rp_id_suspected_public_suffix', 'association_files_elsewhere']
	},
	{
		name: 'an RP ID above the host',
		host: 'login.example.com',
		rpId: 'EXAMPLE.com',
		codes: ['public_suffix_not_checked', 'association_files_elsewhere']
	},
	{
		name: 'an RP ID of another domain',
		host: 'shop.example.co.uk',
		rpId: 'example.com',
		codes: ['rp_id_needs_related_origin']
	},
	{
		name: 'an RP ID that only ends alike',
		rpId: 'ample.com',
		codes: ['rp_id_needs_related_origin']
	},
	{
		name: 'a private address',
		connection: { allowPrivate: false },
		codes: ['private_address_refused']
	},
	{ name: 'an unknown name', host: 'nowhere.invalid', codes: ['host_not_found'] },
	{ name: 'an untrusted certificate', connection: { ca: undefined }, codes: ['tls_failed'] },
	{
		name: 'a connection that breaks',
		replies: { '/': (response) => response.destroy() },
		codes: ['connection_failed']
	},
	{
		name: 'a page that never answers',
		replies: { '/': () => undefined },
		connection: { requestMs: 300 },
		codes: ['timed_out']
	},
	{ name: 'a run without time left', connection: { deadline: 0 }, codes: ['timed_out'] }
];

const PAGE: Case[] = [
	{ name: 'a page that is not there', path: '/login', codes: ['page_status'] },
	{
		name: 'a page behind a redirect of its own',
		path: '/login',
		replies: { '/login': to('/') },
		codes: []
	},
	{
		name: 'a page that lives elsewhere',
		replies: { '/': to('https://www.example.com/') },
		codes: ['page_redirects_elsewhere']
	},
	{
		name: 'a page that leads to another scheme',
		replies: { '/': to('file:///etc/passwd') },
		codes: ['page_redirects_elsewhere']
	},
	{ name: 'a redirect loop', replies: { '/': to('/') }, codes: ['page_redirects_too_often'] },
	{
		name: 'a redirect to no address',
		replies: { '/': to('https://:::') },
		codes: ['page_redirects_too_often']
	},
	{
		name: 'a policy without sign-in',
		replies: policy('camera=(), publickey-credentials-get=()'),
		codes: ['permissions_policy_blocks_get']
	},
	{
		name: 'a policy that allows only others',
		replies: policy('publickey-credentials-create=("https://a.example" "https://b.example")'),
		codes: ['permissions_policy_blocks_create', 'embedding_delegated']
	},
	{
		name: 'a policy that allows the page and a frame',
		replies: policy('publickey-credentials-get=(self "https://a.example");report-to=x'),
		codes: ['embedding_delegated']
	},
	{
		name: 'a policy that names the page alone',
		replies: policy('publickey-credentials-get=self, publickey-credentials-create=(self)'),
		codes: []
	}
];

const RELATED_ORIGINS: Case[] = [
	{
		name: 'a good list',
		replies: { [RELATED]: origins('https://example.co.uk', 'https://example.de') },
		related: ['https://example.de'],
		codes: ['related_origins_read', 'related_origin_listed']
	},
	{
		name: 'a wanted origin without a file',
		related: ['https://example.de'],
		codes: ['related_origin_unlisted']
	},
	{
		name: 'more than five names',
		replies: { [RELATED]: origins(...six, 'https://www.a.example') },
		related: ['https://f.example', 'https://www.a.example'],
		codes: [
			'related_origins_read',
			'related_origins_too_many_labels',
			'related_origin_beyond_limit',
			'related_origin_listed'
		]
	},
	{
		name: 'entries that are no origins',
		replies: { [RELATED]: origins('example.de', 'http://a.example', 'https://a.example/x') },
		codes: ['related_origins_entry_invalid']
	},
	{
		name: 'a server error',
		replies: { [RELATED]: { status: 503 } },
		codes: ['related_origins_status']
	},
	{
		name: 'a start page for every address',
		replies: { [RELATED]: { headers: { 'content-type': 'text/html' }, body: '<html>' } },
		codes: []
	},
	{
		name: 'the wrong content type',
		replies: { [RELATED]: text(origins('https://example.de')) },
		codes: ['related_origins_content_type', 'related_origins_read']
	},
	{
		name: 'no JSON',
		replies: { [RELATED]: '{"origins": [' },
		codes: ['related_origins_json_invalid']
	},
	{ name: 'a bare list', replies: { [RELATED]: '[]' }, codes: ['related_origins_shape'] },
	{
		name: 'an empty list',
		replies: { [RELATED]: origins() },
		codes: ['related_origins_read']
	},
	{ name: 'null', replies: { [RELATED]: 'null' }, codes: ['related_origins_shape'] },
	{ name: 'numbers', replies: { [RELATED]: origins(1) }, codes: ['related_origins_shape'] },
	{ name: 'an endless file', replies: { [RELATED]: endless }, codes: ['too_large'] },
	{
		name: 'a packed file',
		replies: {
			[RELATED]: {
				headers: { 'content-encoding': 'gzip' },
				body: gzipSync(origins('https://example.de'))
			}
		},
		codes: ['related_origins_read']
	},
	{
		name: 'a file that unpacks to far more',
		replies: {
			[RELATED]: {
				headers: { 'content-encoding': 'gzip' },
				body: gzipSync(' '.repeat(5_000_000))
			}
		},
		codes: ['too_large']
	},
	{
		name: 'a redirect over HTTPS',
		replies: {
			[RELATED]: to('/list', 308),
			'/list': {
				headers: { 'content-type': 'application/json' },
				body: origins('https://example.de')
			}
		},
		codes: ['related_origins_redirected', 'related_origins_read']
	},
	{
		name: 'a redirect to HTTP',
		replies: { [RELATED]: to('http://example.com/list') },
		codes: ['related_origins_redirect_refused']
	},
	{
		name: 'a redirect to another scheme',
		replies: { [RELATED]: to('data:application/json,{}') },
		codes: ['related_origins_redirect_refused']
	},
	{
		name: 'a file in a redirect loop',
		replies: { [RELATED]: to(RELATED) },
		codes: ['related_origins_redirect_refused']
	}
];

const APPS: Case[] = [
	{
		name: 'an Apple app',
		replies: { [APPLE]: apps('A1B2C3D4E5.com.example.app') },
		codes: ['apple_association_read']
	},
	{
		name: 'an Apple file behind a login',
		replies: { [APPLE]: { status: 403 } },
		codes: ['apple_association_status']
	},
	{
		name: 'an Apple file that moved',
		replies: { [APPLE]: to('/aasa') },
		codes: ['apple_association_redirect']
	},
	{
		name: 'an Apple file as text',
		replies: { [APPLE]: text(apps('A1B2C3D4E5.app')) },
		codes: ['apple_association_content_type', 'apple_association_read']
	},
	{
		name: 'an Apple file that is no JSON',
		replies: { [APPLE]: 'apps' },
		codes: ['apple_association_json_invalid']
	},
	{
		name: 'links alone',
		replies: { [APPLE]: '{"applinks":{}}' },
		codes: ['apple_association_no_webcredentials']
	},
	{
		name: 'an empty Apple file',
		replies: { [APPLE]: 'null' },
		codes: ['apple_association_no_webcredentials']
	},
	{
		name: 'an app without team',
		replies: { [APPLE]: apps('com.example.app', 7) },
		codes: ['apple_association_app_invalid']
	},
	{
		name: 'an app wildcard',
		replies: { [APPLE]: apps('A1B2C3D4E5.*') },
		codes: ['apple_association_wildcard']
	},
	{
		name: 'an Android app',
		replies: { [ANDROID]: link([LOGIN_CREDS, ALL_URLS]) },
		codes: ['asset_links_both_permissions']
	},
	{
		name: 'sign-in alone',
		replies: { [ANDROID]: link([LOGIN_CREDS]) },
		codes: ['asset_links_no_handle_all_urls']
	},
	{
		name: 'links to open alone',
		replies: { [ANDROID]: link([ALL_URLS]) },
		codes: ['asset_links_no_login_creds']
	},
	{
		name: 'a fingerprint without colons',
		replies: { [ANDROID]: link([LOGIN_CREDS, ALL_URLS], 'A1'.repeat(32)) },
		codes: ['asset_links_fingerprint_invalid', 'asset_links_both_permissions']
	},
	{
		name: 'an empty list of statements',
		replies: { [ANDROID]: '[]' },
		codes: ['asset_links_no_app']
	},
	{
		name: 'statements elsewhere',
		replies: { [ANDROID]: '[{"include":"https://a.example/x"}]' },
		codes: ['asset_links_include']
	},
	{ name: 'a single statement', replies: { [ANDROID]: '{}' }, codes: ['asset_links_shape'] },
	{
		name: 'a statement about nothing',
		replies: { [ANDROID]: '[{"relation":[]}]' },
		codes: ['asset_links_shape']
	},
	{
		name: 'an Android file that is no JSON',
		replies: { [ANDROID]: '' },
		codes: ['asset_links_json_invalid']
	},
	{
		name: 'an Android file as text',
		replies: { [ANDROID]: text('[]') },
		codes: ['asset_links_content_type', 'asset_links_no_app']
	},
	{
		name: 'an Android file that moved',
		replies: { [ANDROID]: to('/links') },
		codes: ['asset_links_redirect']
	},
	{
		name: 'an Android file that fails',
		replies: { [ANDROID]: { status: 500 } },
		codes: ['asset_links_status']
	}
];

const SENDING: Case[] = [
	{
		name: 'a collector without policy',
		endpoint: healthy,
		codes: ['csp_allows_endpoint', 'endpoint_reachable']
	},
	{
		name: 'a policy without the collector',
		endpoint: healthy,
		replies: csp("default-src 'self'; img-src *"),
		codes: ['csp_blocks_endpoint', 'endpoint_reachable']
	},
	{
		name: 'a policy in the page',
		endpoint: healthy,
		replies: page(
			{},
			`<head><meta http-equiv="Content-Security-Policy" content="connect-src 'none'">`
		),
		codes: ['csp_blocks_endpoint', 'endpoint_reachable']
	},
	{
		name: 'something else at the endpoint',
		endpoint: { '/healthz': '<html>' },
		codes: ['csp_allows_endpoint', 'endpoint_not_passlens']
	},
	{
		name: 'a redirect at the endpoint',
		endpoint: { '/healthz': to('/login') },
		codes: ['csp_allows_endpoint', 'endpoint_not_passlens']
	},
	{
		name: 'nobody at the endpoint, without HTTPS',
		endpoint: 'http://nowhere.invalid',
		codes: ['csp_allows_endpoint', 'endpoint_mixed_content', 'endpoint_unreachable']
	},
	{
		name: 'an endpoint on loopback',
		endpoint: 'http://localhost:1',
		codes: ['csp_allows_endpoint', 'endpoint_on_loopback', 'endpoint_unreachable']
	},
	{
		name: 'a script without policy',
		script: 'https://cdn.example/sdk.js',
		codes: ['csp_allows_script']
	},
	{
		name: 'a script from elsewhere',
		script: 'https://cdn.example/sdk.js',
		replies: csp("script-src 'self' https:; script-src-elem 'self'"),
		codes: ['csp_blocks_script']
	},
	{
		name: 'scripts trusted by nonce',
		script: 'https://cdn.example/sdk.js',
		replies: csp("script-src 'nonce-abc' 'strict-dynamic' https:"),
		codes: ['csp_script_unclear']
	}
];

export const CASES: Case[] = [...ORIGIN, ...PAGE, ...RELATED_ORIGINS, ...APPS, ...SENDING];
