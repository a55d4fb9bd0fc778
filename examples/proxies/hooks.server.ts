/*
 * Passlens under a SvelteKit site's own address: src/hooks.server.ts, or a part of it by `sequence`. PASSLENS_COLLECTOR is the
 * collector's address, such as http://127.0.0.1:7301; it is started with COLLECTOR_TRUSTED_PROXIES=1 and this server's address
 * in COLLECTOR_PROXY_ADDRESSES.
 *
 * In the page: init({ endpoint: '/passlens', projectKey: 'pk_…' })
 */
import { env } from '$env/dynamic/private';
import type { Handle, RequestEvent } from '@sveltejs/kit';

/** What a page needs, and nothing else of the collector's. */
const PATHS = new Map([
	['/passlens/v1/events', '/v1/events'],
	['/passlens/passlens.js', '/passlens.js']
]);

/** A page's batch has at most 512 KiB. */
const LARGEST = 1_000_000;
const LONGEST_MS = 30_000;

/** What the collector reads. The site's cookies are not among it. */
const SENT = [
	...['authorization', 'content-type', 'content-encoding', 'origin', 'user-agent', 'traceparent'],
	...['sec-gpc', 'if-none-match']
];
const ANSWERED = ['content-type', 'cache-control', 'etag', 'retry-after', 'x-content-type-options'];

export const handle: Handle = ({ event, resolve }) => {
	const path = PATHS.get(event.url.pathname);
	return path === undefined ? resolve(event) : forward(event, path);
};

async function forward({ request, url, getClientAddress }: RequestEvent, path: string) {
	if (Number(request.headers.get('content-length') ?? 0) > LARGEST)
		// What was not read must not be taken for the next request.
		return new Response(null, { status: 413, headers: { connection: 'close' } });
	const headers = pick(request.headers, SENT);
	headers.set('x-forwarded-for', getClientAddress());
	// Node's fetch would unpack it, and the answer's headers would no longer say what it is.
	headers.set('accept-encoding', 'identity');
	try {
		const answer = await fetch(new URL(path + url.search, env.PASSLENS_COLLECTOR), {
			method: request.method,
			headers,
			body: request.method === 'POST' ? await request.arrayBuffer() : null,
			redirect: 'manual',
			signal: AbortSignal.timeout(LONGEST_MS)
		});
		return new Response(answer.body, {
			status: answer.status,
			headers: pick(answer.headers, ANSWERED)
		});
	} catch {
		// The SDK keeps the events and sends them again.
		return new Response(null, { status: 503, headers: { 'retry-after': '5' } });
	}
}

function pick(from: Headers, names: string[]): Headers {
	const picked = new Headers();
	for (const name of names) {
		const value = from.get(name);
		if (value !== null) picked.set(name, value);
	}
	return picked;
}
