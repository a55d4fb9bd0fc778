import { describe, expect, it } from 'vitest';
import { KPI_IDS } from '../../src/lib/server/kpis/registry.ts';
import { openPage, showTables } from './figures.ts';
import { DATA, type PageStage } from './page-stage.ts';

/** What pages show, as files and over HTTP, with the data of `pages.test.ts`. */
export function describeFileStories(stage: () => PageStage): void {
	describe('a chart’s file', () => {
		it.each(['/', '/adoption', '/sync-coverage', '/upgrades?section=password'])(
			'%s holds the numbers of its table',
			async (path) => {
				const { page, close } = await stage().openWindow();
				await openPage(page, await stage().address(path));
				await showTables(page);
				const cards = await page
					.locator('main section[aria-label]:has(> header a[download]):has(table)')
					.evaluateAll((sections) =>
						sections.map((section) => ({
							href: section.querySelector<HTMLAnchorElement>('header a[download]')!.href,
							rows: [...section.querySelectorAll('tbody tr')].map((row) =>
								[...row.children].map((cell) => cell.textContent.trim())
							)
						}))
					);
				expect(cards.length).toBeGreaterThan(0);
				for (const { href, rows } of cards) {
					const csv = (await stage().fetchText(href)).trim().split('\r\n').slice(1);
					const inFile = csv.flatMap((line) => integers(line.split(',')));
					for (const number of rows.flatMap(integers)) {
						expect(inFile, `${href} lacks a number of its table`).toContain(number);
						inFile.splice(inFile.indexOf(number), 1);
					}
				}
				await close();
			}
		);

		it('of the lists has a line for each row', async () => {
			for (const [path, file] of [
				['/ceremonies', 'ceremonies'],
				['/credentials', 'credentials']
			]) {
				const { page, close } = await stage().openWindow();
				await openPage(page, await stage().address(path!));
				const rows = await page.locator('main table tbody tr').count();
				const csv = await stage().fetchText(`/export/${file}?project=${DATA}`);
				expect(rows).toBeGreaterThan(0);
				expect(csv.trim().split('\r\n')).toHaveLength(rows + 1);
				await close();
			}
		});
	});

	describe('figures over HTTP', () => {
		interface Figure {
			definition: { id: string };
			numerator?: number | null;
			denominator?: number | null;
			coverage: { numerator: number; denominator: number; of: string };
		}
		const figures = async (path: string) =>
			(JSON.parse(await stage().fetchText(path)) as { kpis: Figure[] }).kpis;

		it('are those of the page, one or all, as JSON and as lines', async () => {
			const all = await figures(`/api/v1/kpis?project=${DATA}`);
			expect(all.map(({ definition }) => definition.id)).toEqual(KPI_IDS);
			const one = all.find(({ definition }) => definition.id === 'ceremony_success')!;
			expect(await figures(`/api/v1/kpis/ceremony_success?project=${DATA}`)).toEqual([one]);
			expect(one.denominator).toBeGreaterThan(0);

			const csv = await stage().fetchText(`/export/kpis?project=${DATA}`);
			const [header, ...lines] = csv.trim().split('\r\n');
			expect(lines.map((line) => line.split(',')[0])).toEqual(KPI_IDS);
			const cells = lines.find((line) => line.startsWith('ceremony_success,'))!.split(',');
			const line = Object.fromEntries(
				header!.split(',').map((name, index) => [name, cells[index]])
			);
			expect(line).toMatchObject({
				numerator: String(one.numerator),
				denominator: String(one.denominator),
				coverage_numerator: String(one.coverage.numerator),
				coverage_denominator: String(one.coverage.denominator)
			});

			const { page, close } = await stage().openWindow();
			await openPage(page, await stage().address('/'));
			const card = page.locator('[data-kpi="ceremony_success"] [data-kpi-detail]');
			expect(await card.innerText()).toBe(`${one.numerator} of ${one.denominator}`);
			await close();
		});

		it('obey the filters of the address', async () => {
			const [apple] = await figures(`/api/v1/kpis/cancel_rate?project=${DATA}&ecosystem=apple`);
			const [all] = await figures(`/api/v1/kpis/cancel_rate?project=${DATA}&country=`);
			expect(apple!.denominator).toBeGreaterThan(0);
			expect(apple!.denominator).toBeLessThan(all!.denominator!);
		});

		it.each([
			['/api/v1/kpis/made_up', 404, { code: 'not_found', field: 'id' }],
			['/api/v1/failures?view=some', 400, { code: 'invalid_parameter', field: 'view' }],
			['/api/v1/kpis?ecosytem=apple', 400, { code: 'unknown_parameter', field: 'ecosytem' }]
		])('%s answers %d and names the mistake', async (path, status, error) => {
			const response = await stage().passlens.fetch(path);
			expect(response.status).toBe(status);
			expect(await response.json()).toMatchObject(error);
		});
	});
}

function integers(cells: string[]): number[] {
	return cells
		.filter((cell) => /^\d[\d,]*$/.test(cell))
		.map((cell) => Number(cell.replaceAll(',', '')));
}
