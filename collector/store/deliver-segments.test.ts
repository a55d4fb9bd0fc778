import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCollector } from '../main.ts';
import { startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { encodeRows, HEADER_LINE } from './encode-rows.ts';

let collector: TestCollector;
let spool: string;
const event = (release: string) => ({
	project_id: 'shop',
	event_id: uuidV7(),
	event_type: 'client.capabilities',
	occurred_at: Date.now(),
	received_at: Date.now(),
	release
});

beforeAll(async () => {
	collector = await startTestCollector();
	await collector.stop();
	spool = join(collector.dataDir, 'spool');
	await mkdir(spool, { recursive: true });
	// What a crashed collector, an older version and a broken disk may leave.
	await writeFile(join(spool, '1-good.rows'), HEADER_LINE + encodeRows([event('whole')]));
	await writeFile(
		join(spool, '2-torn.rows'),
		HEADER_LINE + encodeRows([event('torn')]) + '["shop","half'
	);
	await writeFile(
		join(spool, '3-older.rows'),
		`["project_id","event_id","event_type","occurred_at","received_at","release"]\n` +
			JSON.stringify(Object.values(event('older'))) +
			'\n'
	);
	await writeFile(
		join(spool, '4-content.rows'),
		HEADER_LINE + encodeRows([event('x')]).replace(/"[0-9a-f-]{36}"/, '"no uuid"')
	);
	await writeFile(join(spool, '5-newer.rows'), `["project_id","no_such_column"]\n["shop",1]\n`);
	await writeFile(join(spool, '6-garbage.rows'), 'garbage\ngarbage\n');
	await writeFile(join(spool, '7-last.rows'), HEADER_LINE + encodeRows([event('last')]));
	const again = await startCollector({
		port: 0,
		dataDir: collector.dataDir,
		settings: collector.settings,
		log: () => undefined
	});
	await collector.stored();
	await again.close();
});
afterAll(() => collector.close());

test('segments left behind are replayed, and one that cannot be taken holds up no other', async () => {
	expect(await collector.query('SELECT release FROM events_raw_v1 ORDER BY release')).toEqual([
		{ release: 'last' },
		{ release: 'older' },
		{ release: 'torn' },
		{ release: 'whole' }
	]);
});

test('a segment refused for its content is set aside with its reason', async () => {
	const dead = join(spool, 'dead');
	expect((await readdir(dead)).filter((file) => file.endsWith('.rows')).sort()).toEqual([
		'4-content.rows',
		'5-newer.rows',
		'6-garbage.rows'
	]);
	expect(JSON.parse(await readFile(join(dead, '4-content.error.json'), 'utf8'))).toMatchObject({
		rows: 1,
		error: expect.stringMatching(/uuid/i)
	});
	expect(JSON.parse(await readFile(join(dead, '5-newer.error.json'), 'utf8'))).toMatchObject({
		code: 'segment_malformed'
	});
});

test('a collector whose database is away keeps taking events, says that it is not ready, and loses nothing', async () => {
	const dataDir = await mkdtemp(join(tmpdir(), 'passlens-away-'));
	const away = await startCollector({
		port: 0,
		dataDir,
		// Nothing listens there.
		database: { dataDir, url: 'http://127.0.0.1:9' },
		settings: collector.settings,
		flushIntervalMs: 50,
		log: () => undefined
	});
	const response = await fetch(`${away.url}/v1/events?key=${collector.ingestKey}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({
			schema_version: 1,
			sent_unix_ms: Date.now(),
			sdk: { name: 'x', version: '1' },
			events: [
				{ id: uuidV7(), type: 'client.capabilities', time_unix_ms: Date.now(), webauthn: true }
			]
		})
	});
	expect(response.status).toBe(202);
	const ready = await fetch(`${away.url}/readyz`);
	expect([ready.status, await ready.json()]).toEqual([
		503,
		{ status: 'not ready', obstacles: ['the database does not answer'] }
	]);
	await away.close();
	const files = await readdir(join(dataDir, 'spool'));
	expect(files.filter((file) => file.endsWith('.rows')).length).toBe(1);
	await rm(dataDir, { recursive: true });
}, 30_000);
