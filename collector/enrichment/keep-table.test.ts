import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aaguidList } from './aaguid-list.ts';
import { keepTable, type KeptTable } from './keep-table.ts';

const NEW = '11111111-2222-4333-8444-555555555555';
const GOOD = JSON.stringify({ [NEW]: { name: 'New Manager' } });
const NEVER = { fileMs: 1e8, addressMs: 1e8, retryMs: 1e8 };

let server: Server;
let origin: string;
/** What the address answers. */
let answer: (response: ServerResponse, path: string) => void;
let directory: string;
const kept: KeptTable<unknown>[] = [];
beforeAll(async () => {
	server = createServer((request, response) => answer(response, request.url ?? ''));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'passlens-table-'));
	answer = (response) => response.end(GOOD);
});
afterEach(async () => {
	for (const table of kept.splice(0)) table.close();
	await rm(directory, { recursive: true });
});

async function keep({
	source = `${origin}/aaguid.json?token=secret`,
	allowPrivate = true,
	schedule = NEVER
} = {}) {
	const table = await keepTable({
		...{ kind: aaguidList, source, directory, allowPrivate, schedule },
		log: () => undefined,
		onLoaded: () => undefined
	});
	kept.push(table);
	return table;
}

test('an address gives the table, and its state does not tell the token in it', async () => {
	const table = await keep();
	expect(table.value()?.get(NEW)?.name).toBe('New Manager');
	expect(table.state()).toEqual({
		name: 'aaguids',
		source: `${origin}/aaguid.json`,
		version: expect.stringMatching(/^[0-9a-f]{12}$/),
		entries: 1,
		loadedAt: expect.any(Number),
		triedAt: expect.any(Number),
		lastError: undefined,
		nextUpdate: undefined
	});
});

describe('a refresh that fails keeps the last good table and says so:', () => {
	test.each<[string, typeof answer, RegExp]>([
		['an error', (response) => response.writeHead(500).end(), /answers 500/],
		['something else', (response) => response.end('<html>'), /not JSON/],
		['a table cut off', (response) => response.end(GOOD.slice(0, -3)), /not JSON/],
		['no answer', (response) => response.destroy(), /No answer/],
		[
			'more than any real one',
			(response) => response.end(Buffer.alloc(17 * 1_048_576, 32)),
			/more than 16 MiB/
		],
		[
			'a redirect to somewhere else over plain HTTP',
			(response) => response.writeHead(302, { location: 'http://localhost:1/aaguid.json' }).end(),
			/redirects/
		],
		[
			'a redirect to a file',
			(response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
			/redirects/
		]
	])('%s', async (_, failing, message) => {
		const table = await keep();
		const before = table.state();
		answer = failing;
		await table.refresh();
		expect(table.value()?.get(NEW)?.name).toBe('New Manager');
		expect(table.state()).toMatchObject({
			version: before.version,
			loadedAt: before.loadedAt,
			lastError: expect.stringMatching(message)
		});
		expect(table.state().lastError).not.toContain('secret');

		answer = (response) => response.end(GOOD);
		await table.refresh();
		expect(table.state().lastError).toBeUndefined();
	});
});

test('an empty list takes the place of a full one: it is what the operator gave', async () => {
	const table = await keep();
	answer = (response) => response.end('{}');
	await table.refresh();
	expect(table.state()).toMatchObject({ entries: 0, lastError: undefined });
	expect(table.value()?.size).toBe(0);
});

test('the next start takes the last good table while its address is away', async () => {
	const { version } = (await keep()).state();
	answer = (response) => response.destroy();
	const again = await keep();
	expect(again.value()?.get(NEW)?.name).toBe('New Manager');
	expect(again.state()).toMatchObject({ version, lastError: expect.stringMatching(/No answer/) });
	expect((await keep({ source: `${origin}/another.json` })).value()).toBeUndefined();
	expect((await readdir(directory)).length).toBe(1);
});

test('an address in a private network is not asked unless the operator allows it', async () => {
	let asked = false;
	answer = () => (asked = true);
	const table = await keep({ allowPrivate: false });
	expect(table.state().lastError).toMatch(/not an address of the public internet/);
	expect(asked).toBe(false);
});

test('a file that is not there is told, and taken when it comes', async () => {
	const source = join(directory, 'list.json');
	const table = await keep({ source, schedule: { ...NEVER, fileMs: 20 } });
	expect(table.value()).toBeUndefined();
	expect(table.state().lastError).toMatch(/there is no such file/);
	await writeFile(`${source}.new`, GOOD);
	await rename(`${source}.new`, source);
	await expect.poll(() => table.state()).toMatchObject({ entries: 1, lastError: undefined });
});

test('it is asked again by the schedule', async () => {
	let asked = 0;
	answer = (response) => response.end(JSON.stringify({ [NEW]: { name: `Name ${++asked}` } }));
	const table = await keep({ schedule: { fileMs: 20, addressMs: 20, retryMs: 20 } });
	const times = () => Number(/^Name (\d+)$/.exec(table.value()?.get(NEW)?.name ?? '')?.[1]);
	await expect.poll(times).toBeGreaterThan(2);
});
