import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { truthOf, type ClientFilter, type Period, type Truth } from '../simulator/truth.ts';
import { parseFilters, shiftDay } from '../src/lib/filters.ts';
import { answerKpis } from '../src/lib/server/kpis/answer-kpis.ts';
import { KPI_IDS } from '../src/lib/server/kpis/registry.ts';
import { queryAdoptionPrompts } from '../src/lib/server/queries/adoption-prompts.ts';
import {
	queryCeremonyCauses,
	queryCeremonyOutcomes
} from '../src/lib/server/queries/ceremony-facets.ts';
import { CROSS_DEVICE_STEPS, queryCrossDevice } from '../src/lib/server/queries/cross-device.ts';
import { queryEnrolmentCohorts } from '../src/lib/server/queries/enrolment-cohorts.ts';
import { readEnrolmentFunnel } from '../src/lib/server/queries/enrolment-funnel.ts';
import { ENROLMENT_STEPS } from '../src/lib/server/queries/enrolment-sql.ts';
import { parseGap, readGapUsers } from '../src/lib/server/queries/funnel-gaps.ts';
import { querySigninFunnel } from '../src/lib/server/queries/signin-funnel.ts';
import { queryDailyActivity, sumActivity } from '../src/lib/server/queries/daily-activity.ts';
import { querySyncCoverage } from '../src/lib/server/queries/sync-coverage.ts';
import { readSyncInventory } from '../src/lib/server/queries/sync-inventory.ts';
import { upgradeFunnel } from '../src/lib/server/queries/upgrade-funnel.ts';
import {
	lastSunday,
	loadSimulatedProjects,
	type SimulatedProjects
} from './support/simulated-project.ts';

const DAY_MS = 86_400_000;
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
	['Apple devices alone', { ecosystem: 'apple' }]
];

/** What a query takes, for a project as loaded. */
function parametersOf(project: string, period: Period, filter: ClientFilter = {}) {
	return {
		project,
		...period,
		ecosystem: filter.ecosystem ?? '',
		platform: filter.os ?? '',
		application: ''
	};
}

/** The same as a page's filters. */
const filtersOf = (project: string, { from, to }: Period, filter: ClientFilter) =>
	parseFilters(
		new URLSearchParams({
			project,
			period: 'custom',
			from,
			to,
			compare: 'none',
			ecosystem: filter.ecosystem ?? '',
			platform: filter.os ?? ''
		}),
		{ projects: [project] }
	);

/** What users hold is filtered by the passkey's ecosystem, which the model's filter of clients says nothing about. */
const OF_CREDENTIALS = [
	'sync_coverage',
	'synced_share',
	'backed_up_share',
	'lockout_risk',
	'reach',
	'password_removal_ready',
	'upgrade_rate'
];

function sharesOf(truth: Truth): Record<string, unknown> {
	const prompts = Object.values(truth.promptsByShowing);
	return {
		eligible_users: truth.eligible,
		activation_rate: truth.activation,
		enrollment_rate: truth.enrollment,
		append_rate: {
			numerator: prompts.reduce((sum, { created }) => sum + created, 0),
			denominator: prompts.reduce((sum, { shown }) => sum + shown, 0)
		},
		usage_rate_all: truth.usageAll,
		fallback_rate: truth.fallback,
		ceremony_success: truth.ceremonySuccess,
		cancel_rate: truth.cancelRate,
		error_rate: truth.errorRate,
		...truth.kpis.shares
	};
}

/** As the database takes it: the element at that share of the way, null of none. */
function quantile(ascending: readonly number[], level: number): number | null {
	if (ascending.length === 0) return null;
	return ascending[Math.min(ascending.length - 1, Math.floor(level * ascending.length))]!;
}

/** Clocks are corrected to within network time. */
const CLOCK_MS = 5_000;

/** Medians and ninth deciles from step to step, against every single one; no time where nobody came. */
function expectTimes(
	shown: { median_ms: (number | null)[]; p90_ms: (number | null)[] },
	gaps: readonly number[][]
) {
	for (const [index, unordered] of gaps.entries()) {
		const ascending = unordered.toSorted((a, b) => a - b);
		for (const [level, times] of [
			[0.5, shown.median_ms],
			[0.9, shown.p90_ms]
		] as const) {
			const expected = quantile(ascending, level);
			if (expected === null) expect(times[index]).toBeNull();
			else expect(Math.abs(times[index]! - expected)).toBeLessThan(CLOCK_MS);
		}
	}
}

it('is taken by the collector to the last event', () => {
	expect(loaded.sent).toBeGreaterThan(10_000);
	expect(loaded.accepted).toBe(loaded.sent);
});

describe.each(['ordered', 'shuffled'] as const)('A simulated rollout, its events %s', (which) => {
	describe.each(PERIODS)('over %s', (_, period) => {
		it.each(FILTERS)('gives the true fraction of every figure: %s', async (_name, filter) => {
			const truth = truthOf({ facts: loaded.facts, period, filter });
			const ids = KPI_IDS.filter(
				(id) => Object.keys(filter).length === 0 || !OF_CREDENTIALS.includes(id)
			);
			const { kpis } = await answerKpis({
				client: loaded.client,
				ids,
				filters: filtersOf(loaded[which], period, filter)
			});
			const shares = sharesOf(truth);
			const shown: Record<string, unknown> = {};
			const expected: Record<string, unknown> = {};
			for (const id of ids) {
				const result = kpis[id]!;
				if (!('answer' in result)) continue;
				const { numerator, denominator } = result.answer;
				shown[id] = { numerator, denominator };
				expected[id] = shares[id];
			}
			expect(shown).toEqual(expected);
			expect(Object.keys(shown)).toHaveLength(ids.length - 1);

			const time = kpis['time_to_sign_in']!;
			const { times, untouched } = truth.kpis;
			expect(time).toMatchObject({
				duration: {
					count: times.length,
					p50: quantile(times, 0.5),
					p75: quantile(times, 0.75),
					p95: quantile(times, 0.95)
				}
			});
			expect(kpis['cancel_rate']).toMatchObject({
				answer: {
					excluded: expect.arrayContaining([
						expect.objectContaining({ kind: 'conditional_untouched', count: untouched }),
						expect.objectContaining({
							kind: 'synthetic',
							count: shares['cancel_rate'] && truth.cancelRate.denominator,
							counted: true
						})
					])
				}
			});
		});

		it.each(FILTERS)(
			'shows every ceremony under its true outcome and cause: %s',
			async (_name, filter) => {
				const { client } = loaded;
				const truth = truthOf({ facts: loaded.facts, period, filter });
				const asked = {
					...parametersOf(loaded[which], period, filter),
					outcome: 'all',
					cause: '',
					type: '',
					mediation: '',
					search: ''
				} as const;
				const outcomes = await queryCeremonyOutcomes(client, asked);
				const causes = await queryCeremonyCauses(client, asked);
				expect(Object.fromEntries(outcomes.map((row) => [row.outcome, row.ceremonies]))).toEqual(
					truth.outcomes
				);
				expect(Object.fromEntries(causes.map((row) => [row.cause, row.ceremonies]))).toEqual(
					truth.causes
				);
			}
		);

		it('counts sign-ins by method and refusals as they were', async () => {
			const truth = truthOf({ facts: loaded.facts, period });
			const activity = await queryDailyActivity(loaded.client, {
				...parametersOf(loaded[which], period),
				bucket: 'all'
			});
			const methods = activity
				.filter((row) => row.activity === 'signin')
				.map((row) => [row.detail, row.occurrences] as const);
			expect({
				...Object.fromEntries(methods),
				passkey: sumActivity(activity, 'authentication', 'succeeded')
			}).toEqual(truth.signins);
			expect(
				sumActivity(
					activity,
					['registration', 'authentication', 'automatic_registration'],
					'rejected'
				)
			).toBe(truth.rejectionRate.numerator);
		});

		it('counts prompts and the passkeys they led to by their showing', async () => {
			const truth = truthOf({ facts: loaded.facts, period });
			const rows = await queryAdoptionPrompts(loaded.client, parametersOf(loaded[which], period));
			expect(
				Object.fromEntries(
					rows.map(({ showing_number, shown, accepted, dismissed, created }) => [
						showing_number,
						{ shown, accepted, dismissed, created }
					])
				)
			).toEqual(truth.promptsByShowing);
		});

		it('counts credentials and their owners as of its last day', async () => {
			const { sync } = truthOf({ facts: loaded.facts, period });
			const parameters = parametersOf(loaded[which], period);
			const [row] = await querySyncCoverage(loaded.client, parameters);
			const { states } = await readSyncInventory(loaded.client, parameters);
			expect(row).toMatchObject({
				credentials: sync.credentials,
				flags_known: sync.credentials,
				eligible: sync.eligible,
				backed_up: sync.backedUp,
				passkey_users: sync.passkeyUsers,
				covered_users: sync.coveredUsers,
				locked_out_users: sync.lockedOutUsers,
				unowned: sync.unowned,
				seen_users: sync.seenUsers,
				reach_none: sync.reach.none,
				reach_one: sync.reach.one,
				reach_many: sync.reach.many
			});
			expect(
				Object.fromEntries(states.map((state) => [state.sync_state, state.credentials]))
			).toEqual(sync.states);
		});

		it.each(FILTERS)(
			'follows everyone from the first capable visit to the first use, in order: %s',
			async (_name, filter) => {
				for (const window_days of [0, 7]) {
					const { enrolment } = truthOf({
						facts: loaded.facts,
						period,
						filter,
						...(window_days > 0 && { withinMs: window_days * DAY_MS })
					});
					const asked = { ...parametersOf(loaded[which], period, filter), window_days };
					const { steps, counts } = await readEnrolmentFunnel(loaded.client, asked, {
						offers: true
					});
					expect(steps.map(({ users }) => users)).toEqual(enrolment.users);
					expect(counts).toEqual({
						outside_users: enrolment.outside,
						enrolled_before: enrolment.enrolledBefore
					});
					expectTimes(
						{
							median_ms: steps.map(({ median_ms }) => median_ms),
							p90_ms: steps.map(({ p90_ms }) => p90_ms)
						},
						enrolment.gaps
					);
					if (filter.os || filter.ecosystem) continue;
					for (const [cohort, truth] of [
						['release', enrolment.byRelease],
						['week', enrolment.byWeek]
					] as const) {
						const rows = await queryEnrolmentCohorts(loaded.client, {
							...asked,
							cohort,
							offers_reported: true
						});
						expect(
							Object.fromEntries(
								rows.map(({ cohort, at_step, followed, came_to_use }) => [
									cohort,
									{ atStep: at_step, followed, cameToUse: came_to_use }
								])
							)
						).toEqual(truth);
					}
				}
			}
		);

		it('lists exactly the users behind each gap of the enrolment', async () => {
			const { enrolment } = truthOf({ facts: loaded.facts, period });
			const filters = filtersOf(loaded[which], period, {});
			for (const [index, step] of ENROLMENT_STEPS.entries()) {
				if (index === 0) continue;
				const search = new URLSearchParams({ funnel: 'enrolment', step });
				const { total, users } = await readGapUsers({
					client: loaded.client,
					filters,
					search,
					gap: parseGap(search)!
				});
				const behind = [...enrolment.depths].filter(([, depth]) => depth === index).length;
				expect(total).toBe(behind);
				expect(new Set(users.map(({ user_hash }) => user_hash)).size).toBe(Math.min(behind, 500));
			}
		});

		it.each(FILTERS)(
			'follows every attempt at signing in, fallbacks included: %s',
			async (_name, filter) => {
				for (const window_minutes of [0, 5]) {
					const { signinFunnel } = truthOf({
						facts: loaded.facts,
						period,
						filter,
						...(window_minutes > 0 && { withinMs: window_minutes * 60_000 })
					});
					const [row] = await querySigninFunnel(loaded.client, {
						...parametersOf(loaded[which], period, filter),
						window_minutes
					});
					const { median_ms, p90_ms, ...counts } = row!;
					expect(counts).toEqual(signinFunnel.counts);
					expectTimes({ median_ms, p90_ms }, signinFunnel.gaps);
				}
			}
		);

		it.each(FILTERS)('follows every ceremony across devices: %s', async (_name, filter) => {
			for (const window_days of [0, 7]) {
				const { crossDevice } = truthOf({
					facts: loaded.facts,
					period,
					filter,
					...(window_days > 0 && { withinMs: window_days * DAY_MS })
				});
				const [whole] = await queryCrossDevice(loaded.client, {
					...parametersOf(loaded[which], period, filter),
					window_days
				});
				expect(CROSS_DEVICE_STEPS.map((step) => whole![step])).toEqual(crossDevice.steps);
				expectTimes(whole!, crossDevice.gaps);
			}
		});

		it.each([0, 7])(
			'follows every legacy class through the nine steps within %i days',
			async (window_days) => {
				const { upgrades } = truthOf({
					facts: loaded.facts,
					period,
					...(window_days > 0 && { withinMs: window_days * DAY_MS })
				});
				const { steps: rows } = await upgradeFunnel(loaded.client, {
					...parametersOf(loaded[which], period),
					window_days
				});
				const shown = Map.groupBy(rows, (row) => `${row.ecosystem} ${row.legacy_class}`);
				expect(
					Object.fromEntries(
						[...shown].map(([key, steps]) => [
							key,
							steps.sort((a, b) => a.step_number - b.step_number).map(({ users }) => users)
						])
					)
				).toEqual(
					Object.fromEntries(
						upgrades.map((row) => [`${row.ecosystem} ${row.legacyClass}`, row.users])
					)
				);
			}
		);
	});
});
