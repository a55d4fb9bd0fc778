import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCollector, type Collector } from '../start-collector.ts';
import { dropDeadLetter, listDeadLetters, replayDeadLetter } from '../spool/dead-letters.ts';
import { startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { encodeBlock } from './encode-block.ts';
import { storeSegment } from './store-segment.ts';

let collector: TestCollector;
let again: Collector;
let spool: string;
const event = (release: string) => ({
	project_id: 'shop',
	event_id: uuidV7(),
	event_type: 'client.capabilities',
	occurred_at: Date.now(),
	received_at: Date.now(),
	release
});

/** The same block with another word of the same length, at least its beginning, in a column's name or type. */
const renamed = (block: Buffer, word: string, other: string) => {
	const copy = Buffer.from(block);
	copy.write(other, copy.indexOf(word));
	return copy;
};

beforeAll(async () => {
	collector = await startTestCollector();
	await collector.stop();
	spool = join(collector.dataDir, 'spool');
	await mkdir(spool, { recursive: true });
	// What a crashed collector, an older version and a broken disk may leave.
	const write = (name: string, ...parts: Uint8Array[]) =>
		writeFile(join(spool, `${name}.rows`), Buffer.concat(parts));
	const block = (release: string) => encodeBlock([event(release)]);
	await write('1-good', block('whole'), block('more'));
	await write('2-torn', block('torn'), block('half').subarray(0, 150));
	await write('4-content', renamed(block('x'), '64(3', '64(x'));
	await write('5-newer', renamed(block('y'), 'release', 'newfact'));
	await write('6-garbage', Buffer.from('garbage\ngarbage\n'));
	await write('7-last', block('last'));
	again = await startCollector({
		port: 0,
		dataDir: collector.dataDir,
		settings: collector.settings,
		log: () => undefined
	});
	await collector.stored();
});
afterAll(async () => {
	await again.close();
	await collector.close();
});

test('segments left behind are replayed, and one that cannot be taken holds up no other', async () => {
	expect(await collector.query('SELECT release FROM events_raw_v1 ORDER BY release')).toEqual([
		{ release: 'last' },
		{ release: 'more' },
		{ release: 'torn' },
		{ release: 'whole' }
	]);
});

test('what a segment became is synced before the segment is deleted', async () => {
	const syncs = async () => {
		const [row] = await collector.query<{ n: string }>(
			`SELECT sum(value) AS n FROM system.events WHERE event IN ('FileSync', 'DirectorySync')`
		);
		return Number(row!.n);
	};
	const before = await syncs();
	const path = join(collector.dataDir, 'synced.rows');
	await writeFile(path, encodeBlock([event('synced')]));
	await storeSegment({
		client: collector.client,
		segment: { name: 'synced', path },
		embedded: true
	});
	expect(await syncs()).toBeGreaterThan(before);
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
		error: expect.stringContaining('DateTime64')
	});
	expect(JSON.parse(await readFile(join(dead, '5-newer.error.json'), 'utf8'))).toMatchObject({
		code: 'segment_foreign'
	});
});

test('dead letters are listed, replayed while the collector runs, and dropped', async () => {
	const directory = spool;
	const names = async () => (await listDeadLetters({ directory })).map(({ name }) => name);
	const path = join(directory, 'dead', '5-newer.rows');
	// As if a newer version had come that knows the column.
	await writeFile(path, encodeBlock([event('mended')]));
	expect(await replayDeadLetter({ directory, name: '5-newer' })).toBe(true);
	expect(await names()).toEqual(['4-content', '6-garbage']);
	await expect
		.poll(() => collector.query(`SELECT release FROM events_raw_v1 WHERE release = 'mended'`), {
			timeout: 15_000
		})
		.toEqual([{ release: 'mended' }]);

	expect(await replayDeadLetter({ directory, name: '4-content' })).toBe(true);
	await expect.poll(names, { timeout: 15_000 }).toEqual(['4-content', '6-garbage']);
	expect(await dropDeadLetter({ directory, name: '6-garbage' })).toBe(true);
	expect(await dropDeadLetter({ directory, name: '6-garbage' })).toBe(false);
	expect(await names()).toEqual(['4-content']);
});

test('the command shows a dead letter’s reason and its rows', async () => {
	const dead = join(spool, 'dead');
	await writeFile(join(dead, '9-show.rows'), encodeBlock([event('to be shown')]));
	await writeFile(join(dead, '9-show.error.json'), JSON.stringify({ rows: 1, error: 'why' }));
	const run = (...words: string[]) =>
		promisify(execFile)(process.execPath, [
			join(import.meta.dirname, '../../tools/dead-letters.ts'),
			...words,
			'--data-dir',
			collector.dataDir
		]);
	expect((await run('list')).stdout).toMatch(/^4-content .* 1 rows .*\n9-show .* why\n$/);
	const [summary, row] = (await run('show', '9-show')).stdout.split('\n');
	expect(summary).toContain('why');
	expect(JSON.parse(row!)).toMatchObject({ project_id: 'shop', release: 'to be shown' });
	await expect(run('show', 'nobody')).rejects.toMatchObject({ code: 1 });
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
		200,
		{ status: 'ready', warnings: ['the database does not answer: events wait in the spool'] }
	]);
	await away.close();
	const files = await readdir(join(dataDir, 'spool'));
	expect(files.filter((file) => file.endsWith('.rows')).length).toBe(1);
	await rm(dataDir, { recursive: true });
}, 30_000);
