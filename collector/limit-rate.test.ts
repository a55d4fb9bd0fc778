import type { IncomingMessage } from 'node:http';
import { expect, test, vi } from 'vitest';
import { hashClients, networkOf } from '../sdk/outbound/hash-clients.ts';
import { clientAddress, limitRate, parseAddresses, type RateLimits } from './limit-rate.ts';

const from = (address: string, forwarded?: string) =>
	({
		socket: { remoteAddress: address },
		headers: { 'x-forwarded-for': forwarded }
	}) as unknown as IncomingMessage;
const PAGE = { key: 'a', kind: 'ingest' };
const OTHER_PAGE = { key: 'b', kind: 'ingest' };
const SERVER = { key: 'c', kind: 'server' };
const codes = (limits: RateLimits, asks: [IncomingMessage, typeof PAGE][]) => {
	const limiter = limitRate(limits);
	return asks.map(([request, sender]) => limiter.take(request, sender)?.code ?? 'taken');
};

test('nobody is held back when no limit is set', () => {
	const many = Array.from({ length: 1_000 }, () => [from('192.0.2.1'), PAGE] as never);
	expect(new Set(codes({}, many))).toEqual(new Set(['taken']));
});

test('a client has its own share, whoever else sends with the same key; a server has none of its own', () => {
	const ask = (address: string, sender = PAGE) =>
		[from(address), sender] as [IncomingMessage, typeof PAGE];
	expect(
		codes({ clientPerSecond: 0.5 }, [
			ask('192.0.2.1'),
			ask('192.0.2.1'),
			ask('192.0.2.2'),
			ask('2001:db8:1:2::1'),
			ask('2001:db8:1:2:ffff::9'),
			ask('192.0.2.1', SERVER)
		])
	).toEqual(['taken', 'too_many_from_client', 'taken', 'taken', 'too_many_from_client', 'taken']);
});

test('each key has a share of its own: who uses up one keeps nobody with another waiting', () => {
	const request = from('192.0.2.1');
	expect(
		codes({ perSecond: 0.5 }, [
			[request, PAGE],
			[request, PAGE],
			[request, OTHER_PAGE],
			[request, SERVER]
		])
	).toEqual(['taken', 'too_many_requests', 'taken', 'taken']);
});

test.each([
	['without a proxy, what a client claims is not believed', 0, '198.51.100.7', '10.0.0.1'],
	['behind one proxy, it is what that proxy saw', 1, '6.6.6.6, 198.51.100.7', '198.51.100.7'],
	['behind two, what the outer one saw', 2, '6.6.6.6, 198.51.100.7, 10.0.0.2', '198.51.100.7'],
	['a proxy that says nothing is itself the client', 1, undefined, '10.0.0.1']
])('%s', (_, proxies, forwarded, expected) => {
	expect(clientAddress(from('10.0.0.1', forwarded), { count: proxies })).toBe(expected);
});

test('the hash of a client lasts for a day, and says nothing on the next or in another process', () => {
	vi.useFakeTimers({ now: Date.UTC(2026, 10, 24, 23, 59) });
	const hash = hashClients();
	const [today, later] = [hash('192.0.2.1'), hash('192.0.2.1')];
	expect(later).toBe(today);
	expect(hash('192.0.2.2')).not.toBe(today);
	expect(hashClients()('192.0.2.1')).not.toBe(today);
	vi.setSystemTime(Date.UTC(2026, 10, 25, 0, 0));
	expect(hash('192.0.2.1')).not.toBe(today);
	vi.useRealTimers();
});

test.each([
	['192.0.2.1', '192.0.2.1'],
	['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
	['2001:db8:0:1:2:3:4:5', '2001:db8:0:1'],
	['2001:0db8::5', '2001:db8:0:0'],
	['fe80::1%eth0', 'fe80:0:0:0'],
	['::1', '0:0:0:0']
])('the network of %s is %s', (address, network) => {
	expect(networkOf(address)).toBe(network);
});

test.each([
	['10.1.2.3', true],
	['::ffff:10.1.2.3', true],
	['127.0.0.1', true],
	['fd00::1', true],
	['11.0.0.1', false],
	['127.0.0.2', false],
	['fe80::1%eth0', false],
	['', false]
])('of proxies in known places, a connection from %j is believed: %s', (address, believed) => {
	const addresses = parseAddresses('10.0.0.0/8, 127.0.0.1, fd00::/8');
	if (typeof addresses === 'string') throw new Error(addresses);
	const client = clientAddress(from(address, '198.51.100.7'), { count: 1, addresses });
	expect(client).toBe(believed ? '198.51.100.7' : address);
});

test.each(['proxy', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/8/8', '::1/129', ''])(
	'%j is no place of a proxy',
	(text) => {
		expect(parseAddresses(`127.0.0.1,${text}`)).toBe(text);
	}
);
