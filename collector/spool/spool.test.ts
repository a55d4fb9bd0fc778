import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Segment } from './segment.ts';
import { openSpool, type SpoolOptions } from './spool.ts';

let directory: string;
let closed: Segment[];
beforeEach(async () => {
	directory = join(await mkdtemp(join(tmpdir(), 'passlens-spool-')), 'spool');
	closed = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Rows are lines here: what they are is not the spool's business. */
const lines = {
	encode: (rows: readonly string[]) => Buffer.from(rows.map((row) => `${row}\n`).join('')),
	measure: (content: Buffer) => {
		const bytes = content.lastIndexOf('\n') + 1;
		const rows = content.toString('utf8', 0, bytes).split('\n').length - 1;
		const foreign = content.includes('foreign');
		return {
			bytes,
			rows,
			rest: foreign ? 'foreign' : bytes < content.length ? 'torn' : 'nothing'
		} as const;
	}
};

const open = (options: Partial<SpoolOptions<string>> = {}) =>
	openSpool({
		directory,
		...lines,
		onClosed: (segment) => closed.push(segment),
		segmentMs: 60_000,
		...options
	});

test('an append is in the file when it resolves', async () => {
	const spool = await open();
	await spool.append(['[1]']);
	const [file] = await readdir(directory);
	expect(await readFile(join(directory, file!), 'utf8')).toBe('[1]\n');
	await spool.close();
});

test('many appends at once make one segment, in which each line is whole', async () => {
	const spool = await open();
	await Promise.all(Array.from({ length: 500 }, (_, i) => spool.append([`[${i}]`, `[${i}]`])));
	await spool.close();
	expect(closed).toMatchObject([{ rows: 1000 }]);
	const lines = (await readFile(closed[0]!.path, 'utf8')).trimEnd().split('\n');
	expect(lines.length).toBe(1000);
	expect(new Set(lines).size).toBe(500);
});

test('senders that all wait for an answer are not kept waiting for others', async () => {
	// Had they to wait for this, the test would take half an hour.
	const spool = await open({ commitWithinMs: 100_000 });
	const sender = async (sender: number) => {
		for (let i = 0; i < 20; i++) await spool.append([`[${sender},${i}]`]);
	};
	await Promise.all(Array.from({ length: 20 }, (_, index) => sender(index)));
	await spool.close();
	expect(closed).toMatchObject([{ rows: 400 }]);
});

test('a segment is closed when it is old or large, and the next has another name', async () => {
	const spool = await open({ segmentBytes: 4 });
	await spool.append(['[1]']);
	await spool.append(['[2]']);
	await spool.close();
	expect(closed.map(({ rows }) => rows)).toEqual([1, 1]);
	expect(closed[0]!.name).not.toBe(closed[1]!.name);
});

test('an old segment takes what keeps coming while whoever inserts rests, and is closed when nothing comes', async () => {
	let asked = 0;
	const spool = await open({ segmentMs: 20, resting: () => ++asked < 4 });
	let rows = 0;
	while (closed.length === 0) rows += await spool.append(['[1]']).then(() => 1);
	expect(asked).toBe(4);
	asked = -Infinity;
	await spool.append(['[2]']);
	const inSegments = () => closed.reduce((sum, segment) => sum + segment.rows, 0);
	await expect.poll(inSegments).toBe(rows + 1);
	await spool.close();
});

test('rows that came in small blocks are handed over in one beside the segment, and it goes with it', async () => {
	const spool = await open();
	for (const row of ['[1]', '[2]', '[3]']) await spool.append([row]);
	await spool.close();
	const [segment] = closed;
	expect(await readFile(segment!.joined!, 'utf8')).toBe('[1]\n[2]\n[3]\n');
	expect(await readFile(segment!.path, 'utf8')).toBe('[1]\n[2]\n[3]\n');
	await spool.remove(segment!);
	await expect.poll(() => readdir(directory)).toEqual([]);
});

test('large blocks, and a block alone, are handed over as they are', async () => {
	const spool = await open({ segmentBytes: 1_000 });
	const rows = Array.from({ length: 200 }, (_, i) => `[${i}]`);
	await spool.append(rows);
	await spool.append(['[1]']);
	await spool.close();
	expect(closed.map(({ joined }) => joined)).toEqual([undefined, undefined]);
});

test('a full spool refuses, and takes again when a segment is gone', async () => {
	const spool = await open({ maxBytes: 1_000, segmentBytes: 10 });
	const large = 'x'.repeat(900);
	await spool.append([large]);
	await expect(spool.append([large])).rejects.toMatchObject({ code: 'spool_full' });
	expect(await spool.writable()).toBe(false);
	await spool.remove(closed[0]!);
	expect(await spool.writable()).toBe(true);
	await expect(spool.append([large])).resolves.toBeUndefined();
	await spool.close();
	await expect(spool.append([large])).rejects.toMatchObject({ code: 'spool_closed' });
});

test('what an earlier run left is found oldest first, without what was cut off at its end', async () => {
	await mkdir(directory, { recursive: true });
	await writeFile(join(directory, '2-b.rows'), '[1]\n[2]\n');
	await writeFile(join(directory, '1-a.rows'), '[1]\n[2');
	await writeFile(join(directory, '1-a.rows.joined'), '[1]\n');
	await writeFile(join(directory, '3-c.rows'), '');
	await writeFile(join(directory, '4-d.rows'), '[1');
	await writeFile(join(directory, '5-e.rows'), '[1]\nforeign');
	const spool = await open();
	expect(spool.left.map(({ name, rows, openedAt }) => [name, rows, openedAt])).toEqual([
		['1-a', 1, 1],
		['2-b', 2, 2],
		['5-e', 1, 5]
	]);
	expect(await readFile(join(directory, '1-a.rows'), 'utf8')).toBe('[1]\n');
	expect(await readFile(join(directory, '5-e.rows'), 'utf8')).toBe('[1]\nforeign');
	expect((await readdir(directory)).sort()).toEqual(['1-a.rows', '2-b.rows', '5-e.rows']);
	await spool.close();
});

test('a spool that cannot be written refuses with a reason, and recovers', async () => {
	const spool = await open();
	await rm(directory, { recursive: true });
	await writeFile(directory, 'a file where the directory was');
	await expect(spool.append(['[1]'])).rejects.toMatchObject({ code: 'spool_write_failed' });
	expect(await spool.writable()).toBe(false);
	await rm(directory);
	await mkdir(directory);
	expect(await spool.writable()).toBe(true);
	await expect(spool.append(['[2]'])).resolves.toBeUndefined();
	await spool.close();
	expect(closed).toMatchObject([{ rows: 1 }]);
});

test('an append that comes while a mended disk is looked for is answered, and ends nothing', async () => {
	const spool = await open();
	await rm(directory, { recursive: true });
	await writeFile(directory, 'a file where the directory was');
	await expect(spool.append(['[1]'])).rejects.toMatchObject({ code: 'spool_write_failed' });
	const looking = spool.writable();
	await expect(spool.append(['[2]'])).rejects.toMatchObject({ code: 'spool_write_failed' });
	expect(await looking).toBe(false);
	await rm(directory);
	await mkdir(directory);
	await expect(spool.append(['[3]'])).resolves.toBeUndefined();
	await spool.close();
});
