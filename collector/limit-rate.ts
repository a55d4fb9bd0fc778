import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { hashClients } from '../sdk/outbound/hash-clients.ts';
import type { Problem } from './problem.ts';

export interface RateLimiter {
	/**
	 * Counts one request with a key. @returns a refusal when the key or the client has had its share
	 *
	 * @param sender `key` names the key, `kind` says whose it is: a server is one client that speaks for many, so its address has no share of its own
	 */
	take(request: IncomingMessage, sender: { key: string; kind: string }): Problem | undefined;
}

export interface RateLimits {
	/** Requests a second with one key; unlimited when left out. */
	perSecond?: number | undefined;
	/** Requests a second from one client with public keys; unlimited when left out. */
	clientPerSecond?: number | undefined;
	/** Proxies in front of the collector; none: the connection's own address counts. */
	proxies?: Proxies | undefined;
}

/** Who is believed about whose request it is. */
export interface Proxies {
	/** How many there are, one behind the other, that each add to `x-forwarded-for`. */
	count: number;
	/** Addresses that the innermost one connects from; left out: whoever connects is one. */
	addresses?: BlockList | undefined;
}

/**
 * Token buckets: so many requests a second on average, twice that in a burst. A client is known by its address hashed with a
 * random salt that lives for a day and in memory alone; neither is ever written.
 */
export function limitRate({ perSecond, clientPerSecond, proxies }: RateLimits): RateLimiter {
	const keys = perSecond ? createBuckets(perSecond) : undefined;
	const clients = clientPerSecond ? createBuckets(clientPerSecond) : undefined;
	const hashClient = hashClients();
	return {
		take(request, { key, kind }) {
			if (clients && kind !== 'server') {
				const address = clientAddress(request, proxies);
				if (!clients.take(hashClient(address))) return CLIENT_HAD_ITS_SHARE;
			}
			return !keys || keys.take(key) ? undefined : KEY_HAD_ITS_SHARE;
		}
	};
}

const MOST_BUCKETS = 100_000;

function createBuckets(perSecond: number): { take(name: string): boolean } {
	const capacity = perSecond * 2;
	const buckets = new Map<string, { tokens: number; at: number }>();
	return {
		take(name) {
			const now = performance.now();
			const bucket = buckets.get(name) ?? { tokens: capacity, at: now };
			// Put at the end again: the first is the one longest unseen, and most likely full by now.
			buckets.delete(name);
			if (buckets.size >= MOST_BUCKETS) buckets.delete(buckets.keys().next().value!);
			buckets.set(name, bucket);
			bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
			bucket.at = now;
			if (bucket.tokens < 1) return false;
			bucket.tokens--;
			return true;
		}
	};
}

/**
 * The address that the outermost trusted proxy saw. What a client itself wrote into the header stands before it and is not
 * believed, nor is the header of a connection that comes from elsewhere than a proxy.
 */
export function clientAddress(request: IncomingMessage, proxies: Proxies | undefined): string {
	const own = request.socket.remoteAddress ?? '';
	if (!proxies || proxies.count === 0) return own;
	if (proxies.addresses && !isListed(proxies.addresses, own)) return own;
	const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
	return forwarded.at(-proxies.count)?.trim() || own;
}

function isListed(addresses: BlockList, address: string): boolean {
	const plain = address.split('%')[0]!.replace(/^::ffff:(?=\d+\.)/, '');
	return isIP(plain) !== 0 && addresses.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

/**
 * Addresses and networks, separated by commas: `127.0.0.1, 10.0.0.0/8, ::1`.
 *
 * @returns the first entry that is neither, as text
 */
export function parseAddresses(text: string): BlockList | string {
	const list = new BlockList();
	for (const entry of text.split(',').map((one) => one.trim())) {
		const [address = '', length, ...more] = entry.split('/');
		const version = isIP(address);
		const most = version === 6 ? 128 : 32;
		const bits = length === undefined ? most : Number(length);
		if (version === 0 || more.length > 0 || !/^\d+$/.test(length ?? '0') || bits > most)
			return entry;
		list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
	}
	return list;
}

const KEY_HAD_ITS_SHARE: Problem = {
	status: 429,
	code: 'too_many_requests',
	title: 'Too many requests',
	detail: 'More batches come with this key than its share. Put more events into each, or wait.',
	retryAfterSeconds: 1
};

const CLIENT_HAD_ITS_SHARE: Problem = {
	...KEY_HAD_ITS_SHARE,
	code: 'too_many_from_client',
	detail:
		'Too many batches come from this network address. Put more events into each, send them through your server, or wait.'
};
