import { expect, it } from 'vitest';
import { isAllowedHost, isOwnRequest } from './allowed-host.ts';

it.each([
	['localhost', true],
	['localhost:7300', true],
	['LOCALHOST:7300', true],
	['127.0.0.1:7300', true],
	['[::1]:7300', true],
	['[::1]', true],
	['localhost.', true],
	['', false],
	['evil.example', false],
	['localhost.evil.example:7300', false],
	['127.0.0.1.evil.example', false],
	['evil.example:localhost', false],
	['192.168.1.5:7300', false]
])('answers under the name "%s": %s', (host, allowed) => {
	expect(isAllowedHost(host)).toBe(allowed);
});

it('answers under the names an operator adds', () => {
	const extra = 'passlens.internal, Dash.example';
	expect(isAllowedHost('passlens.internal:7300', extra)).toBe(true);
	expect(isAllowedHost('dash.example', extra)).toBe(true);
	expect(isAllowedHost('other.example', extra)).toBe(false);
});

it.each([
	['POST', 'http://localhost:7300', true],
	['POST', 'https://localhost:7300', true],
	['POST', undefined, true],
	['POST', 'http://localhost:7301', false],
	['POST', 'https://evil.example', false],
	['POST', 'null', false],
	['DELETE', 'https://evil.example', false],
	['GET', 'https://evil.example', true]
])('%s from %s to localhost:7300 is taken: %s', (method, origin, taken) => {
	const headers = origin === undefined ? {} : { origin };
	const request = new Request('http://localhost:7300/collector', { method, headers });
	expect(isOwnRequest(request, 'LOCALHOST:7300')).toBe(taken);
});
