import { createHmac, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';

const DAY_MS = 86_400_000;

/**
 * How clients are told apart without their addresses being kept: each by the hash of its network, with a random salt that lives for a day and in
 * memory alone.
 */
export function hashClients(): (address: string) => string {
	let day = -1;
	let salt = Buffer.alloc(0);
	return (address) => {
		const today = Math.floor(Date.now() / DAY_MS);
		if (today !== day) {
			day = today;
			salt = randomBytes(32);
		}
		return createHmac('sha256', salt).update(networkOf(address)).digest('base64url');
	};
}

/** An IPv6 client usually has a whole /64 to itself. */
export function networkOf(address: string): string {
	if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
	const [head = '', tail] = address.split('%')[0]!.split('::');
	const before = head ? head.split(':') : [];
	const after = tail ? tail.split(':') : [];
	const zeros = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill('0');
	return [...before, ...zeros, ...after]
		.slice(0, 4)
		.map((group) => Number.parseInt(group, 16).toString(16))
		.join(':');
}
