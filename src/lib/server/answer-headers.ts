import type { ServerResponse } from 'node:http';

const HEADERS = {
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY',
	'referrer-policy': 'same-origin',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'permissions-policy': 'camera=(), microphone=(), geolocation=()',
	// What is no page of SvelteKit's (those bring their own) loads and runs nothing.
	'content-security-policy':
		"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	// What one saw is not shown to whoever uses the browser next. What may be kept says so itself.
	'cache-control': 'no-store',
	// nginx would keep a page's frame back until what follows it is there.
	'x-accel-buffering': 'no'
};
/** A year, and of this very name: what is beside it belongs to others. */
const HTTPS_ALONE = 'max-age=31536000';

/**
 * Gives an answer of the dashboard the headers that every one has, before anything answers: pages, files, redirects, and what is refused
 * before a route is looked for. Whatever answers may say otherwise.
 *
 * @param origin where people open the dashboard
 */
export function giveAnswerHeaders(response: ServerResponse, { origin }: { origin: string }): void {
	for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
	if (URL.parse(origin)?.protocol === 'https:')
		response.setHeader('strict-transport-security', HTTPS_ALONE);
}
