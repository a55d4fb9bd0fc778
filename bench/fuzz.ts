import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzzBodies } from '../collector/testing/fuzz-bodies.ts';
import { residentMegabytes } from './load/resident-megabytes.ts';
import { result, type BenchPart } from './part.ts';

const ROUNDS = 50;
const BODIES = 2_000;

/** A hundred thousand malformed bodies: answers that are a fault of the collector's, and its memory after the last against after the first of fifty rounds. */
export const part: BenchPart = {
	name: 'fuzz',
	async run() {
		const dataDir = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
		const child = fork(join(import.meta.dirname, '../collector/testing/collector-process.ts'), [
			dataDir
		]);
		const [{ url, serverKey }] = (await once(child, 'message')) as [
			{ url: string; serverKey: string }
		];
		let faults = 0;
		const megabytes: number[] = [];
		for (let seed = 1; seed <= ROUNDS; seed++) {
			const statuses = await fuzzBodies({ url, key: serverKey, count: BODIES, seed });
			for (const [status, count] of Object.entries(statuses))
				if (Number(status) >= 500) faults += count;
			megabytes.push(await residentMegabytes(child.pid!));
			process.stderr.write(`\r${seed * BODIES} bodies, ${megabytes.at(-1)} MB `);
		}
		process.stderr.write('\n');
		child.kill('SIGKILL');
		await once(child, 'exit');
		await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
		return [
			result({
				name: 'fuzz: faults',
				ours: faults,
				reference: ROUNDS * BODIES,
				unit: 'answers',
				against: 'malformed bodies sent'
			}),
			result({
				name: 'fuzz: memory after the last round',
				ours: megabytes.at(-1)!,
				reference: megabytes[0]!,
				unit: 'MB',
				against: `after the first of ${ROUNDS} rounds`
			})
		];
	}
};
