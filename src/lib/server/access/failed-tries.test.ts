import type { RequestEvent } from '@sveltejs/kit';
import { afterEach, expect, test } from 'vitest';
import { countFailure, secondsToWait } from './failed-tries.ts';

afterEach(() => void delete process.env.ADDRESS_HEADER);

const from = (address: string, headers: Record<string, string> = {}) =>
	({
		request: new Request('http://localhost/sign-in/verify', { headers }),
		getClientAddress: () => address
	}) as RequestEvent;

async function failAll(event: RequestEvent): Promise<void> {
	for (let tried = 0; tried < 30; tried++) await countFailure(event, 'sign-in');
}

test('thirty failures have a client wait, with its whole IPv6 network, and nobody else', async () => {
	for (let tried = 0; tried < 29; tried++) await countFailure(from('2001:db8:0:1::5'), 'sign-in');
	expect(await secondsToWait(from('2001:db8:0:1::5'), 'sign-in')).toBeUndefined();
	await countFailure(from('2001:db8:0:1::6'), 'sign-in');
	expect(await secondsToWait(from('2001:db8:0:1::7'), 'sign-in')).toBeCloseTo(900, -2);
	expect(await secondsToWait(from('2001:db8:0:2::5'), 'sign-in')).toBeUndefined();
});

test('keys that do not work keep nobody at the same address from signing in', async () => {
	await failAll(from('192.0.2.1'));
	expect(await secondsToWait(from('192.0.2.1'), 'sign-in')).toBeGreaterThan(800);
	expect(await secondsToWait(from('192.0.2.1'), 'api-key')).toBeUndefined();
});

test('behind a proxy that is not told of, whoever fails often keeps nobody out', async () => {
	const proxied = from('192.0.2.2', { 'x-forwarded-for': '203.0.113.9' });
	await failAll(proxied);
	expect(await secondsToWait(proxied, 'sign-in')).toBeUndefined();
	process.env.ADDRESS_HEADER = 'x-forwarded-for';
	await failAll(proxied);
	expect(await secondsToWait(proxied, 'sign-in')).toBeGreaterThan(800);
});
