import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { weighPage } from './page-weight.ts';

/** Gzipped, in kB: of a page that draws charts over time, and of any other. */
const MOST_KB = { withCharts: 100, without: 80 };
/** Lists what it sends itself while it comes: what is below moves. */
const LIVE = '/playground';
/** SvelteKit alone has more. */
const LEAST_KB = 30;

/** That an opened page of this path fetched no more JavaScript than a page may, and that nothing moved while it came. */
export async function expectLight(page: Page, path: string): Promise<void> {
	const { javascriptKb, charts, shift, shifted } = await weighPage(page);
	expect(javascriptKb).toBeGreaterThan(LEAST_KB);
	expect(javascriptKb).toBeLessThan(charts ? MOST_KB.withCharts : MOST_KB.without);
	if (path !== LIVE) expect({ shift, shifted }).toEqual({ shift: 0, shifted: [] });
}
