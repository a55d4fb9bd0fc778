import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Marked } from 'marked';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfiguration } from '../settings/configuration/read-configuration.ts';
import { parseCodeMark, type CodeMark } from '../src/lib/server/docs/render-markdown.ts';
import { sizeFor } from '../src/lib/server/docs/capacity-figures.ts';
import { addVirtualAuthenticator, launchBrowser } from './support/browser.ts';
import { createPasskey } from './support/create-passkey.ts';
import { bundlePage } from './support/bundle-page.ts';
import { openPage } from './support/figures.ts';
import { startPasslens, type Passlens } from './support/passlens.ts';
import { until } from './support/until.ts';
import { violations } from './support/violations.ts';

// Every block of code in the documentation is run here, in the order of the pages, or says why it is not.
const ROOT = join(import.meta.dirname, '..');
const DOCS = join(ROOT, 'docs');

interface Block extends CodeMark {
	page: string;
	code: string;
}

let passlens: Passlens;
let browser: Browser;
let folder: string;
let blocks: Block[];
/** As the reader exports them. */
const keys = { PASSLENS_KEY: '', PASSLENS_SERVER_KEY: '', PASSLENS_API_KEY: '' };

beforeAll(async () => {
	blocks = await readBlocks();
	folder = await mkdtemp(join(tmpdir(), 'passlens-docs-'));
	// `npm start`, which the first block is.
	passlens = await startPasslens();
	browser = await launchBrowser();
});
afterAll(async () => {
	await browser?.close();
	await passlens?.end();
	for (const path of [folder, passlens?.dataDir, `${passlens?.dataDir}-backup`])
		if (path) await rm(path, { recursive: true, force: true });
});

async function readBlocks(): Promise<Block[]> {
	const files = (await readdir(DOCS)).filter((name) => name.endsWith('.md'));
	// Start makes the project that the others speak of.
	files.sort((a, b) => Number(b === 'start.md') - Number(a === 'start.md') || a.localeCompare(b));
	const found: Block[] = [];
	for (const file of files) {
		const marked = new Marked();
		const tokens = marked.lexer(await readFile(join(DOCS, file), 'utf8'));
		marked.walkTokens(tokens, (token) => {
			if (token.type === 'code')
				found.push({
					...parseCodeMark((token.lang as string | undefined) ?? ''),
					page: file,
					code: token.text as string
				});
		});
	}
	return found;
}

const these = (run: string, ...languages: string[]) =>
	blocks.filter((block) => block.run === run && languages.includes(block.language));

/** A block as it is in this run: with the ports and keys of this test's own. */
const here = (code: string) =>
	code
		.replaceAll('http://localhost:7300', passlens.url)
		.replaceAll('http://localhost:7301', passlens.collectorUrl)
		.replaceAll('pk_…', keys.PASSLENS_KEY)
		.replaceAll('sk_…', keys.PASSLENS_SERVER_KEY);

async function run(command: string, args: string[], env: Record<string, string> = {}) {
	const child = spawn(command, args, {
		cwd: ROOT,
		env: {
			...process.env,
			PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
			PASSLENS_DATA_DIR: passlens.dataDir,
			PASSLENS_URL: passlens.url,
			...keys,
			...env
		},
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr])
		stream.on('data', (chunk) => (output += chunk));
	const [code] = (await once(child, 'close')) as [number];
	expect(code, `${args.at(-1)}\n${output}`).toBe(0);
	return output;
}

const shell = (code: string, env: Record<string, string> = {}) =>
	run('bash', ['-euo', 'pipefail', '-c', here(code)], env);

it('every block is run, or says why it is not', () => {
	expect(blocks.length).toBeGreaterThan(15);
	for (const { page, code, run: how, notRun } of blocks) {
		expect((how === undefined) !== (notRun === undefined), `docs/${page}:\n${code}`).toBe(true);
		expect(['', 'start', 'page', 'server', 'configuration', 'stopped', undefined]).toContain(how);
	}
});

it('commands do what they say beside a running Passlens', async () => {
	for (const { code } of these('', 'sh')) {
		const output = await shell(code);
		const [, ingest] = /ingest key\s+(pk_\S+)/.exec(output) ?? [];
		const [, server] = /server key\s+(sk_\S+)/.exec(output) ?? [];
		const [api] = /^plk_\S+$/m.exec(output) ?? [];
		if (api) keys.PASSLENS_API_KEY = api;
		if (ingest && server)
			Object.assign(keys, { PASSLENS_KEY: ingest, PASSLENS_SERVER_KEY: server });
	}
	expect(keys.PASSLENS_SERVER_KEY).toMatch(/^sk_/);
	const ran = these('', 'sh').length + these('start', 'sh').length;
	expect(ran).toBe(blocks.filter(({ run: how }) => how === '' || how === 'start').length);
}, 240_000);

it('configuration files are taken, and the command for them finds nothing wrong', async () => {
	const files = these('configuration', 'yaml');
	expect(files.length).toBeGreaterThan(1);
	for (const { code } of files) {
		const path = join(folder, 'passlens.config.yaml');
		await writeFile(path, code);
		expect(readConfiguration({ path, env: keys }).projects).toHaveLength(1);
		for (const command of these('configuration', 'sh'))
			expect(await shell(command.code, { PASSLENS_CONFIG: path })).toContain('can be used');
	}
});

it('what goes into a page tells of its ceremony, and what goes to the server sends its verdict', async () => {
	const inPage = these('page', 'ts', 'html');
	expect(inPage.map(({ language }) => language)).toEqual(['ts', 'html', 'ts']);
	for (const { language, code } of inPage) {
		const script =
			language === 'ts' &&
			(await bundlePage({ source: `const user = { id: 'user-1' };\n${here(code)}` }));
		const site = createServer((request, response) => {
			const isScript = request.url === '/page.js';
			response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
			const page = script ? '<script type="module" src="/page.js"></script>' : here(code);
			response.end(isScript ? script : `<!doctype html><title>Site</title>${page}`);
		});
		await new Promise<void>((resolve) => site.listen(0, 'localhost', resolve));
		const origin = `http://localhost:${(site.address() as AddressInfo).port}`;
		await shell(`npm run project -- origin my-site ${origin}`);
		const before = await countCeremonies();
		const page = await (await browser.newContext()).newPage();
		await addVirtualAuthenticator(page);
		await page.goto(origin);
		await createPasskey(page);
		await until(async () => expect(await countCeremonies()).toBe(before + 1));
		await page.context().close();
		site.closeAllConnections();
		site.close();
	}
	for (const { code } of these('server', 'ts')) {
		const before = await countCeremonies();
		const given = `import { uuidV7 } from './sdk/common/uuid-v7.ts';
			const ceremonyId = uuidV7(); const user = { id: 'user-1' };`;
		await run(process.execPath, [
			...['--input-type=module-typescript', '-e', `${given}\n${here(code)}`]
		]);
		await until(async () => expect(await countCeremonies()).toBe(before + 1));
	}
});

async function countCeremonies(): Promise<number> {
	const csv = await (await passlens.fetch('/export/ceremonies?project=my-site')).text();
	return csv.trim().split('\r\n').length - 1;
}

it('words are found where they stand, and nothing that is not there', async () => {
	const page = await browser.newPage();
	await openPage(page, `${passlens.url}/docs`);
	await page.getByRole('searchbox').fill('bakup');
	await page.getByRole('button', { name: 'Search' }).click();
	await page.getByRole('link', { name: 'Backup', exact: true }).click();
	await page.waitForURL(/\/docs\/operate#backup$/);
	expect(await page.locator('#backup').innerText()).toBe('Backup');
	await openPage(page, `${passlens.url}/docs?q=zyzzyva`);
	expect(await page.locator('[data-found]').count()).toBe(0);
	expect(await page.locator('main').innerText()).toContain('Nothing has “zyzzyva”');
	await page.close();
});

it('every link between pages and into the dashboard leads somewhere, and every page is accessible', async () => {
	const context = await browser.newContext();
	await passlens.signIn(context);
	const page = await context.newPage();
	const asked: string[] = [];
	page.on('request', (request) => asked.push(new URL(request.url()).origin));
	await openPage(page, `${passlens.url}/docs`);
	const names = await page
		.locator('main li a[href^="/docs/"]')
		.evaluateAll((links) => links.map((link) => link.getAttribute('href')!));
	expect(names).toHaveLength((await readdir(DOCS)).filter((name) => name.endsWith('.md')).length);
	const seen = new Set<string>();
	for (const name of names) {
		await openPage(page, passlens.url + name);
		expect(await violations(page), name).toEqual([]);
		const hrefs = await page
			.locator('main a[href]')
			.evaluateAll((links) => links.map((link) => link.getAttribute('href')!));
		for (const href of hrefs.filter((one) => !one.startsWith('#'))) seen.add(href);
		for (const anchor of hrefs.filter((one) => one.startsWith('#')))
			expect(await page.locator(`[id="${anchor.slice(1)}"]`).count(), name + anchor).toBe(1);
	}
	for (const href of seen) {
		const { status } = await passlens.fetch(href);
		expect(status, href).toBe(200);
	}
	// Nothing is fetched from anywhere else.
	expect(new Set(asked)).toEqual(new Set([passlens.url]));
	await context.close();
}, 120_000);

it('sizes follow from what was measured, and grow with it', () => {
	const [small, large] = [sizeFor(1_000_000), sizeFor(10_000_000)];
	for (const figure of ['peakEvents', 'cores', 'gigabytes'] as const) {
		expect(small[figure]).toBeGreaterThan(0);
		expect(large[figure] / small[figure]).toBeCloseTo(10);
	}
});

it('commands that need it stopped do what they say then', async () => {
	expect((await passlens.end()).code).toBe(0);
	const stopped = these('stopped', 'sh');
	expect(stopped.length).toBeGreaterThan(1);
	for (const { code } of stopped) await shell(code);
});
