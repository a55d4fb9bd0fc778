import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { findFreePort } from './support/find-free-port.ts';
import { runToItsEnd, startPasslens, type Passlens } from './support/passlens.ts';
import { visitPlayground } from './support/playground.ts';
import { addProject } from './support/projects.ts';
import { sampleVisit } from './support/sample-events.ts';
import { sendEvents } from './support/send-events.ts';
import { until } from './support/until.ts';

const ROOT = join(import.meta.dirname, '..');

describe('a start that cannot work', () => {
	let dataDir: string;
	beforeAll(async () => {
		dataDir = await mkdtemp(join(tmpdir(), 'passlens-front-door-'));
	});
	afterAll(() => rm(dataDir, { recursive: true, force: true }));

	it.each([
		['--port', 'localhost'],
		['--collector-port', '127.0.0.1']
	])('names the port of %s that is in use', async (flag, host) => {
		const taken = createServer().listen(0, host);
		await once(taken, 'listening');
		const { port } = taken.address() as { port: number };
		const ports = {
			'--port': await findFreePort(),
			'--collector-port': await findFreePort(),
			[flag]: port
		};
		const args = Object.entries(ports).flatMap(([name, value]) => [name, String(value)]);
		const { code, output } = await runToItsEnd([...args, '--data-dir', dataDir]);
		taken.close();

		expect(output).toMatch(new RegExp(`Port ${port}\\b.* is in use`));
		expect(output).toContain(flag);
		expect(output).not.toMatch(/^\s+at /m);
		expect(code).toBe(1);
	});

	it.each([
		[['--colour', 'blue'], /--colour/],
		[['--port', 'eighty'], /--port must be a port from 1 to 65535, not "eighty"/],
		[['--collector-port', '70000'], /--collector-port must be a port from 1 to 65535/],
		[['now'], /now/]
	])('tells what is wrong with %j', async (args, words) => {
		const { code, output } = await runToItsEnd([...args, '--data-dir', dataDir]);
		expect(output).toMatch(words);
		expect(output).not.toMatch(/^\s+at /m);
		expect(code).toBe(1);
	});

	it.each([
		['PASSLENS_ALERTS_EVERY_S', '1m', 'must be a number from 0 to 604800, not "1m".'],
		['PASSLENS_TRACES_TABLE', 'spans', 'must be a database and a table with a dot between']
	])('tells what is wrong with %s=%s', async (name, value, words) => {
		vi.stubEnv(name, value);
		const { code, output } = await runToItsEnd([
			...['--port', String(await findFreePort())],
			...['--collector-port', String(await findFreePort())],
			...['--data-dir', dataDir]
		]);
		vi.unstubAllEnvs();
		expect(output).toContain(`${name} ${words}`);
		expect(output).not.toMatch(/^\s+at /m);
		expect(code).toBe(1);
	});

	it('says that another process holds the data directory', async () => {
		const first = await startPasslens();
		const { code, output } = await runToItsEnd([
			...['--port', String(await findFreePort())],
			...['--collector-port', String(await findFreePort())],
			...['--data-dir', first.dataDir]
		]);
		await first.stop();
		expect(output).toContain(first.dataDir);
		expect(output).toMatch(/in use|another process/i);
		expect(output).not.toMatch(/^\s+at /m);
		expect(code).toBe(1);
	});
});

describe('a project of one’s own', () => {
	let passlens: Passlens;
	let ingestKey: string;
	const ceremonyIds: string[] = [];
	beforeAll(async () => {
		// The very first start: nothing lies ready.
		passlens = await startPasslens({ dataDir: await mkdtemp(join(tmpdir(), 'passlens-first-')) });
		expect(passlens.output()).toMatch(/Migrating: 0001[\s\S]*Database ready/);
	});
	afterAll(() => passlens.stop());
	afterEach(() => expect(passlens.output()).not.toMatch(/"level":"error"/));

	it('is added beside the running server, and its key opens the collector', async () => {
		({ ingestKey } = addProject(passlens, 'my-site'));
		await sendVisit();
	});

	it('shows its ceremony on its own pages and on no other project’s', async () => {
		await until(async () => {
			expect(await listedCeremonies('my-site')).toEqual(ceremonyIds.toSorted());
		});
		expect(await listedCeremonies('playground')).toEqual([]);
	});

	it('keeps what was acknowledged a moment before Ctrl-C, and starts again without building', async () => {
		await sendVisit();
		const { code, output } = await passlens.end('SIGINT');
		expect(output).toContain('everything that was acknowledged is kept');
		expect(code).toBe(0);

		const built = (await stat(join(ROOT, 'build', '.passlens-built'))).mtimeMs;
		passlens = await startAgain();
		expect(passlens.output()).not.toMatch(/Building|Migrating/);
		expect((await stat(join(ROOT, 'build', '.passlens-built'))).mtimeMs).toBe(built);
		await until(async () => {
			expect(await listedCeremonies('my-site')).toEqual(ceremonyIds.toSorted());
		});
	});

	it('loses nothing that was acknowledged when the process is killed', async () => {
		await sendVisit();
		expect((await passlens.end('SIGKILL')).code).toBe(null);

		passlens = await startAgain();
		await until(async () => {
			expect(await listedCeremonies('my-site')).toEqual(ceremonyIds.toSorted());
		});
	});

	it('hands over what the playground’s server has decided a moment before Ctrl-C', async () => {
		const browser = await launchBrowser();
		const visitor = await visitPlayground({ browser, passlens, authenticator: 'synced' });
		await visitor.authenticator.touchAutomatically(true);
		await visitor.fillIn({ name: visitor.name });
		expect(await visitor.press('sign-up')).toContain('Passkey kept');
		const ceremonyId = await visitor.newestCeremony('asked');
		expect((await passlens.end('SIGINT')).code).toBe(0);
		await browser.close();

		passlens = await startAgain();
		const page = await fetch(`${passlens.url}/ceremonies/${ceremonyId}?project=playground`);
		expect(await page.text()).toContain('The server verified the response');
	});

	/** Sends what a page reports of a visit; the collector takes all of it. */
	async function sendVisit(): Promise<void> {
		const { page: events, ceremonyIds: ids } = sampleVisit();
		const answer = await sendEvents({ passlens, key: ingestKey, events });
		expect(answer).toMatchObject({ status: 202, receipt: { accepted: events.length } });
		ceremonyIds.push(...ids);
	}

	async function startAgain(): Promise<Passlens> {
		const { dataDir, url, collectorUrl } = passlens;
		return startPasslens({
			dataDir,
			port: Number(new URL(url).port),
			collectorPort: Number(new URL(collectorUrl).port)
		});
	}

	/** Ids of the ceremonies that a project's list links to, sorted. */
	async function listedCeremonies(project: string): Promise<string[]> {
		const response = await passlens.fetch(`/ceremonies?project=${project}`);
		expect(response.status).toBe(200);
		const links = (await response.text()).matchAll(/href="[^"]*\/ceremonies\/([0-9a-f-]{36})/g);
		return [...new Set([...links].map(([, id]) => id!))].sort();
	}
});
