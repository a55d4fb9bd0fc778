import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { addVirtualAuthenticator, launchUnwatched } from '../tests/support/browser.ts';
import { openPage } from '../tests/support/figures.ts';
import { findFreePort } from '../tests/support/find-free-port.ts';
import { seeFirstEvent, serveSite } from '../tests/support/first-event.ts';
import { result, type BenchPart } from './part.ts';

const ROOT = join(import.meta.dirname, '..');
const PROMISED_S = 300;

/** The way of whoever tries Passlens, by the stopwatch: clone, `npm start`, first sign-in, project, five lines copied, first event seen. */
export const part: BenchPart = {
	name: 'first-run',
	async run() {
		const folder = await mkdtemp(join(tmpdir(), 'passlens-first-run-'));
		const browser = await launchUnwatched();
		const watch = startWatch();
		const clone = join(folder, 'passlens');
		const { status, stderr } = spawnSync('git', ['clone', '--quiet', `file://${ROOT}`, clone]);
		if (status !== 0) throw new Error(`It could not be cloned: ${String(stderr)}`);
		watch.lap('cloned');
		const passlens = await npmStart(clone);
		try {
			watch.lap('installed, built and running');
			await untilFirstEvent(browser, passlens.link);
			watch.lap('first event seen');
		} finally {
			await passlens.end();
			await browser.close();
			await rm(folder, { recursive: true, force: true, maxRetries: 5 });
		}
		const against = 'the five minutes that are promised';
		return watch.laps.map(({ name, seconds }) =>
			result({
				name: `first run: ${name}`,
				ours: seconds,
				reference: PROMISED_S,
				unit: 's',
				against
			})
		);
	}
};

function startWatch() {
	const started = performance.now();
	const laps: { name: string; seconds: number }[] = [];
	return {
		laps,
		/** What is reached by now. */
		lap(name: string): void {
			const seconds = (performance.now() - started) / 1000;
			laps.push({ name, seconds });
			process.stderr.write(`${seconds.toFixed(1).padStart(7)} s  ${name}\n`);
		}
	};
}

/** On the machine's own Node, as there is no other yet: what npm put before it for this process is taken away. */
async function npmStart(cwd: string): Promise<{ link: string; end(): Promise<void> }> {
	const { PATH = '', ...rest } = process.env;
	const env = {
		...Object.fromEntries(Object.entries(rest).filter(([name]) => !/^npm_/i.test(name))),
		PATH: PATH.split(':')
			.filter((place) => !place.includes('node_modules'))
			.join(':')
	};
	const ports = [await findFreePort(), await findFreePort()].map(String) as [string, string];
	const args = ['start', '--', '--port', ports[0], '--collector-port', ports[1]];
	const child = spawn('npm', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
	const ended = once(child, 'exit');
	let output = '';
	const { promise: link, resolve, reject } = Promise.withResolvers<string>();
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (text: string) => {
			output += text;
			const [found] = /\S+\/welcome\/\S+(?=\s)/.exec(output) ?? [];
			if (found) resolve(found);
		});
	void ended.then(() => reject(new Error(`It ended before it ran:\n${output}`)));
	return {
		link: await link,
		async end() {
			process.kill(-child.pid!, 'SIGTERM');
			await ended;
		}
	};
}

/** Makes the first administrator, who makes a project and copies its lines into a site. */
async function untilFirstEvent(browser: Browser, link: string): Promise<void> {
	const site = await serveSite();
	const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
	const dashboard = await context.newPage();
	await addVirtualAuthenticator(dashboard);
	await openPage(dashboard, link);
	await dashboard.getByLabel('Your name').fill('Kim');
	await dashboard.getByRole('button', { name: 'Create a passkey' }).click();
	await dashboard.locator('aside').getByRole('link', { name: 'Kim' }).waitFor();
	await openPage(dashboard, new URL('/set-up/new', link).href);
	await dashboard.getByLabel('Name', { exact: false }).first().fill('My site');
	await dashboard.getByLabel('Origin of the page').fill(site.origin);
	await dashboard.getByRole('button', { name: 'Make the project' }).click();
	await seeFirstEvent({ dashboard, browser, site });
	site.close();
	await context.close();
}
