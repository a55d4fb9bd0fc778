import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './until.ts';

/**
 * Waits until nothing is on its way: the spool holds a file while events wait for the database, and another while days of the
 * rollup are out of date. Looked at for a second and a half, because a page sends an event a second after it happened.
 */
export async function everythingStored(dataDir: string): Promise<void> {
	let empty = 0;
	await until(
		async () => {
			const entries = await readdir(join(dataDir, 'spool'), { withFileTypes: true });
			empty = entries.some((entry) => entry.isFile()) ? 0 : empty + 1;
			if (empty < 10) throw new Error('The spool has not been empty for long enough.');
		},
		{ timeoutMs: 120_000 }
	);
}
