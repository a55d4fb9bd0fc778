import { expect, test } from 'vitest';
import { findSources, matchesSource, readPolicies } from './content-security-policy.ts';

const self = new URL('https://example.com/login');

test.each([
	['*', 'https://c.test/v1/events', true],
	["'none'", 'https://c.test/', false],
	["'self'", 'https://example.com/x', true],
	["'SELF'", 'https://example.com/x', true],
	["'self'", 'https://c.example.com/', false],
	["'self'", 'https://example.com:8443/', false],
	['https:', 'https://c.test/', true],
	['http:', 'https://c.test/', true],
	['wss:', 'https://c.test/', false],
	['c.test', 'https://c.test/v1/events', true],
	['C.TEST', 'https://c.test/', true],
	['c.test', 'https://c.test:8443/', false],
	['c.test:8443', 'https://c.test:8443/', true],
	['c.test:*', 'https://c.test:8443/', true],
	['c.test', 'http://c.test/', false],
	['http://c.test', 'https://c.test/', true],
	['http://c.test:80', 'https://c.test/', true],
	['*.c.test', 'https://c.test/', false],
	['*.c.test', 'https://a.b.c.test/', true],
	['https://*.test', 'https://c.test/', true],
	['https://c.test/v1/', 'https://c.test/v1/events', true],
	['https://c.test/v1', 'https://c.test/v1/events', false],
	['https://c.test/v1/events', 'https://c.test/v1/events', true],
	["'nonce-abc'", 'https://c.test/', false],
	['localhost:7301', 'http://localhost:7301/', false]
])('%s of a policy at example.com, %s: %s', (source, url, expected) => {
	expect(matchesSource({ source, url: new URL(url), self })).toBe(expected);
});

test('every policy counts: of each header, and of each meta element that is no comment', () => {
	const policies = readPolicies({
		header: "default-src 'self', connect-src https:",
		html: `<!-- <meta http-equiv="Content-Security-Policy" content="connect-src 'none'"> -->
			<META content='img-src *' HTTP-EQUIV=content-security-policy>
			<meta name="description" content="connect-src">`
	});
	expect(policies.map((policy) => [...policy])).toEqual([
		[['default-src', ["'self'"]]],
		[['connect-src', ['https:']]],
		[['img-src', ['*']]]
	]);
});

test('the first of equal directives counts, and the nearest directive there is', () => {
	const [policy] = readPolicies({
		header: "default-src *; Connect-Src 'none'; connect-src *",
		html: ''
	});
	expect(findSources(policy!, ['connect-src', 'default-src'])).toEqual(["'none'"]);
	expect(findSources(policy!, ['script-src', 'default-src'])).toEqual(['*']);
	expect(findSources(policy!, ['script-src'])).toBeUndefined();
});
