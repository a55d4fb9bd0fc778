import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientFilter, Period } from '../simulator/truth.ts';
import { shiftDay } from '../src/lib/filters.ts';
import { expectCredentials, expectProviderCourse } from './support/expect-credentials.ts';
import {
	expectActivity,
	expectFigures,
	expectOutcomes,
	expectPrompts
} from './support/expect-figures.ts';
import {
	expectCrossDevice,
	expectEnrolment,
	expectGaps,
	expectRetention,
	expectSignins,
	expectUpgrades
} from './support/expect-funnels.ts';
import {
	lastSunday,
	loadSimulatedProjects,
	type SimulatedProjects
} from './support/simulated-project.ts';

const end = lastSunday();
const scenario = { seed: 'figures', users: 320, days: 70, end, trouble: 8 };

let loaded: SimulatedProjects;
beforeAll(async () => {
	loaded = await loadSimulatedProjects(scenario);
});
afterAll(() => loaded?.close());

const PERIODS: [string, Period][] = [
	['the whole rollout', { from: shiftDay(end, 1 - scenario.days), to: end }],
	['the last 30 days', { from: shiftDay(end, -29), to: end }],
	['a week in the middle', { from: shiftDay(end, -36), to: shiftDay(end, -30) }]
];

const FILTERS: [string, ClientFilter][] = [
	['everyone', {}],
	['Android alone', { os: 'Android' }],
	['Apple devices alone', { ecosystem: 'apple' }],
	['one release in Firefox alone', { browser: 'Firefox', release: '2.4.0' }]
];

it('is taken by the collector to the last event', () => {
	expect(loaded.sent).toBeGreaterThan(10_000);
	expect(loaded.accepted).toBe(loaded.sent);
});

// Order changes rows or it does not, whatever is asked of them: in disorder, everyone is enough.
describe.each([
	['ordered', FILTERS],
	['shuffled', FILTERS.slice(0, 1)]
] as const)('A simulated rollout, its events %s', (which, filters) => {
	describe.each(PERIODS)('over %s', (_, period) => {
		const asked = (filter: ClientFilter = {}) => ({
			...{ client: loaded.client, project: loaded[which], facts: loaded.facts },
			...{ period, filter }
		});

		it.each(filters)('gives the true fraction of every figure: %s', async (_name, filter) => {
			const { kpis, truth } = await expectFigures(asked(filter));
			expect(kpis['cancel_rate']).toMatchObject({
				answer: {
					excluded: expect.arrayContaining([
						expect.objectContaining({
							kind: 'conditional_untouched',
							count: truth.kpis.untouched
						}),
						expect.objectContaining({
							kind: 'synthetic',
							count: truth.cancelRate.denominator,
							counted: true
						})
					])
				}
			});
		});

		it.each(filters)('shows every ceremony under its true outcome and cause: %s', (_name, filter) =>
			expectOutcomes(asked(filter))
		);

		it('counts sign-ins by method and refusals as they were', () => expectActivity(asked()));

		it('counts prompts and the passkeys they led to by their showing', () =>
			expectPrompts(asked()));

		it('counts credentials and their owners as of its last day', () => expectCredentials(asked()));

		it('follows providers over time', () => expectProviderCourse(asked()));

		it.each(filters)(
			'follows everyone from the first capable visit to the first use, in order: %s',
			async (_name, filter) => {
				for (const window of [0, 7]) await expectEnrolment(asked(filter), window);
			}
		);

		it.each(filters)('follows the use of passkeys by cohort: %s', (_name, filter) =>
			expectRetention(asked(filter))
		);

		it('lists exactly the users behind each gap of every funnel', () => expectGaps(asked()));

		it.each(filters)(
			'follows every attempt at signing in, fallbacks included: %s',
			async (_name, filter) => {
				for (const minutes of [0, 5]) await expectSignins(asked(filter), minutes);
			}
		);

		it.each(filters)('follows every ceremony across devices: %s', async (_name, filter) => {
			for (const window of [0, 7]) await expectCrossDevice(asked(filter), window);
		});

		it.each([0, 7])(
			'follows every legacy class through the nine steps within %i days',
			(window_days) => expectUpgrades(asked(), window_days)
		);
	});
});
