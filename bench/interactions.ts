import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchUnwatched } from '../tests/support/browser.ts';
import { openPage } from '../tests/support/figures.ts';
import { ensureBuilt } from '../tools/build.mjs';
import { signInTo } from './load/sign-in-to.ts';
import { simulate } from './load/simulate.ts';
import { startServe, type Served } from './load/start-serve.ts';
import { result, type BenchPart, type BenchResult } from './part.ts';

interface Interaction {
	name: string;
	path: string;
	/** Not measured: what has to be open before. */
	before?(page: Page): Promise<unknown>;
	act(page: Page): Promise<unknown>;
}

const AIM_MS = 100;
const TIMES = 5;
/** Browsers tell of nothing shorter. */
const LEAST_MS = 16;

const openPeriod = (page: Page) => page.getByRole('button', { name: /^Period/ }).click();
const openPalette = async (page: Page) => {
	await page.keyboard.press('Control+k');
	await page.getByRole('dialog').waitFor();
};

/** What a reader does most. */
const INTERACTIONS: Interaction[] = [
	{ name: 'open the periods', path: '/', act: openPeriod },
	{
		name: 'choose a period',
		path: '/',
		before: openPeriod,
		act: (page) => page.getByRole('link', { name: 'Last 7 days' }).click()
	},
	{
		name: 'choose a platform',
		path: '/adoption',
		before: (page) => page.getByLabel('Platform', { exact: true }).focus(),
		act: (page) => page.keyboard.press('ArrowDown')
	},
	{
		name: 'open the segments',
		path: '/',
		act: (page) => page.getByRole('button', { name: /^Segment/ }).click()
	},
	{
		name: 'open a definition',
		path: '/',
		act: (page) => page.locator('[data-kpi="activation_rate"] button').first().click()
	},
	{ name: 'open the palette', path: '/', act: openPalette },
	{
		name: 'type into the palette',
		path: '/',
		before: openPalette,
		act: (page) => page.keyboard.press('a')
	},
	{
		name: 'turn a chart into its table',
		path: '/sync-coverage',
		act: (page) => page.getByRole('button', { name: 'Table' }).first().click()
	},
	{
		name: 'step along a chart',
		path: '/',
		before: (page) => page.locator('[data-time-chart]').first().focus(),
		act: (page) => page.keyboard.press('ArrowLeft')
	},
	{
		name: 'go to another page',
		path: '/ceremonies',
		act: (page) => page.locator('aside').getByRole('link', { name: 'Overview' }).click()
	},
	{
		name: 'type a search',
		path: '/ceremonies',
		before: (page) => page.locator('main input').first().focus(),
		act: (page) => page.keyboard.press('c')
	},
	{
		name: 'turn a list’s page',
		path: '/ceremonies',
		act: (page) => page.getByRole('link', { name: 'Older' }).click()
	}
];

/** How long the page takes to show something after a click or a key, as web vitals have it: by the browser's own Event Timing. */
export const part: BenchPart = {
	name: 'interactions',
	async run({ pages }) {
		ensureBuilt();
		const directory = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
		const dataDir = join(directory, 'data');
		simulate(dataDir, { users: 1_500, days: 60 });
		const passlens = await startServe(dataDir);
		const browser = await launchUnwatched();
		try {
			const context = await openContext(browser, passlens);
			const results: BenchResult[] = [];
			for (const interaction of INTERACTIONS)
				if (!pages || pages.includes(interaction.path))
					results.push(await measure(context, passlens.url, interaction));
			return results;
		} finally {
			await browser.close();
			await passlens.stop();
			await rm(directory, { recursive: true, force: true, maxRetries: 5 });
		}
	}
};

async function openContext(browser: Browser, passlens: Served): Promise<BrowserContext> {
	const cookies = await signInTo(passlens);
	const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
	await context.addCookies(
		[...cookies].map(([name, value]) => ({ name, value, url: passlens.url }))
	);
	await context.addInitScript(watchInteractions);
	return context;
}

/** The median of some tries, each on a page of its own. */
async function measure(
	context: BrowserContext,
	url: string,
	{ name, path, before, act }: Interaction
): Promise<BenchResult> {
	const times: number[] = [];
	for (let time = 0; time < TIMES; time++) {
		const page = await context.newPage();
		await openPage(page, `${url}${path}?project=demo`);
		await before?.(page);
		await slowest(page);
		await act(page);
		times.push(await slowest(page));
		await page.close();
	}
	const ours = times.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)]!;
	process.stderr.write(`  ${path}, ${name}: ${times.join(', ')} ms\n`);
	const against = 'the aim; the median of five tries';
	return result({ name: `${path}, ${name}`, ours, reference: AIM_MS, unit: 'ms', against });
}

/** Runs in the page before its own scripts: knows nothing outside itself. */
function watchInteractions() {
	const seen: number[] = [];
	Object.assign(window, { interactionTimes: seen });
	new PerformanceObserver((list) => {
		for (const entry of list.getEntries() as PerformanceEventTiming[])
			if (entry.interactionId) seen.push(entry.duration);
	}).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit);
}

/** The slowest interaction since the last asking, once the browser has told of all. */
async function slowest(page: Page): Promise<number> {
	await page.waitForTimeout(500);
	const times = await page.evaluate(() =>
		(window as unknown as { interactionTimes: number[] }).interactionTimes.splice(0)
	);
	return Math.max(LEAST_MS, ...times);
}
