import { describe, expect, it } from 'vitest';
import { dayOf, formatLongDay } from '../../src/lib/format/date.ts';
import { readTable } from './read-table.ts';
import { plain, type RolloutStage } from './rollout-stage.ts';

/** Questions about releases, answered off the pages, on the data of `product.test.ts`: nobody noted one there. */
export function describeReleaseQuestions(stage: () => RolloutStage): void {
	describe('Which release began when?', () => {
		it('is answered by every chart over time, in words and in its table', async () => {
			const { page, open, card, facts, lately, planted } = stage();
			const begins = firstDays(facts);
			const inPeriod = [...begins].filter(([, day]) => day >= lately.from);
			expect(inPeriod.map(([release]) => release)).toContain(planted.release);
			await open('/', { period: lately, tables: true });
			const rows = await readTable(card('Ceremonies by outcome'));
			const noted = rows.filter(({ Noted }) => Noted).map(({ Day, Noted }) => [Day, Noted]);
			expect(noted).toEqual(
				inPeriod.map(([release, day]) => [plain(formatLongDay(day)), `${release} first seen`])
			);
			for (const path of ['/adoption', '/sync-coverage', '/failures', '/risk']) {
				await open(path, { period: lately });
				const charts = page.locator('main [data-time-chart]');
				expect(await charts.count(), path).toBeGreaterThan(0);
				for (const chart of await charts.all())
					for (const [release] of inPeriod)
						expect(await chart.getAttribute('aria-label'), path).toContain(`${release} first seen`);
			}
		});

		it('and what it changed is not said of itself: before it there is nothing to compare with', async () => {
			const { page, open, lately, planted } = stage();
			await open(`/?release=${planted.release}`, { period: lately });
			const changed = plain(await page.locator('[data-changes]').innerText());
			expect(changed).toContain('There is nothing to compare with');
			expect(changed).not.toContain('beyond chance');
		});
	});
}

/** The UTC day of the first thing that each release did, the earliest release first. */
function firstDays(facts: RolloutStage['facts']): Map<string, string> {
	const days = new Map<string, string>();
	for (const { client, at } of facts) {
		const day = dayOf(new Date(at), 'UTC');
		if (day < (days.get(client.release) ?? '9')) days.set(client.release, day);
	}
	return new Map([...days].toSorted(([, a], [, b]) => (a < b ? -1 : 1)));
}
