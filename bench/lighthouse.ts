import sparticuz from '@sparticuz/chromium';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { chromiumEnvironment, launchUnwatched } from '../tests/support/browser.ts';
import { weighPage } from '../tests/support/page-weight.ts';
import { ensureBuilt } from '../tools/build.mjs';
import { runLighthouse } from './load/run-lighthouse.ts';
import { signInTo } from './load/sign-in-to.ts';
import { simulate } from './load/simulate.ts';
import { startServe } from './load/start-serve.ts';
import { result, type BenchPart, type BenchResult } from './part.ts';

/** Beside what the menu lists: further views of it, and forms. */
const FURTHER = [
	...['/adoption/prompts', '/adoption/sign-ins', '/adoption/cohorts', '/upgrades/breakdown'],
	...['/cross-device/breakdown', '/ceremonies/different'],
	...['/alerts/rule', '/policies/edit', '/set-up/new', '/annotations', '/segments', '/account'],
	...['/account/digest', '/users?group=reach&which=none']
];
/** Lists whose first thing has a page of its own. */
const LISTS = [
	'/failures',
	'/ceremonies',
	'/credentials',
	'/users?group=reach&which=none',
	'/docs'
];
/** Seen by nobody who is signed in. */
const SIGNED_OUT = '/sign-in';
const AIM = 95;
/** Are the same on every machine and at every load: less than the aim is a fault. */
const UNTIMED = ['accessibility', 'best-practices'];
const PAINT_MS = 1_000;
/** What web vitals call good. */
const SHIFT = 0.1;
const MOST_KB = { withCharts: 250, without: 80 };

/**
 * Lighthouse on every page of the built dashboard over a simulated rollout, as a signed-in administrator at a desktop sees it, in the
 * tests' browser; the first paint, what moves while it comes, and the JavaScript it fetches. Accessibility or best practices below the
 * aim on any page end the run with 1.
 */
export const part: BenchPart = {
	name: 'lighthouse',
	async run({ pages }) {
		ensureBuilt();
		const directory = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
		const dataDir = join(directory, 'data');
		simulate(dataDir, { users: 1_500, days: 60 });
		const passlens = await startServe(dataDir);
		const browser = await launchUnwatched();
		// A browser of its own for each page: one that Playwright holds waits for Playwright at every new page.
		const CHROME_PATH = await sparticuz.executablePath();
		const environment = { ...(await chromiumEnvironment()), CHROME_PATH };
		try {
			const cookies = await signInTo(passlens);
			const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
			const context = await browser.newContext();
			await context.addCookies(
				[...cookies].map(([name, value]) => ({ name, value, url: passlens.url }))
			);
			const page = await context.newPage();
			const results: BenchResult[] = [];
			for (const path of pages ?? (await listPages(page, passlens.url))) {
				const address = addressOf(passlens.url, path);
				const headers: Record<string, string> = path === SIGNED_OUT ? {} : { Cookie: cookie };
				const found = runLighthouse({ address, environment, headers, directory });
				process.stderr.write(`  ${path}: ${Object.values(found.scores).join(', ')}\n`);
				const seen = path === SIGNED_OUT ? await browser.newPage() : page;
				await seen.goto(address);
				const weight = await weighPage(seen);
				results.push(...scoreResults(path, found), weightResult(path, weight));
			}
			return results;
		} finally {
			await browser.close();
			await passlens.stop();
			await rm(directory, { recursive: true, force: true, maxRetries: 5 });
		}
	}
};

function addressOf(url: string, path: string): string {
	const address = new URL(path, url);
	address.searchParams.set('project', 'demo');
	return address.href;
}

async function listPages(page: Page, url: string): Promise<string[]> {
	const paths = [...(await listMenu(page, url)), ...FURTHER];
	for (const list of LISTS) paths.push(await firstOf(page, url, list));
	return [...paths, SIGNED_OUT];
}

/** The address of the first thing that a list leads to. */
async function firstOf(page: Page, url: string, list: string): Promise<string> {
	await page.goto(addressOf(url, list));
	const { pathname } = new URL(list, url);
	const link = page.locator(`main a[href^="${pathname}/"]:not([href^="/ceremonies/different"])`);
	return new URL((await link.first().getAttribute('href'))!, url).pathname;
}

async function listMenu(page: Page, url: string): Promise<string[]> {
	await page.goto(addressOf(url, '/'));
	return page
		.locator('aside nav[aria-label=Pages] a')
		.evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).pathname));
}

function scoreResults(path: string, found: ReturnType<typeof runLighthouse>): BenchResult[] {
	const { scores, missed, firstContentfulPaintMs, layoutShift } = found;
	return [
		...Object.entries(scores).map(([category, score]) =>
			result({
				name: `${path} ${category}`,
				...{ ours: score, reference: AIM, unit: 'of 100' },
				against: score < 100 ? `the aim; missed: ${missed.join('; ')}` : 'the aim',
				failed: UNTIMED.includes(category) && score < AIM
			})
		),
		result({
			name: `${path} first contentful paint`,
			...{ ours: firstContentfulPaintMs, reference: PAINT_MS, unit: 'ms', against: 'the aim' }
		}),
		result({
			name: `${path} layout shift`,
			...{ ours: layoutShift, reference: SHIFT, unit: '', against: 'what counts as good' }
		})
	];
}

function weightResult(
	path: string,
	{ javascriptKb, charts }: Awaited<ReturnType<typeof weighPage>>
): BenchResult {
	return result({
		name: `${path} JavaScript`,
		ours: javascriptKb,
		reference: charts ? MOST_KB.withCharts : MOST_KB.without,
		unit: 'kB gzipped',
		against: charts ? 'the aim with charts' : 'the aim without charts'
	});
}
