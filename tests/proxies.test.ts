import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as ask, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { throwAway } from '../collector/ingest/throw-away.ts';
import { parseAddresses } from '../collector/limit-rate.ts';
import { batchOf, startTestCollector, type TestCollector } from '../collector/testing/harness.ts';
import { createProject } from '../settings/projects.ts';
import { findProgram, WITHOUT_PROXIES } from '../tools/find-programs.mjs';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { createPasskey } from './support/create-passkey.ts';
import { findFreePort } from './support/find-free-port.ts';
import { runExample, type RunningExample } from './support/run-example.ts';
import { runNginx } from './support/run-nginx.ts';
import { sampleVisit } from './support/sample-events.ts';
import { until } from './support/until.ts';

// The recipes of examples/proxies, each as the real program runs it, with a real page in front and a real collector behind.
const ROOT = join(import.meta.dirname, '..');
const RECIPES = join(ROOT, 'examples/proxies');
/** Requests a second from one client. */
const SHARE = 5;

let browser: Browser;
let collector: TestCollector;
let tap: Awaited<ReturnType<typeof listenBefore>>;

beforeAll(async () => {
	const addresses = parseAddresses('127.0.0.1,::1');
	if (typeof addresses === 'string') throw new Error(addresses);
	[browser, collector] = await Promise.all([
		launchBrowser(),
		startTestCollector({ rateLimits: { clientPerSecond: SHARE, proxies: { count: 1, addresses } } })
	]);
	tap = await listenBefore(collector.url);
});
afterAll(async () => {
	await browser?.close();
	tap?.close();
	await collector?.close();
});

/** Stands before the collector, and keeps what came to it. */
async function listenBefore(url: string) {
	const heads: { path: string; headers: IncomingHttpHeaders }[] = [];
	const server = createServer((request, response) => {
		heads.push({ path: request.url!, headers: request.headers });
		const onward = ask(url + request.url, { method: request.method!, headers: request.headers });
		request.pipe(onward);
		// A refusal is answered before the body was read to its end, and ends the connection.
		onward.on('error', () => response.headersSent || response.destroy());
		onward.on('response', async (answer) => {
			response.writeHead(answer.statusCode!, answer.headers);
			answer.pipe(response, { end: false });
			await once(answer, 'end');
			// As the collector does it: ended on unread bytes, the connection is reset, and the answer with it.
			if (!request.complete) await throwAway(request);
			response.end();
		});
	});
	return { heads, ...(await listen(server)) };
}

async function listen(server: Server) {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const close = () => {
		server.closeAllConnections();
		server.close();
	};
	return { port: (server.address() as AddressInfo).port, close };
}

const pageOf = (key: string) => `<!doctype html><title>Site</title>
<script src="/passlens/passlens.js"></script>
<script>passlens.init({ endpoint: location.origin + '/passlens', projectKey: '${key}' });</script>`;

const serveSite = (key: string) =>
	listen(
		createServer(({ url }, response) => {
			if (url !== '/') return void response.writeHead(404).end('The site has no such page.');
			response.setHeader('content-type', 'text/html').end(pageOf(key));
		})
	);

interface Setting {
	folder: string;
	port: number;
	key: string;
	/** The site behind, where the proxy is none itself. */
	site: number;
}

/** Starts each proxy with its recipe; only addresses and ports are other than in the file. */
const PROXIES: Record<string, (setting: Setting) => Promise<RunningExample>> = {
	nginx({ folder, port, site }) {
		return runNginx({ folder, port, site, collector: tap.port });
	},
	caddy({ folder, port, site }) {
		const recipe = readFileSync(join(RECIPES, 'Caddyfile'), 'utf8')
			.replace('http://localhost:8080', `http://localhost:${port}`)
			.replace('reverse_proxy 127.0.0.1:7301', `reverse_proxy 127.0.0.1:${tap.port}`)
			.replace('127.0.0.1:3000', `127.0.0.1:${site}`);
		writeFileSync(join(folder, 'Caddyfile'), `{\n\tadmin off\n}\n${recipe}`);
		return runExample({
			command: findProgram('caddy')!,
			args: ['run', '--config', join(folder, 'Caddyfile')],
			cwd: folder,
			env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
			url: `http://localhost:${port}`
		});
	},
	nextjs({ port, key }) {
		return runExample({
			args: [join(ROOT, 'node_modules/next/dist/bin/next'), ...['dev', '--port', String(port)]],
			cwd: join(ROOT, 'examples/nextjs'),
			url: `http://localhost:${port}`,
			env: {
				NEXT_TELEMETRY_DISABLED: '1',
				NODE_ENV: 'development',
				NEXT_PUBLIC_PASSLENS_ENDPOINT: `http://localhost:${port}/passlens`,
				NEXT_PUBLIC_PASSLENS_KEY: key,
				PASSLENS_COLLECTOR: `http://127.0.0.1:${tap.port}`
			}
		});
	},
	sveltekit({ folder, port, key }) {
		symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
		mkdirSync(join(folder, 'src/routes'), { recursive: true });
		const files = {
			'package.json': '{ "type": "module" }',
			'svelte.config.js': 'export default {};',
			'vite.config.js': `import { sveltekit } from '@sveltejs/kit/vite';
				export default { plugins: [sveltekit()], server: { fs: { strict: false } } };`,
			'src/app.html': `<!doctype html><html lang="en"><head>%sveltekit.head%</head><body>${pageOf(key)}%sveltekit.body%</body></html>`,
			'src/routes/+page.svelte': '<h1>Site</h1>',
			'src/hooks.server.ts': readFileSync(join(RECIPES, 'hooks.server.ts'), 'utf8')
		};
		for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
		return runExample({
			args: [
				join(ROOT, 'node_modules/vite/bin/vite.js'),
				...['dev', '--port', String(port), '--strictPort']
			],
			cwd: folder,
			env: { NODE_ENV: 'development', PASSLENS_COLLECTOR: `http://127.0.0.1:${tap.port}` },
			url: `http://localhost:${port}`
		});
	}
};

const installed = (name: string) =>
	!['nginx', 'caddy'].includes(name) || findProgram(name as 'nginx');

describe.each(Object.keys(PROXIES))('behind %s', (name) => {
	const left = !installed(name);
	let folder: string;
	let site: Awaited<ReturnType<typeof serveSite>>;
	let proxy: RunningExample;
	let origin: string;
	let keys: { ingestKey: string; serverKey: string };

	beforeAll(async () => {
		if (left) return;
		folder = await mkdtemp(join(tmpdir(), `passlens-${name}-`));
		const port = await findFreePort();
		origin = `http://localhost:${port}`;
		keys = await createProject(collector.settings, { id: name, name, origins: [origin] });
		site = await serveSite(keys.ingestKey);
		proxy = await PROXIES[name]!({ folder, port, key: keys.ingestKey, site: site.port });
	});
	afterAll(async () => {
		await proxy?.stop();
		site?.close();
		if (folder) await rm(folder, { recursive: true, force: true });
	});

	const it = test.skipIf(left);
	const title = (words: string) => (left ? WITHOUT_PROXIES : words);
	const post = (headers: Record<string, string> = {}, body?: BodyInit) =>
		fetch(`${origin}/passlens/v1/events`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${keys.ingestKey}`,
				'content-type': 'application/json',
				...headers
			},
			body: body ?? JSON.stringify(batchOf(sampleVisit().page.slice(0, 1)))
		});

	it(
		title("a page's ceremony arrives by the site's own address, without the site's cookie"),
		async () => {
			onTestFailed(() => console.error(proxy.output()));
			const context = await browser.newContext();
			const page = await context.newPage();
			const asked: string[] = [];
			page.on('request', (request) => asked.push(request.url()));
			await addVirtualAuthenticator(page);
			await context.addCookies([{ name: 'session', value: 'of-the-site', url: origin }]);
			await page.goto(origin);
			await createPasskey(page);
			await page.evaluate('globalThis.passlens?.flush()');
			await until(async () => {
				await collector.stored();
				const rows = await collector.query(
					`SELECT ceremony_type, outcome FROM ceremonies_v1 WHERE project_id = '${name}'`
				);
				expect(rows).toEqual([{ ceremony_type: 'registration', outcome: 'succeeded' }]);
			});
			await context.close();
			expect(asked.filter((url) => !url.startsWith(origin))).toEqual([]);
			const mine = tap.heads.filter(({ headers }) => headers.origin === origin);
			expect(mine.length).toBeGreaterThan(0);
			for (const { path, headers } of mine) {
				expect(path).toMatch(/^\/v1\/events\?key=pk_/);
				expect(headers.cookie).toBeUndefined();
				expect(headers['x-forwarded-for']).toMatch(/(127\.0\.0\.1|::1)$/);
			}
		}
	);

	it(title('packed batches pass as they are, too large ones and refusals are told'), async () => {
		const packed = gzipSync(JSON.stringify(batchOf(sampleVisit().page.slice(0, 1))));
		onTestFailed(() => console.error(proxy.output()));
		const answers = [
			await post({ 'content-encoding': 'gzip' }, packed),
			await post({}, 'x'.repeat(3_000_000)),
			await post({ authorization: 'Bearer pk_nobody' })
		];
		expect(answers.map(({ status }) => status)).toEqual([202, 413, 401]);
		expect(await answers[2]!.json()).toMatchObject({ type: expect.stringMatching(/key_unknown$/) });
	});

	// Next.js cannot tell: it hands on what a proxy before it said, or a client.
	test.runIf(name === 'nextjs')('what was said of the client before it is handed on', async () => {
		expect((await post({ 'x-forwarded-for': '192.0.2.1, 198.51.100.7' })).status).toBe(202);
		expect(tap.heads.at(-1)!.headers['x-forwarded-for']).toBe('192.0.2.1, 198.51.100.7');
	});

	test.skipIf(left || name === 'nextjs')(
		title('a client cannot give itself another address: its share is its own'),
		async () => {
			const answers = await Promise.all(
				Array.from({ length: SHARE * 12 }, (_, index) =>
					post({ 'x-forwarded-for': `198.51.100.${index}` })
				)
			);
			const refused = answers.filter(({ status }) => status === 429);
			expect(refused.length).toBeGreaterThan(0);
			expect(refused[0]!.headers.get('retry-after')).toBe('1');
			expect(await refused[0]!.json()).toMatchObject({
				type: expect.stringMatching(/too_many_from_client$/)
			});
		}
	);

	it(title('nothing else of the collector is to be had'), async () => {
		for (const path of ['/readyz', '/v1/logs', '/v1/people/x', '/v1/events/../../readyz'])
			expect((await fetch(`${origin}/passlens${path}`, { method: 'POST' })).status, path).toBe(404);
		const script = await fetch(`${origin}/passlens/passlens.js`);
		expect(script.status).toBe(200);
		expect(await script.text()).toContain('passlens');
	});
});
