import type { CDPSession, Page } from 'playwright-core';
import { addVirtualAuthenticator, launchUnwatched } from '../tests/support/browser.ts';
import { openSdkPage } from '../tests/support/sdk-page.ts';
import { result, type BenchPart, type BenchResult } from './part.ts';

/** Ceremonies a round; rounds alternate between the two, so that a slower moment of the machine meets both. */
const CEREMONIES = 40;
/** Before each round: code that runs for the first time is not what is measured. */
const WARM_UP = 10;
const ROUNDS = 10;

interface Cost {
	/** Of the main thread in all, milliseconds a ceremony: scripts and tasks, sending included. */
	task: number;
	/** Until the call has returned its promise, milliseconds a ceremony. */
	call: number;
}

/**
 * What a sign-in costs the page's main thread with the SDK, against the bare call, in real Chromium in one run. Both in one
 * tab, which is loaded anew for each round: a tab in the background would be given less of the machine.
 */
export const part: BenchPart = {
	name: 'overhead',
	async run() {
		const browser = await launchUnwatched();
		try {
			const { page, site } = await openSdkPage(browser);
			// Isolated from other origins, a page may read its clock to five microseconds instead of a hundred.
			site.pageHeaders = {
				'cross-origin-opener-policy': 'same-origin',
				'cross-origin-embedder-policy': 'require-corp'
			};
			const session = await page.context().newCDPSession(page);
			await session.send('Performance.enable');
			const measure = async (withSdk: boolean) => {
				await page.goto(site.origin);
				const authenticator = await addVirtualAuthenticator(page);
				await prepare(page, withSdk);
				const cost = await measureCeremonies(page, session);
				await authenticator.remove();
				return cost;
			};
			const costs: Record<'bare' | 'ours', Cost[]> = { bare: [], ours: [] };
			for (let round = 0; round < ROUNDS; round++) {
				costs.bare.push(await measure(false));
				costs.ours.push(await measure(true));
			}
			await site.close();
			return [
				compare('overhead: main thread in all, a sign-in', 'task', costs),
				compare('overhead: until get() has returned', 'call', costs)
			];
		} finally {
			await browser.close();
		}
	}
};

function compare(
	name: string,
	what: keyof Cost,
	costs: Record<'bare' | 'ours', Cost[]>
): BenchResult {
	const median = (values: Cost[]) =>
		values.map((cost) => cost[what]).sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
	return result({
		name,
		ours: median(costs.ours),
		reference: median(costs.bare),
		unit: 'ms/ceremony',
		against: 'the same call in a page without the SDK'
	});
}

async function prepare(page: Page, withSdk: boolean): Promise<void> {
	await page.evaluate(
		async ({ withSdk, times }) => {
			if (withSdk) await window.load();
			await navigator.credentials.create({ publicKey: window.creation() });
			for (let i = 0; i < times; i++)
				await navigator.credentials.get({ publicKey: window.request() });
			if (withSdk) await window.sdk.flush();
		},
		{ withSdk, times: WARM_UP }
	);
}

async function measureCeremonies(page: Page, session: CDPSession): Promise<Cost> {
	const before = await taskSeconds(session);
	const call = await page.evaluate(async (times) => {
		let spent = 0;
		for (let i = 0; i < times; i++) {
			const options = { publicKey: window.request() };
			const start = performance.now();
			const promise = navigator.credentials.get(options);
			spent += performance.now() - start;
			await promise;
		}
		// What was queued is sent within a second.
		await new Promise((later) => setTimeout(later, 1200));
		return spent / times;
	}, CEREMONIES);
	return { call, task: ((await taskSeconds(session)) - before) * (1000 / CEREMONIES) };
}

async function taskSeconds(session: CDPSession): Promise<number> {
	const { metrics } = await session.send('Performance.getMetrics');
	return metrics.find(({ name }) => name === 'TaskDuration')!.value;
}
