import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PINNED_NODE } from '../tools/install.mjs';
import {
	findFreePort,
	makeDataDir,
	runToItsEnd,
	startPasslens,
	type Passlens
} from './support/passlens.ts';
import { sampleEvents, sendEvents } from './support/send-events.ts';
import { until } from './support/until.ts';

const ROOT = join(import.meta.dirname, '..');

describe('a start that cannot work', () => {
	let dataDir: string;
	beforeAll(async () => {
		dataDir = await makeDataDir();
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
		passlens = await startPasslens();
	});
	afterAll(() => passlens.stop());
	afterEach(() => expect(passlens.output()).not.toMatch(/"level":"error"/));

	it('is added beside the running server, and its key opens the collector', async () => {
		const added = runProjectTool(['add', 'my-site', '--name', 'My site']);
		ingestKey = /ingest key\s+(pk_\S+)/.exec(added)?.[1] ?? '';
		expect(added).toMatch(/server key\s+sk_\S+/);

		const events = sampleEvents();
		const receipt = await sendEvents({ passlens, key: ingestKey, events });
		expect(receipt).toMatchObject({ status: 202, body: { accepted: events.length } });
		ceremonyIds.push(events[0]!.ceremony_id);
	});

	it('shows its ceremony on its own pages and on no other project’s', async () => {
		await until(async () => {
			expect(await listedCeremonies('my-site')).toEqual(ceremonyIds);
		});
		expect(await listedCeremonies('playground')).toEqual([]);
	});

	it('keeps what was acknowledged a moment before Ctrl-C, and starts again without building', async () => {
		const events = sampleEvents();
		await sendEvents({ passlens, key: ingestKey, events });
		ceremonyIds.unshift(events[0]!.ceremony_id);
		const { code, output } = await passlens.end('SIGINT');
		expect(output).toContain('everything that was acknowledged is kept');
		expect(code).toBe(0);

		const built = (await stat(join(ROOT, 'build', '.passlens-built'))).mtimeMs;
		const { dataDir, url, collectorUrl } = passlens;
		passlens = await startPasslens({
			dataDir,
			port: Number(new URL(url).port),
			collectorPort: Number(new URL(collectorUrl).port)
		});
		expect(passlens.output()).not.toMatch(/Building|Migrating/);
		expect((await stat(join(ROOT, 'build', '.passlens-built'))).mtimeMs).toBe(built);
		await until(async () => {
			expect(await listedCeremonies('my-site')).toEqual(ceremonyIds);
		});
	});

	it('loses nothing that was acknowledged when the process is killed', async () => {
		const events = sampleEvents();
		await sendEvents({ passlens, key: ingestKey, events });
		ceremonyIds.unshift(events[0]!.ceremony_id);
		expect((await passlens.end('SIGKILL')).code).toBe(null);

		const { dataDir, url, collectorUrl } = passlens;
		passlens = await startPasslens({
			dataDir,
			port: Number(new URL(url).port),
			collectorPort: Number(new URL(collectorUrl).port)
		});
		await until(async () => {
			expect(await listedCeremonies('my-site')).toEqual(ceremonyIds);
		});
	});

	function runProjectTool(args: string[]): string {
		const { status, stdout, stderr } = spawnSync(
			PINNED_NODE,
			['tools/project.ts', ...args, '--data-dir', passlens.dataDir],
			{ cwd: ROOT, encoding: 'utf8' }
		);
		expect(status, stderr).toBe(0);
		return stdout;
	}

	/** Ids of the ceremonies that a project's list links to, newest first. */
	async function listedCeremonies(project: string): Promise<string[]> {
		const response = await fetch(`${passlens.url}/ceremonies?project=${project}`);
		expect(response.status).toBe(200);
		const links = (await response.text()).matchAll(/href="[^"]*\/ceremonies\/([0-9a-f-]{36})/g);
		return [...new Set([...links].map(([, id]) => id!))];
	}
});
