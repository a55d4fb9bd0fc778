import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IPv4 ranges that are not the public internet (IANA's special-purpose registry). */
const SPECIAL_V4: readonly [string, number][] = [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.0.2.0', 24],
	['192.88.99.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['198.51.100.0', 24],
	['203.0.113.0', 24],
	['224.0.0.0', 4],
	['240.0.0.0', 4]
];

/** Of IPv6 only 2000::/3 is public, without those that are special or carry an IPv4 address inside. */
const SPECIAL_V6: readonly [string, number][] = [
	['2001::', 23],
	['2001:db8::', 32],
	['2002::', 16],
	['3fff::', 20]
];

const special = new BlockList();
for (const [net, prefix] of SPECIAL_V4) special.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of SPECIAL_V6) special.addSubnet(net, prefix, 'ipv6');
const globalV6 = new BlockList();
globalV6.addSubnet('2000::', 3, 'ipv6');

/** Whether the address belongs to the public internet. What is not an address is not. */
export function isPublicAddress(address: string): boolean {
	if (isIPv4(address)) return !special.check(address, 'ipv4');
	if (!isIPv6(address)) return false;
	return globalV6.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

/** `hostname` of a URL without the brackets of an IPv6 address. */
export function bareHost(url: URL): string {
	return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Hosts that browsers take for this machine, and so for a secure context even over HTTP. */
export function isLoopback(url: URL): boolean {
	const host = bareHost(url);
	return /^(.+\.)?localhost$/.test(host) || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
