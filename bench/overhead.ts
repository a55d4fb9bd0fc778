import type { CDPSession, Page } from 'playwright-core';
import { addVirtualAuthenticator, launchUnwatched } from '../tests/support/browser.ts';
import { openSdkPage } from '../tests/support/sdk-page.ts';
import { result, type BenchPart, type BenchResult } from './part.ts';

/** Sign-ins a round; rounds alternate between the two, so that a slower moment of the machine meets both. */
const SIGN_INS = 50;
const ROUNDS = 12;

interface Cost {
	/** Of the main thread in all, milliseconds a sign-in: scripts and tasks, sending included. */
	task: number;
	/** Until the call has returned its promise, milliseconds; the round's median. */
	call: number;
}

type Costs = Record<'bare' | 'ours', Cost[]>;

/**
 * What a sign-in costs the page's main thread with the SDK, against the bare call: in real Chromium, in one page, which kept
 * the browser's own method before the SDK stood before it.
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
			await page.goto(site.origin);
			await addVirtualAuthenticator(page);
			await prepare(page);
			const session = await page.context().newCDPSession(page);
			await session.send('Performance.enable');
			const costs: Costs = { bare: [], ours: [] };
			for (let round = -1; round < ROUNDS; round++) {
				for (const which of ['bare', 'ours'] as const) {
					const cost = await measure(page, session, which);
					// Code that runs for the first time is not what is measured.
					if (round >= 0) costs[which].push(cost);
				}
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

const compare = (name: string, what: keyof Cost, costs: Costs): BenchResult =>
	result({
		name,
		ours: median(costs.ours.map((cost) => cost[what])),
		reference: median(costs.bare.map((cost) => cost[what])),
		unit: 'ms/ceremony',
		against: 'the browser’s own method, in the same page'
	});

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const prepare = (page: Page): Promise<void> =>
	page.evaluate(async () => {
		const { get } = CredentialsContainer.prototype;
		Object.assign(window, {
			signIn: {
				bare: (options: CredentialRequestOptions) => get.call(navigator.credentials, options),
				ours: (options: CredentialRequestOptions) => navigator.credentials.get(options)
			}
		});
		await window.load();
		await navigator.credentials.create({ publicKey: window.creation() });
		await window.sdk.flush();
	});

async function measure(page: Page, session: CDPSession, which: 'bare' | 'ours'): Promise<Cost> {
	const before = await taskSeconds(session);
	const calls = await page.evaluate(
		async ({ which, times }) => {
			const { signIn } = window as unknown as {
				signIn: Record<string, CredentialsContainer['get']>;
			};
			const calls: number[] = [];
			for (let i = 0; i < times; i++) {
				const options = { publicKey: window.request() };
				const start = performance.now();
				const promise = signIn[which]!(options);
				calls.push(performance.now() - start);
				await promise;
			}
			await window.sdk.flush();
			return calls;
		},
		{ which, times: SIGN_INS }
	);
	return {
		call: median(calls),
		task: ((await taskSeconds(session)) - before) * (1000 / SIGN_INS)
	};
}

async function taskSeconds(session: CDPSession): Promise<number> {
	const { metrics } = await session.send('Performance.getMetrics');
	return metrics.find(({ name }) => name === 'TaskDuration')!.value;
}
