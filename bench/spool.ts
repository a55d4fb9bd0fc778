import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { result, type BenchPart } from './part.ts';
import {
	findLmdb,
	makeDirectory,
	openSegments,
	openSqlite,
	type OpenStore
} from './spool/stores.ts';

const SENDERS = 64;
/** What ten events take in the spool. */
const BATCH_BYTES = 1_000;
const MEASURED_MS = 4_000;
const ROUNDS = 3;

/**
 * Batches a second put on disk by one commit for all that wait, and handed over as one file to insert: append-only segments
 * against embedded stores under the same load, by turns; the best round of each counts.
 */
export const part: BenchPart = {
	name: 'spool',
	async run() {
		const lmdb = await findLmdb();
		if (!lmdb) process.stderr.write('lmdb is left out: npm install --no-save lmdb brings it.\n');
		const stores: Record<string, OpenStore> = {
			segments: openSegments,
			'node:sqlite, WAL, synchronous=FULL': openSqlite,
			...(lmdb && { 'lmdb, flushed': lmdb })
		};
		const best = new Map<string, number>();
		for (let round = 0; round < ROUNDS; round++)
			for (const [name, open] of Object.entries(stores))
				best.set(name, Math.max(best.get(name) ?? 0, await measure(open)));
		const ours = best.get('segments')!;
		return Object.keys(stores)
			.slice(1)
			.map((name) =>
				result({
					name: `spool: ${SENDERS} senders at once`,
					ours,
					reference: best.get(name)!,
					unit: 'batches/s',
					against: name
				})
			);
	}
};

async function measure(open: OpenStore): Promise<number> {
	const directory = await makeDirectory();
	const store = await open(directory);
	const batch = randomBytes(BATCH_BYTES);
	let waiting: (() => void)[] = [];
	let kept = 0;
	const started = performance.now();
	const until = started + MEASURED_MS;
	const send = async () => {
		while (performance.now() < until)
			await new Promise<void>((taken) => {
				waiting.push(taken);
			});
	};
	const senders = Array.from({ length: SENDERS }, send);
	while (waiting.length > 0) {
		const group = waiting;
		waiting = [];
		await store.keep(group.map(() => batch));
		kept += group.length;
		for (const taken of group) taken();
		// Whoever was answered may come again before the next commit.
		await new Promise(setImmediate);
	}
	await Promise.all(senders);
	await store.handOver(join(directory, 'rows'));
	const seconds = (performance.now() - started) / 1000;
	await store.close();
	await rm(directory, { recursive: true, force: true });
	return kept / seconds;
}
