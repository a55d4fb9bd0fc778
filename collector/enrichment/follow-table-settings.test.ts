import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openSettings, type Settings } from '../../settings/open-settings.ts';
import { setTableSource } from '../../settings/set-table-source.ts';
import {
	listTablesOfCollectors,
	readTableChecks,
	requestTableCheck
} from '../../settings/table-checks.ts';
import type { TableSetting } from '../../settings/table-sources.ts';
import { writeMmdb } from '../testing/write-mmdb.ts';
import { openKnowledge, type OpenKnowledge } from './open-knowledge.ts';
import type { TableSources } from './table-sources.ts';

const AAGUID = '11111111-2222-4333-8444-555555555555';
const listOf = (name: string) => JSON.stringify({ [AAGUID]: { name } });

let server: Server;
let origin: string;
/** What is at each path; what is not there is 404. */
const answers = new Map<string, string | Buffer>();
let directory: string;
let settings: Settings;
const opened: OpenKnowledge[] = [];

beforeAll(async () => {
	server = createServer((request, response) => {
		const body = answers.get(request.url ?? '');
		response.writeHead(body === undefined ? 404 : 200).end(body);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(async () => {
	answers.clear();
	directory = await mkdtemp(join(tmpdir(), 'passlens-follow-'));
	settings = await openSettings({ dataDir: directory });
});
afterEach(async () => {
	for (const knowledge of opened.splice(0)) knowledge.close();
	await settings.destroy();
	await rm(directory, { recursive: true });
});

async function start(collector: string, sources: TableSources = {}) {
	const knowledge = await openKnowledge({
		...{ settings, collector, directory: join(directory, collector), log: () => undefined },
		sources: { allowPrivate: true, ...sources }
	});
	opened.push(knowledge);
	return {
		close: knowledge.close,
		provider: () => knowledge.findProvider(AAGUID)?.name,
		country: () => knowledge.findCountry('198.51.100.7'),
		state: (name: string) => knowledge.tables().find((table) => table.name === name)
	};
}

const set = (name: TableSetting, path: string) =>
	setTableSource(settings, { name, typed: path && origin + path });
const soon = { timeout: 10_000 };

test('every collector takes what the page says within seconds, and the next start does', async () => {
	answers.set('/list', listOf('Acme'));
	const some = [await start('one'), await start('two')];
	expect(some.map(({ provider }) => provider())).toEqual([undefined, undefined]);
	await set('aaguids', '/list');
	for (const { provider } of some) await expect.poll(provider, soon).toBe('Acme');
	expect((await start('three')).provider()).toBe('Acme');

	await set('aaguids', '');
	for (const { provider } of some) await expect.poll(provider, soon).toBeUndefined();
	expect(some[0]!.state('aaguids')).toMatchObject({ source: '', version: '', entries: 0 });
});

test('an address may give what is no text: a table of countries', async () => {
	const data = { country: { iso_code: 'NL' } };
	answers.set('/mmdb', writeMmdb({ networks: [{ address: '198.51.100.0', prefix: 24, data }] }));
	await set('country', '/mmdb');
	const { country, state } = await start('one');
	expect(state('country')?.lastError).toBeUndefined();
	expect(country()).toBe('NL');
});

test('a new address that gives nothing keeps the last good table, and one that is mended takes its place', async () => {
	answers.set('/list', listOf('Acme'));
	await set('aaguids', '/list');
	const { provider, state } = await start('one');
	await set('aaguids', '/other');
	await expect.poll(() => state('aaguids')?.lastError, soon).toMatch(/\/other answers 404/);
	expect(provider()).toBe('Acme');
	answers.set('/other', listOf('Other'));
	await requestTableCheck(settings, 'aaguids');
	await expect.poll(provider, soon).toBe('Other');
	expect(state('aaguids')).toMatchObject({ source: `${origin}/other`, lastError: undefined });
});

test('a look that somebody wants is made and answered, whatever the schedule says', async () => {
	answers.set('/list', listOf('Acme'));
	await set('aaguids', '/list');
	const { provider } = await start('one');
	const answered = async () =>
		(await listTablesOfCollectors(settings)).find(({ name }) => name === 'aaguids')?.answeredAt;
	const before = (await readTableChecks(settings)).get('aaguids');
	expect(await answered()).toBe(before);
	answers.set('/list', listOf('Renamed'));
	await requestTableCheck(settings, 'aaguids', before! + 1);
	await expect.poll(answered, soon).toBe(before! + 1);
	expect(provider()).toBe('Renamed');
});

test('what a collector’s own environment says comes first, and it tells so', async () => {
	const list = join(directory, 'list.json');
	await writeFile(list, listOf('Of the file'));
	answers.set('/list', listOf('Of the page'));
	await set('aaguids', '/list');
	await set('mds', '/mds');
	const { provider } = await start('one', {
		aaguids: list,
		mdsRoot: '/root.pem',
		setBy: { aaguids: 'PASSLENS_AAGUIDS', mds_root: 'passlens.config.yaml' }
	});
	expect(provider()).toBe('Of the file');
	const told = await listTablesOfCollectors(settings);
	expect(Object.fromEntries(told.map(({ name, setBy }) => [name, setBy]))).toEqual({
		...{ aaguids: 'PASSLENS_AAGUIDS', mds: 'page', country: '' },
		mds_root: 'passlens.config.yaml'
	});
});

test('what the page says leads to no private network unless the operator allows it', async () => {
	answers.set('/list', listOf('Acme'));
	await set('aaguids', '/list');
	const { provider, state } = await start('one', { allowPrivate: false });
	expect(provider()).toBeUndefined();
	expect(state('aaguids')?.lastError).toMatch(
		/nothing was asked of it\. Where that is meant, start the collector with PASSLENS_TABLES_ALLOW_PRIVATE=1/
	);
});
