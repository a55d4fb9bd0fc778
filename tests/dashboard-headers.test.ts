import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';

// As people reach it who are elsewhere: what ends TLS stands before it, and hands on the name that they opened.
const NAME = 'passlens.example';

let passlens: Passlens;
beforeAll(async () => {
	const first = await startPasslens();
	await first.end('SIGTERM');
	process.env.PASSLENS_ORIGIN = `https://${NAME}`;
	passlens = await startPasslens({ dataDir: first.dataDir });
});
afterAll(async () => {
	delete process.env.PASSLENS_ORIGIN;
	await passlens?.stop();
});
beforeEach(() => printOutputOnFailure(passlens));

async function ask(
	path: string,
	{
		body,
		host = NAME,
		origin = `https://${NAME}`
	}: { body?: string; host?: string; origin?: string } = {}
) {
	const sent = request(new URL(path, passlens.url), {
		method: body === undefined ? 'GET' : 'POST',
		headers: {
			...{ host, origin, accept: 'text/html', connection: 'close' },
			...(body !== undefined && { 'content-type': 'application/json' })
		}
	});
	sent.end(body);
	const [answer] = (await once(sent, 'response')) as [IncomingMessage];
	answer.resume();
	return answer;
}

it.each([
	['/sign-in', 200],
	['/docs', 200],
	['/ceremonies', 303],
	['/nowhere', 404],
	['/api/v1/kpis', 401],
	['/api/openapi.json', 200]
])('%s has the headers that keep others out, and stays in no cache', async (path, status) => {
	const { statusCode, headers } = await ask(path);
	expect(statusCode).toBe(status);
	expect(headers).toMatchObject({
		...{ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' },
		...{ 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin' },
		'permissions-policy': expect.stringContaining('camera=()'),
		'cache-control': expect.stringContaining('no-store')
	});
});

it('pages run scripts of their own alone, by a nonce that is another each time', async () => {
	const policies = [await ask('/sign-in'), await ask('/sign-in')].map(({ headers }) =>
		String(headers['content-security-policy'])
	);
	for (const policy of policies) {
		const [, scripts] = /script-src ([^;]*)/.exec(policy)!;
		expect(scripts).toMatch(/^'self' 'nonce-[^']+'$/);
		expect(policy).toMatch(
			/object-src 'none'.*base-uri 'self'.*form-action 'self'.*frame-ancestors 'none'/
		);
	}
	expect(new Set(policies).size).toBe(2);
});

it('cookies are for this name over https alone, and no script reads them', async () => {
	const { statusCode, headers } = await ask('/sign-in/options', { body: '{}' });
	expect(statusCode).toBe(200);
	const [cookie, ...more] = headers['set-cookie']!;
	expect(more).toEqual([]);
	expect(cookie).toMatch(/^__Host-passlens_ceremony=[\w-]{43};/);
	for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict'])
		expect(cookie!.split('; ')).toContain(attribute);
});

it('what another site sends is refused, under the same headers', async () => {
	const sent = { body: '{}', origin: 'https://evil.example' };
	const { statusCode, headers } = await ask('/sign-in/options', sent);
	expect(statusCode).toBe(403);
	expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
});

it('another name is answered by nothing', async () => {
	expect((await ask('/sign-in', { host: 'evil.example' })).statusCode).toBe(421);
});
