import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { surviveKills } from '../collector/testing/survive-kills.ts';
import { result, type BenchPart } from './part.ts';

const ROUNDS = 50;

/** Fifty times kill -9 at random moments under load, embedded and with a ClickHouse server: acknowledged events that are missing or doubled. */
export const part: BenchPart = {
	name: 'survive',
	async run() {
		const results = [];
		for (const over of ['embedded', 'server'] as const) {
			const dataDir = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
			const { acknowledged, missing, duplicates } = await surviveKills({
				dataDir,
				rounds: ROUNDS,
				over,
				onRound: (round, events) =>
					process.stderr.write(`\r${over}: killed ${round} times, ${events} events acknowledged `)
			});
			process.stderr.write('\n');
			await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
			const against = `events acknowledged under ${ROUNDS} kills, ${over}`;
			const fields = { reference: acknowledged, unit: 'events', against };
			results.push(
				result({ name: `survive: missing, ${over}`, ours: missing, ...fields }),
				result({ name: `survive: doubled, ${over}`, ours: duplicates, ...fields })
			);
		}
		return results;
	}
};
