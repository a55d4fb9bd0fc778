const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Whether a Host header names this machine, or a name in `extra` (comma-separated, without ports). */
export function isAllowedHost(host: string, extra = ''): boolean {
	const name = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
	const allowed = extra.split(',').map((entry) => entry.trim().toLowerCase());
	return name !== '' && (LOOPBACK.includes(name) || allowed.includes(name));
}
