import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Passlens } from './passlens.ts';
import { readTable } from './read-table.ts';
import { count, type RolloutStage } from './rollout-stage.ts';

interface Stage extends RolloutStage {
	passlens: Passlens;
	browser: Browser;
	project: string;
}

/** How a table of many rows is ordered, in the browser and with the data of `product.test.ts`. */
export function describeTableStories(stage: () => Stage): void {
	describe('A table of many rows', () => {
		const releases = () => stage().card('By release');
		const column = async (of: Page, name: string) =>
			(await readTable(of.getByRole('region', { name: 'By release', exact: true }))).map((row) =>
				count(row[name])
			);
		const greatestFirst = (counts: number[]) => counts.toSorted((a, b) => b - a);

		it('is ordered by a head, by keyboard, the other way round and back', async () => {
			const { page, open } = stage();
			await open('/adoption/cohorts');
			const asCounted = await column(page, 'Started');
			const head = releases().getByRole('columnheader', { name: 'Started' });
			await head.getByRole('link').focus();
			for (const [direction, expected] of [
				['descending', greatestFirst(asCounted)],
				['ascending', greatestFirst(asCounted).toReversed()],
				[null, asCounted]
			] as const) {
				await page.keyboard.press('Enter');
				await expect.poll(() => head.getAttribute('aria-sort')).toBe(direction);
				expect(await column(page, 'Started')).toEqual(expected);
			}
			// The other table of the page has an order of its own.
			expect(new URL(page.url()).searchParams.get('weeks')).toBeNull();
		});

		it('that comes in pages is ordered as a whole', async () => {
			const { page, open, card, passlens } = stage();
			await open('/credentials');
			const listed = async (name: string) =>
				(await readTable(card('Credentials'))).map((row) => row[name]);
			const head = page.getByRole('columnheader', { name: 'Uses' });
			await head.getByRole('link').click();
			await page.locator('th[aria-sort="descending"]', { hasText: 'Uses' }).waitFor();
			const [first, ...more] = (await listed('Uses')).map(count);
			await page.getByRole('link', { name: 'More', exact: true }).click();
			await page.getByRole('link', { name: 'First page' }).waitFor();
			expect(await head.getAttribute('aria-sort')).toBe('descending');
			const next = (await listed('Uses')).map(count);
			const { search } = new URL(page.url());
			const csv = async (query: string) => {
				const text = await (await passlens.fetch(`/export/credentials${query}`)).text();
				const [heads, ...rows] = text.trim().split('\r\n');
				const at = heads!.split(',').indexOf('uses_count');
				return rows.map((row) => Number(row.split(',')[at]));
			};
			const asked = new URLSearchParams(search);
			asked.delete('page');
			const sorted = await csv(`?${asked}`);
			asked.delete('sort');
			const whole = greatestFirst(await csv(`?${asked}`));
			expect(sorted).toEqual(whole);
			expect([first, ...more, ...next]).toEqual(whole.slice(0, 1 + more.length + next.length));
			expect(more.length).toBeGreaterThan(10);
			// Another order begins at its first page.
			await page.getByRole('columnheader', { name: 'Registered' }).getByRole('link').click();
			await page.waitForURL((url) => url.searchParams.get('sort') === '-registered');
			expect(new URL(page.url()).searchParams.has('page')).toBe(false);
		});

		it('is so without script, too, from an address that can be sent', async () => {
			const { passlens, browser, project } = stage();
			const context = await browser.newContext({ javaScriptEnabled: false });
			await passlens.signIn(context);
			const plainPage = await context.newPage();
			await plainPage.goto(`${passlens.url}/adoption/cohorts?project=${project}&period=90d`);
			await plainPage
				.getByRole('region', { name: 'By release', exact: true })
				.getByRole('link', { name: 'Eligible' })
				.click();
			await plainPage.waitForURL((url) => url.searchParams.get('releases') === '-eligible');
			const counts = await column(plainPage, 'Eligible');
			expect(counts).toEqual(greatestFirst(counts));
			await context.close();
		});
	});
}
