import type { ClickHouseClient } from '@clickhouse/client';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase } from '../../migrations/connect.ts';
import type { BenchOptions, BenchResult } from '../part.ts';

const DEFAULT_ROWS = 200_000;

/** Whose they are. */
export const PROJECT = 'size';

/** Asks an embedded database of so many ceremonies, which is made where it is not there yet. */
export async function withCeremonies(
	{ rows = DEFAULT_ROWS, dataDir }: BenchOptions,
	work: (made: {
		client: ClickHouseClient;
		/** For files of the run: gone after it. */
		directory: string;
		ceremonies: number;
	}) => Promise<BenchResult[]>
): Promise<BenchResult[]> {
	const directory = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
	const database = join(dataDir ?? directory, String(rows));
	try {
		const child = fork(join(import.meta.dirname, 'make-ceremonies.ts'), [database, String(rows)]);
		const [code] = (await once(child, 'exit')) as [number | null];
		if (code !== 0) throw new Error(`make-ceremonies.ts ended with ${code}.`);
		const client = await connectDatabase({ dataDir: database });
		const results = await work({ client, directory, ceremonies: rows });
		await client.close();
		return results;
	} finally {
		await rm(directory, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** The least of several, in milliseconds. */
export async function best(work: () => Promise<unknown>, rounds = 5): Promise<number> {
	let least = Infinity;
	for (let round = 0; round < rounds; round++) {
		const started = performance.now();
		await work();
		least = Math.min(least, performance.now() - started);
	}
	return least;
}
