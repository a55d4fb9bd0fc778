const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Whether a Host header names this machine, a name in `extra` (comma-separated, without ports), or the dashboard's own origin. */
export function isAllowedHost(host: string, extra = '', origin = ''): boolean {
	const name = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
	const allowed = extra.split(',').map((entry) => entry.trim().toLowerCase());
	const own = URL.parse(origin)?.hostname;
	return name !== '' && (LOOPBACK.includes(name) || allowed.includes(name) || name === own);
}

/**
 * Whether a request that may change something comes from a page of this very host, or from no page at all: a browser names the
 * page's origin with every such request, and leaves it to nobody else.
 */
export function isOwnRequest({ method, headers }: Request, host: string): boolean {
	if (method === 'GET' || method === 'HEAD') return true;
	const origin = headers.get('origin');
	return origin === null || URL.parse(origin)?.host === host.toLowerCase();
}
