import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
	ORIGIN,
	batchOf,
	startTestCollector,
	uuidV7,
	type TestCollector
} from '../testing/harness.ts';
import { writeMmdb } from '../testing/write-mmdb.ts';

const ADDRESS = '81.2.69.142';
let directory: string;
let file: string;
let collector: TestCollector;
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'passlens-country-'));
	file = join(directory, 'country.mmdb');
	await writeFile(file, tableThatSays('GB'));
	collector = await startTestCollector({
		rateLimits: { proxies: { count: 1 } },
		tables: { country: file },
		tableSchedule: { fileMs: 50, addressMs: 50, retryMs: 50 }
	});
});
afterAll(async () => {
	await collector.close();
	await rm(directory, { recursive: true });
});

function tableThatSays(iso_code: string): Buffer {
	return writeMmdb({
		networks: [{ address: '81.2.69.0', prefix: 24, data: { country: { iso_code } } }]
	});
}

async function send(release: string, key: string): Promise<void> {
	const session = { session_id: uuidV7(), release };
	const ceremony = { ...session, ceremony_id: uuidV7(), ceremony_type: 'authentication' };
	const events = [
		{ ...session, type: 'client.capabilities', webauthn: true },
		{ ...session, type: 'prompt.shown', prompt_id: uuidV7(), purpose: 'enroll' },
		{ ...ceremony, type: 'ceremony.started', request: {} },
		{ ...session, type: 'signin.finished', method: 'password', outcome: 'succeeded' }
	].map((event) => ({ ...event, id: uuidV7(), time_unix_ms: Date.now() }));
	const response = await fetch(`${collector.url}/v1/events`, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			authorization: `Bearer ${key}`,
			origin: ORIGIN,
			'x-forwarded-for': `10.0.0.1, ${ADDRESS}`
		},
		body: JSON.stringify(batchOf(events))
	});
	expect(response.status).toBe(202);
	await collector.stored();
}

const countries = (table: string, release: string) =>
	collector.query<{ country: string }>(
		`SELECT DISTINCT country FROM ${table} WHERE release = '${release}'`
	);

test('a page’s events carry the country of its address, a server’s do not', async () => {
	await send('page', collector.ingestKey);
	await send('server', collector.serverKey);
	for (const table of [
		'events_raw_v1',
		'ceremonies_v1',
		'prompts_v1',
		'sessions_v1',
		'signins_v1'
	]) {
		expect(await countries(table, 'page'), table).toEqual([{ country: 'GB' }]);
		expect(await countries(table, 'server'), table).toEqual([{ country: '' }]);
	}
});

test('the address itself is nowhere: no file, no log line', async () => {
	const names = await readdir(collector.dataDir, { recursive: true, withFileTypes: true });
	const files = names.filter((entry) => entry.isFile());
	expect(files.length).toBeGreaterThan(10);
	for (const { parentPath, name } of files)
		expect((await readFile(join(parentPath, name))).includes(ADDRESS), name).toBe(false);
	expect(collector.log.join()).not.toContain(ADDRESS);
});

test('a file that is replaced counts within seconds, and a broken one changes nothing', async () => {
	const loads = () => collector.log.filter((line) => line.includes('A table ')).length;
	const replace = async (bytes: Buffer) => {
		const before = loads();
		await writeFile(`${file}.new`, bytes);
		await rename(`${file}.new`, file);
		await expect.poll(loads, { timeout: 10_000 }).toBeGreaterThan(before);
	};
	await replace(tableThatSays('IE'));
	await send('replaced', collector.ingestKey);
	expect(await countries('events_raw_v1', 'replaced')).toEqual([{ country: 'IE' }]);

	await replace(Buffer.from('half a file'));
	await send('broken', collector.ingestKey);
	expect(await countries('events_raw_v1', 'broken')).toEqual([{ country: 'IE' }]);
	expect(collector.log.at(-1)).toContain('not in the MaxMind format');
});
