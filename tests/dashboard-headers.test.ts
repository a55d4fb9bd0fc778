import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { expectAnswerHeaders } from './support/answer-headers.ts';
import { findFreePort } from './support/find-free-port.ts';
import { printOutputOnFailure, startPasslens, type Passlens } from './support/passlens.ts';
import { runExample } from './support/run-example.ts';

// As people reach it who are elsewhere: what ends TLS stands before it, and hands on the name that they opened.
const NAME = 'passlens.example';
const EVIL_ORIGIN = { origin: 'https://evil.example' };

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

interface Asked {
	path: string;
	method?: string;
	body?: string;
	headers?: Record<string, string>;
}

async function ask(
	{ path, body, method = body === undefined ? 'GET' : 'POST', headers = {} }: Asked,
	url = passlens.url
): Promise<IncomingMessage> {
	const { hostname, port } = new URL(url);
	const sent = request({
		// As it stands: an address that is none is asked for, too.
		...{ hostname, port, path, method },
		headers: {
			...{ host: NAME, origin: `https://${NAME}`, accept: 'text/html', connection: 'close' },
			...(body !== undefined && { 'content-type': 'application/json' }),
			...headers
		}
	});
	sent.on('error', () => {}).end(body);
	const [answer] = (await once(sent, 'response')) as [IncomingMessage];
	answer.resume();
	return answer;
}

/** What is answered by pages, by what stands before them, and by SvelteKit itself before a route or a hook is asked. */
const ANSWERS: [what: string, status: number, asked: Asked][] = [
	['a page', 200, { path: '/sign-in' }],
	['a page of the documentation', 200, { path: '/docs' }],
	['the way to the sign-in page', 303, { path: '/ceremonies' }],
	['the same for a page’s script', 200, { path: '/ceremonies/__data.json' }],
	['a page’s data', 200, { path: '/sign-in/__data.json' }],
	['a page that is not there', 404, { path: '/nowhere' }],
	['its data', 404, { path: '/nowhere/__data.json' }],
	['an address with a slash too many', 308, { path: '/sign-in/' }],
	['an address that is none', 400, { path: '/%E0%A4%A' }],
	['two slashes', 404, { path: '//evil.example/' }],
	['a link that nobody made', 404, { path: '/welcome/AAAA' }],
	['the API without a key', 401, { path: '/api/v1/kpis' }],
	['the API’s description', 200, { path: '/api/openapi.json' }],
	['a probe', 200, { path: '/healthz' }],
	['a form that a page does not take', 303, { path: '/docs', body: '{}' }],
	['a method that nothing has', 405, { path: '/sign-in/options', method: 'DELETE' }],
	['a body that is too large', 400, { path: '/sign-in/options', body: 'a'.repeat(600_000) }],
	['what another site sends', 403, { path: '/sign-in/options', body: '{}', headers: EVIL_ORIGIN }],
	['what nobody may', 401, { path: '/people?/invite', body: '{}', headers: { accept: '*/*' } }],
	['a remote function', 303, { path: '/_app/remote/none/none' }],
	['another name', 421, { path: '/sign-in', headers: { host: 'evil.example' } }],
	['a file of the build that is not there', 404, { path: '/_app/immutable/none.js' }],
	['the version of the build', 200, { path: '/_app/version.json' }],
	['the icon', 200, { path: '/favicon.svg' }]
];

it.each(ANSWERS)(
	'%s has the headers that keep others out, and stays in no cache',
	async (of, status, asked) => {
		const { statusCode, headers } = await ask(asked);
		expect(statusCode).toBe(status);
		const kept = asked.path.startsWith('/_app/immutable');
		expectAnswerHeaders(headers, { of, kept });
		expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
	}
);

it('scripts have them, and are kept', async () => {
	const [script] = readdirSync('build/client/_app/immutable/entry').filter((name) =>
		name.endsWith('.js')
	);
	const file = `/_app/immutable/entry/${script}`;
	const { statusCode, headers } = await ask({ path: file });
	expect(statusCode).toBe(200);
	expectAnswerHeaders(headers, { of: file, kept: true });
	expect(headers['cache-control']).toContain('immutable');
	const again = { 'if-none-match': String(headers.etag) };
	const unchanged = await ask({ path: file, headers: again });
	expect(unchanged.statusCode).toBe(304);
	expectAnswerHeaders(unchanged.headers, { of: 'what did not change', kept: true });
});

it('a dashboard in a process of its own gives the same', async () => {
	const [dataDir, port] = [
		await mkdtemp(join(tmpdir(), 'passlens-headers-')),
		await findFreePort()
	];
	const url = `http://127.0.0.1:${port}`;
	const dashboard = await runExample({
		args: ['deploy/run.mjs', 'dashboard'],
		cwd: process.cwd(),
		env: {
			...{ HOST: '127.0.0.1', PORT: String(port), ORIGIN: `https://${NAME}` },
			PASSLENS_DATA_DIR: dataDir
		},
		url: `${url}/healthz`
	});
	try {
		for (const [of, , asked] of ANSWERS) {
			const { headers } = await ask(asked, url);
			expectAnswerHeaders(headers, { of, kept: asked.path.startsWith('/_app/immutable') });
			expect(headers['strict-transport-security'], of).toMatch(/^max-age=\d{8}/);
		}
	} finally {
		await dashboard.stop();
		await rm(dataDir, { recursive: true, force: true });
	}
});

it('pages run scripts of their own alone, by a nonce that is another each time', async () => {
	const policies = [await ask({ path: '/sign-in' }), await ask({ path: '/sign-in' })].map(
		({ headers }) => String(headers['content-security-policy'])
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
	const { statusCode, headers } = await ask({ path: '/sign-in/options', body: '{}' });
	expect(statusCode).toBe(200);
	const [cookie, ...more] = headers['set-cookie']!;
	expect(more).toEqual([]);
	expect(cookie).toMatch(/^__Host-passlens_ceremony=[\w-]{43};/);
	for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict'])
		expect(cookie!.split('; ')).toContain(attribute);
});
