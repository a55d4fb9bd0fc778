import type { RequestEvent } from '@sveltejs/kit';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const LOOPBACK_ADDRESSES = /^(::1|127\.\d+\.\d+\.\d+|::ffff:127\.\d+\.\d+\.\d+)$/;

/** Where people reach the dashboard: as configured, else at this machine's own name. */
export function ownOrigin({ request }: Pick<RequestEvent, 'request'>): URL {
	const { ORIGIN } = process.env;
	return new URL(ORIGIN || `http://${request.headers.get('host') ?? 'localhost'}`);
}

/**
 * Whether whoever asks sits at this machine: the dashboard listens to it alone and is meant for it, and the request neither came
 * through a proxy nor from another address.
 */
export function isAtThisMachine(
	event: Pick<RequestEvent, 'request' | 'getClientAddress'>
): boolean {
	const { headers } = event.request;
	return (
		process.env.PASSLENS_ON_LOOPBACK === '1' &&
		LOOPBACK_NAMES.includes(ownOrigin(event).hostname) &&
		LOOPBACK_NAMES.includes(URL.parse(`http://${headers.get('host')}`)?.hostname ?? '') &&
		!['forwarded', 'x-forwarded-for', 'x-real-ip'].some((name) => headers.has(name)) &&
		LOOPBACK_ADDRESSES.test(event.getClientAddress())
	);
}

/** A path of the dashboard's own to go on to after sign-in; anything else is the Overview. */
export function ownPath(next: string | null): string {
	const base = 'http://own.invalid';
	const url = next?.startsWith('/') ? URL.parse(next, base) : null;
	const own = url?.origin === base && !/^\/(sign-in|sign-out|welcome)(\/|$)/.test(url.pathname);
	return own ? `${url.pathname}${url.search}` : '/';
}
