import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchUnwatched } from '../tests/support/browser.ts';
import { findFreePort } from '../tests/support/find-free-port.ts';
import { runLighthouse } from '../tests/support/lighthouse.ts';
import { weighPage } from '../tests/support/page-weight.ts';
import { ensureBuilt } from '../tools/build.mjs';
import { startServe } from './load/start-serve.ts';
import { result, type BenchPart, type BenchResult } from './part.ts';

const USERS = 1_500;
const DAYS = 60;
const PATHS = [
	...['/', '/adoption', '/adoption/prompts', '/adoption/sign-ins', '/adoption/cohorts'],
	...['/sync-coverage', '/upgrades', '/cross-device', '/failures', '/ceremonies', '/credentials'],
	...['/definitions', '/set-up', '/annotations', '/segments', '/collector', '/playground']
];
/** What is aimed at in each category. */
const AIM = 95;
const MOST_KB = { withCharts: 250, without: 80 };

/**
 * Lighthouse on every page of the built dashboard over a simulated rollout, as a desktop sees it: performance, accessibility and best
 * practices against the aim, and the JavaScript a page fetches, gzipped, against its limit.
 */
export const part: BenchPart = {
	name: 'lighthouse',
	async run() {
		ensureBuilt();
		const dataDir = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
		simulate(dataDir);
		const port = await findFreePort();
		const passlens = await startServe(dataDir);
		const browser = await launchUnwatched([`--remote-debugging-port=${port}`]);
		const results: BenchResult[] = [];
		try {
			for (const path of PATHS) {
				const address = `${passlens.url}${path}?project=demo`;
				const { scores, missed } = await runLighthouse(port, address);
				for (const [category, score] of Object.entries(scores))
					results.push(
						result({
							name: `${path} ${category}`,
							ours: score,
							reference: AIM,
							unit: 'of 100',
							against: score < AIM ? `the aim; missed: ${missed.join('; ')}` : 'the aim'
						})
					);
				const page = await browser.newPage();
				await page.goto(address);
				const { javascriptKb, charts } = await weighPage(page);
				await page.close();
				results.push(
					result({
						name: `${path} JavaScript`,
						ours: javascriptKb,
						reference: charts ? MOST_KB.withCharts : MOST_KB.without,
						unit: 'kB gzipped',
						against: charts ? 'the limit with charts' : 'the limit without charts'
					})
				);
			}
		} finally {
			await browser.close();
			await passlens.stop();
			await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
		}
		return results;
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
