import { expect, test } from 'vitest';
import { isLoopback, isPublicAddress } from './address.ts';

test.each([
	['93.184.215.14', true],
	['1.1.1.1', true],
	['172.32.0.1', true],
	['2606:2800:21f:cb07:6820:80da:af6b:8b2c', true],
	['0.0.0.0', false],
	['10.1.2.3', false],
	['100.64.0.1', false],
	['127.0.0.1', false],
	['127.255.255.254', false],
	['169.254.169.254', false],
	['172.16.0.1', false],
	['192.168.1.1', false],
	['198.18.0.1', false],
	['224.0.0.1', false],
	['255.255.255.255', false],
	['::', false],
	['::1', false],
	['::ffff:93.184.215.14', false],
	['64:ff9b::a00:1', false],
	['2002:a00:1::', false],
	['2001::1', false],
	['fc00::1', false],
	['fe80::1', false],
	['ff02::1', false],
	['example.com', false]
])('%s is on the public internet: %s', (address, expected) => {
	expect(isPublicAddress(address)).toBe(expected);
});

test.each([
	['http://localhost:7300', true],
	['http://app.localhost', true],
	['http://127.1', true],
	['http://[::1]', true],
	['http://localhost.example.com', false],
	['http://192.168.1.1', false]
])('%s is this machine to a browser: %s', (url, expected) => {
	expect(isLoopback(new URL(url))).toBe(expected);
});
