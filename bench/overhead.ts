import type { CDPSession, Page } from 'playwright-core';
import { addVirtualAuthenticator, launchUnwatched } from '../tests/support/browser.ts';
import { openSdkPage } from '../tests/support/sdk-page.ts';
import { result, type BenchPart, type BenchResult } from './part.ts';

/** Ceremonies a round; rounds alternate between the two pages, so that a slower moment of the machine meets both. */
const CEREMONIES = 40;
const ROUNDS = 8;

interface Cost {
	/** Of the main thread in all, milliseconds a ceremony: scripts and tasks, sending included. */
	task: number;
	/** Until the call has returned its promise, milliseconds a ceremony. */
	call: number;
}

/** What a sign-in costs the page's main thread with the SDK, against the bare call, in real Chromium in one run. */
export const part: BenchPart = {
	name: 'overhead',
	async run() {
		const browser = await launchUnwatched();
		try {
			const bare = await openMeasuredPage(await openSdkPage(browser), false);
			const ours = await openMeasuredPage(await openSdkPage(browser), true);
			const costs: { bare: Cost[]; ours: Cost[] } = { bare: [], ours: [] };
			await bare.measure();
			await ours.measure();
			for (let round = 0; round < ROUNDS; round++) {
				costs.bare.push(await bare.measure());
				costs.ours.push(await ours.measure());
			}
			await bare.close();
			await ours.close();
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

async function openMeasuredPage(
	{ page, site }: Awaited<ReturnType<typeof openSdkPage>>,
	withSdk: boolean
) {
	await addVirtualAuthenticator(page);
	await page.goto(site.origin);
	await page.evaluate(async (withSdk) => {
		await navigator.credentials.create({ publicKey: window.creation() });
		if (withSdk) await window.load();
	}, withSdk);
	const session = await page.context().newCDPSession(page);
	await session.send('Performance.enable');
	return { measure: () => measure(page, session), close: () => site.close() };
}

async function measure(page: Page, session: CDPSession): Promise<Cost> {
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
