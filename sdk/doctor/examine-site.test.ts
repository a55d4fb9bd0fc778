import { afterEach, describe, expect, test } from 'vitest';
import { CATALOGUE } from './catalogue.ts';
import { examineSite } from './examine-site.ts';
import type { Finding } from './finding.ts';
import type { Connection } from '../outbound/read-url.ts';
import { BARE, CASES, type Case } from './testing/cases.ts';
import { certificate, HOSTS, serveSite, type Reply, type Server } from './testing/serve-site.ts';

const open: Server[] = [];
afterEach(async () => {
	await Promise.all(open.splice(0).map((server) => server.close()));
});

describe('a site', () => {
	test('with a page alone has nothing wrong', async () => {
		const findings = await examine({ name: '', codes: [] });
		expect(codesOf(findings)).toEqual([...BARE].sort());
	});

	test.each(CASES)('with $name: $codes', async (given) => {
		const findings = await examine(given);
		// Test servers have no port 443: whatever they serve is a rehearsal.
		const usual: string[] = [...BARE, 'association_files_port'];
		const beside = codesOf(findings).filter((code) => !usual.includes(code));
		expect(beside).toEqual([...given.codes].sort());
		const unhelpful = findings.filter(
			({ level, advice, link }) => level !== 'ok' && !(advice && link.startsWith('https://'))
		);
		expect(unhelpful).toEqual([]);
	});

	test('with files at another port than 443 is told where browsers look for them', async () => {
		const replies = { '/.well-known/webauthn': '{"origins":[]}' };
		const findings = await examine({ name: '', codes: [], replies });
		expect(codesOf(findings)).toContain('association_files_port');
	});

	test('every finding of the catalogue has a case', () => {
		const seen = new Set([
			...[...BARE, 'association_files_port'],
			...CASES.flatMap(({ codes }) => codes)
		]);
		expect(Object.keys(CATALOGUE).filter((code) => !seen.has(code))).toEqual([]);
	});
});

describe('what is read', () => {
	test('is the page, three files and nothing else', async () => {
		const server = await serve({ '/': 'hello' });
		await examineSite({
			page: new URL(`https://example.com:${server.port}`),
			rpId: 'example.com',
			related: [],
			connection: connection()
		});
		expect(server.seen.sort()).toEqual([
			'GET /',
			'GET /.well-known/apple-app-site-association',
			'GET /.well-known/assetlinks.json',
			'GET /.well-known/webauthn'
		]);
	});

	test('is nothing of another host that the page redirects to', async () => {
		const other = await serve({ '/': 'secret' });
		const location = `https://login.example.com:${other.port}/`;
		await examine({
			name: '',
			codes: [],
			replies: { '/': { status: 302, headers: { location } } }
		});
		expect(other.seen).toEqual([]);
	});

	test('is the related-origins file of another host, over HTTPS, and that is told', async () => {
		const other = await serve({
			'/.well-known/webauthn': '{"origins":["https://example.de"]}'
		});
		const location = `https://login.example.com:${other.port}/.well-known/webauthn`;
		const findings = await examine({
			name: '',
			codes: [],
			replies: { '/.well-known/webauthn': { status: 301, headers: { location } } }
		});
		const told = findings.find(({ code }) => code === 'related_origins_redirected');
		expect(told?.found).toContain(location);
		expect(other.seen).toEqual(['GET /.well-known/webauthn']);
	});

	test('is nothing of a server at a private address, however its name resolves', async () => {
		const server = await serve({ '/': 'internal' });
		for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]', 'example.com']) {
			const findings = await examineSite({
				page: new URL(`https://${host}:${server.port}`),
				rpId: 'example.com',
				related: [],
				connection: { ...connection(), allowPrivate: false }
			});
			expect(codesOf(findings)).toContain('private_address_refused');
		}
		expect(server.seen).toEqual([]);
	});

	test('is nothing if but one of several addresses is private, and the name is asked once a request', async () => {
		let asked = 0;
		const findings = await examineSite({
			page: new URL('https://example.com'),
			rpId: 'example.com',
			related: [],
			connection: {
				...connection(),
				allowPrivate: false,
				resolve: async () => {
					asked++;
					return [
						{ address: '93.184.215.14', family: 4 },
						{ address: '10.0.0.1', family: 4 }
					];
				}
			}
		});
		expect(codesOf(findings)).toContain('private_address_refused');
		expect(asked).toBe(1);
	});

	test("of the endpoint is /healthz, below the endpoint's own path, without preflight", async () => {
		const collector = await serve({ '/passlens/healthz': '{"status":"running"}' });
		const findings = await examine({
			name: '',
			codes: [],
			endpoint: `https://collector.test:${collector.port}/passlens/`
		});
		expect(codesOf(findings)).toContain('endpoint_reachable');
		expect(collector.seen).toEqual(['POST /passlens/healthz']);
	});
});

test('text of a site cannot steer the terminal', async () => {
	const findings = await examine({
		name: '',
		codes: [],
		replies: { '/.well-known/webauthn': '\u001b[2J\u202etxt' }
	});
	expect(findings.map(({ found }) => found).join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

async function examine(given: Case): Promise<Finding[]> {
	const { host = 'example.com', tls = true, path = '/', endpoint } = given;
	const site = await serve({ '/': 'hello', ...given.replies }, tls);
	const page = new URL(`${tls ? 'https' : 'http'}://${host}:${site.port}${path}`);
	return examineSite({
		page,
		rpId: given.rpId ?? page.hostname,
		related: given.related ?? [],
		endpoint: endpoint === undefined ? undefined : new URL(await collectorAt(endpoint)),
		script: given.script === undefined ? undefined : new URL(given.script),
		connection: { ...connection(), ...given.connection }
	});
}

async function collectorAt(endpoint: Record<string, Reply> | string): Promise<string> {
	if (typeof endpoint === 'string') return endpoint;
	return `https://collector.test:${(await serve(endpoint)).port}`;
}

async function serve(replies: Record<string, Reply>, tls = true): Promise<Server> {
	const server = await serveSite({ replies, tls });
	open.push(server);
	return server;
}

function connection(): Connection {
	return {
		allowPrivate: true,
		ca: certificate.cert,
		requestMs: 5000,
		deadline: performance.now() + 20_000,
		agent: 'passlens-doctor',
		maxBytes: 256 * 1024,
		resolve: async (host) => {
			if (HOSTS.includes(host) || host === 'localhost')
				return [{ address: '127.0.0.1', family: 4 }];
			throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
		}
	};
}

function codesOf(findings: Finding[]): Finding['code'][] {
	return [...new Set(findings.map(({ code }) => code))].sort();
}
