import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { truthOf, type Period, type Truth } from '../simulator/truth.ts';
import { shiftDay } from '../src/lib/filters.ts';
import { formatLongDay, formatRange } from '../src/lib/format/date.ts';
import { formatCount } from '../src/lib/format/number.ts';
import { sharesOf } from './support/truth-asked.ts';
import { openPage } from './support/figures.ts';
import { openRollout, PROJECT, type Rollout } from './support/open-rollout.ts';
import { printOutputOnFailure } from './support/passlens.ts';
import { lastSunday } from './support/simulated-project.ts';

// Comparing with a year ago, in a project that has data of then: the same weekdays, 52 weeks before.
const end = lastSunday();
const scenario = { seed: 'a year', users: 150, days: 500, end, trouble: 4 };
const NOW: Period = { from: shiftDay(end, -27), to: end };
const THEN: Period = { from: shiftDay(NOW.from, -364), to: shiftDay(NOW.to, -364) };

let rollout: Rollout;
let then: Truth;
beforeAll(async () => {
	rollout = await openRollout(scenario);
	then = truthOf({ facts: rollout.facts, period: THEN });
});
afterAll(() => rollout?.close());
beforeEach(() => printOutputOnFailure(rollout.passlens));

const asked = (period: Period) =>
	new URLSearchParams({
		project: PROJECT,
		period: 'custom',
		from: period.from,
		to: period.to,
		compare: 'year'
	});
const open = (path: string, period: Period) =>
	openPage(rollout.page, `${rollout.passlens.url}${path}?${asked(period)}`);
const plain = (text: string) => text.replace(/\s+/g, ' ').trim();

interface Told {
	definition: { id: string };
	previous?: { numerator?: number | null; denominator?: number | null; count?: number };
}

it('gives the true fraction of every figure as it was a year before', async () => {
	const answer = await rollout.passlens.fetch(`/api/v1/kpis?${asked(NOW)}`);
	const { kpis } = (await answer.json()) as { kpis: Told[] };
	const shares = sharesOf(then);
	const told = kpis.filter(({ definition }) => shares[definition.id]);
	expect(told.length).toBeGreaterThan(20);
	const fractions = told.map(({ definition: { id }, previous }) => [
		id,
		{ numerator: previous?.numerator, denominator: previous?.denominator }
	]);
	expect(Object.fromEntries(fractions)).toEqual(
		Object.fromEntries(told.map(({ definition: { id } }) => [id, shares[id]]))
	);
	const time = kpis.find(({ definition }) => definition.id === 'time_to_sign_in');
	expect(time?.previous?.count).toBe(then.kpis.times.length);
	// There was something to compare with.
	expect(then.usageAll.numerator).toBeGreaterThan(0);
});

it('shows each change against then on the Overview, and says against which days', async () => {
	await open('/', NOW);
	const main = rollout.page.locator('main');
	expect(await main.locator('[data-comparison-note]').count()).toBe(0);
	expect(plain(await main.locator('[data-changes]').innerText())).toContain(
		plain(`Against ${formatRange(THEN)}`)
	);
	const [nowShares, thenShares] = [truthOf({ facts: rollout.facts, period: NOW }), then].map(
		sharesOf
	);
	let moved = 0;
	for (const id of ['activation_rate', 'usage_rate_all', 'sync_coverage', 'ceremony_success']) {
		const text = plain(await main.locator(`[data-kpi="${id}"]`).innerText());
		const [, shown] = /([+−±][\d.]+) pp/.exec(text) ?? [];
		if (!shown) continue;
		moved++;
		const share = ({ numerator, denominator }: { numerator: number; denominator: number }) =>
			numerator / denominator;
		const points = 100 * (share(nowShares![id]!) - share(thenShares![id]!));
		const read = Number(shown.replace('−', '-').replace('±', ''));
		expect(Math.abs(read - points), id).toBeLessThanOrEqual(Math.abs(points) < 10 ? 0.06 : 0.51);
	}
	expect(moved).toBe(4);
});

it('draws the ceremonies of the same weekday then beside each day', async () => {
	await open('/', NOW);
	const card = rollout.page.getByRole('region', { name: 'Ceremonies by outcome' });
	await card.locator('[data-time-chart]').focus();
	for (const day of [0, 1, 2]) {
		await rollout.page.keyboard.press('ArrowRight');
		const on = shiftDay(THEN.from, day);
		const { denominator } = truthOf({
			facts: rollout.facts,
			period: { from: on, to: on }
		}).cancelRate;
		await expect
			.poll(async () => plain(await card.locator('[aria-live]').innerText()))
			.toMatch(new RegExp(`Compared period ${formatCount(denominator)}$`));
	}
});

it('says how many of the days then there are data of, where the project is younger', async () => {
	const first = shiftDay(end, 1 - scenario.days);
	await open('/', { from: shiftDay(end, -364), to: end });
	const note = rollout.page.locator('[data-comparison-note]');
	const text = plain(await note.innerText());
	const [, known, days] = /compare with (\d+) of (\d+) days only/.exec(text) ?? [];
	expect(Number(days)).toBe(365);
	// Nobody may have come on the very first days.
	expect(Number(known)).toBeLessThanOrEqual(136);
	expect(Number(known)).toBeGreaterThan(130);
	const begins = shiftDay(first, 136 - Number(known));
	expect(text).toContain(plain(`begins on ${formatLongDay(begins)}`));
});
