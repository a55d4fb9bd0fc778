import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../tools/build.mjs';
import type { PageTimes } from './load/time-pages.ts';
import { result, type BenchPart } from './part.ts';

const USERS = 3_000;
const DAYS = 60;

/**
 * How long each page of the built dashboard takes to answer, whole, over a simulated rollout of thirty days against the thirty before;
 * against the least the same data costs: counting the ceremonies as they lie in the table, in a session of its own.
 * One request at a time, the best of several counts.
 */
export const part: BenchPart = {
	name: 'pages',
	async run() {
		ensureBuilt();
		const dataDir = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
		try {
			simulate(dataDir);
			const child = fork(join(import.meta.dirname, 'load/time-pages.ts'), [dataDir]);
			const [times] = (await once(child, 'message')) as [PageTimes];
			child.kill('SIGKILL');
			return times.pages.map(({ path, milliseconds }) =>
				result({
					name: `pages: ${path}`,
					ours: milliseconds,
					reference: times.countMilliseconds,
					unit: 'ms',
					against: `counting the ${times.ceremonies.toLocaleString('en')} ceremonies as they lie`
				})
			);
		} finally {
			await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
		}
	}
};

/** In a process of its own: one process at a time owns a database. */
function simulate(dataDir: string): void {
	const simulator = join(import.meta.dirname, '../simulator/main.ts');
	const size = ['--users', String(USERS), '--days', String(DAYS), '--data-dir', dataDir];
	const { status, stderr } = spawnSync(
		process.execPath,
		[simulator, ...size, '--via', 'database'],
		{
			encoding: 'utf8'
		}
	);
	if (status !== 0) throw new Error(`The simulation failed: ${stderr}`);
}
