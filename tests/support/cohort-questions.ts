import { describe, expect, it } from 'vitest';
import { truthOf, type Truth } from '../../simulator/truth.ts';
import { readTable } from './read-table.ts';
import { count, plain, type RolloutStage } from './rollout-stage.ts';

/** Questions about who stays, answered off the pages, on the data of `product.test.ts`. */
export function describeCohortQuestions(stage: () => RolloutStage): void {
	describe('Do they stay with it?', () => {
		const latestFirst = ({ retention }: Truth) =>
			Object.entries(retention).toSorted(([a], [b]) => (a < b ? 1 : -1));

		it.each([
			['everybody', '', {}],
			['Android alone', '?platform=Android', { os: 'Android' }],
			['Apple devices alone', '?ecosystem=apple', { ecosystem: 'apple' }]
		])('is answered by cohort and week, of %s', async (_, filters, filter) => {
			const { open, card, facts, whole } = stage();
			await open(`/adoption/cohorts${filters}`, { tables: true });
			const rows = await readTable(card('Do they stay with it?'));
			const cohorts = latestFirst(truthOf({ facts, period: whole, filter }));
			expect(cohorts.length).toBeGreaterThan(3);
			expect(rows.map((row) => count(row['Users']))).toEqual(cohorts.map(([, { users }]) => users));
			for (const [index, [cohort, { weeks }]] of cohorts.entries())
				for (const [week, { used, came }] of Object.entries(weeks))
					expect(rows[index]![`Week ${week}`], cohort).toBe(`${used} of ${came}`);
		});

		it('is marked where few came back, and said in a sentence', async () => {
			const { page, open, card, truth } = stage();
			await open('/adoption/cohorts');
			const few = latestFirst(truth).flatMap(([, { weeks }]) =>
				Object.values(weeks).filter(({ came }) => came > 0 && came < 30)
			);
			expect(few.length).toBeGreaterThan(0);
			expect(await page.locator('[data-cohort] [data-few]').count()).toBe(few.length);
			expect(plain(await card('Do they stay with it?').locator('header').innerText())).toMatch(
				/% of those who came back a week after their first passkey signed in with one/
			);
		});
	});
}
