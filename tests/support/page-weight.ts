import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';

export interface PageWeight {
	/** Scripts the page fetched by itself, gzipped, in kB of 1,000 bytes. */
	javascriptKb: number;
	/** Whether it draws charts over time. */
	charts: boolean;
	/** Cumulative layout shift, as browsers measure it, from the first paint to the charts that are drawn. */
	shift: number;
	/** Where it came from, for whoever has to mend it. */
	shifted: string[];
}

/** What an opened page weighs, and whether anything moved while it came. */
export async function weighPage(page: Page): Promise<PageWeight> {
	// All that a page fetches by itself is there once its charts are drawn.
	await page.waitForFunction(() =>
		[...document.querySelectorAll('[data-time-chart]')].every((chart) =>
			chart.querySelector('svg[viewBox]')
		)
	);
	const { scripts, ...seen } = await page.evaluate(readEntries);
	const texts = await Promise.all(scripts.map(async (address) => (await fetch(address)).text()));
	return {
		javascriptKb: texts.reduce((sum, text) => sum + gzipSync(text).length, 0) / 1_000,
		...seen
	};
}

/** Runs in the page: knows nothing outside itself. */
async function readEntries() {
	interface Shift extends PerformanceEntry {
		value: number;
		hadRecentInput: boolean;
		sources: { node: Element | null }[];
	}
	const entries = await new Promise<Shift[]>((resolve) => {
		const observer = new PerformanceObserver((list) => resolve(list.getEntries() as Shift[]));
		observer.observe({ type: 'layout-shift', buffered: true });
		// A page on which nothing moved has no entries to tell of.
		requestAnimationFrame(() =>
			requestAnimationFrame(() => resolve(observer.takeRecords() as Shift[]))
		);
	});
	const own = entries.filter(({ hadRecentInput }) => !hadRecentInput);
	const scripts = performance
		.getEntriesByType('resource')
		.map(({ name }) => name)
		.filter((name) => new URL(name).pathname.endsWith('.js'));
	return {
		scripts: [...new Set(scripts)],
		charts: document.querySelector('[data-time-chart]') !== null,
		shift: own.reduce((sum, { value }) => sum + value, 0),
		shifted: own.flatMap(({ sources }) =>
			sources.map(({ node }) => node?.outerHTML.slice(0, 120) ?? '')
		)
	};
}
