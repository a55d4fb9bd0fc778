import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../tools/build.mjs';
import { simulate } from './load/simulate.ts';
import type { PageTimes } from './load/time-pages.ts';
import { result, type BenchPart } from './part.ts';

const SIZE = { users: 3_000, days: 60 };

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
			simulate(dataDir, SIZE);
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
