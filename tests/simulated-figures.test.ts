import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { truthOf, type ClientFilter, type Period, type Share } from '../simulator/truth.ts';
import { shiftDay } from '../src/lib/filters.ts';
import {
	answerActivation,
	answerCancelled,
	answerEligible,
	answerEnrollment,
	answerErrors,
	answerFallback,
	answerSuccess,
	answerUsage
} from '../src/lib/server/kpis/answers.ts';
import { queryAdoptionPrompts } from '../src/lib/server/queries/adoption-prompts.ts';
import {
	queryCeremonyCauses,
	queryCeremonyOutcomes
} from '../src/lib/server/queries/ceremony-facets.ts';
import { queryDailyActivity, sumActivity } from '../src/lib/server/queries/daily-activity.ts';
import { queryKpiCeremonies } from '../src/lib/server/queries/kpi-ceremonies.ts';
import { queryKpiCollected } from '../src/lib/server/queries/kpi-collected.ts';
import { queryKpiPasskeyHolders } from '../src/lib/server/queries/kpi-passkey-holders.ts';
import { queryKpiUsers } from '../src/lib/server/queries/kpi-users.ts';
import { querySyncCoverage } from '../src/lib/server/queries/sync-coverage.ts';
import { querySyncStates } from '../src/lib/server/queries/sync-states.ts';
import { upgradeFunnel } from '../src/lib/server/queries/upgrade-funnel.ts';
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

const shareOf = ({
	numerator,
	denominator
}: {
	numerator: number | null;
	denominator: number | null;
}) => ({ numerator, denominator });

it('is taken by the collector to the last event', () => {
	expect(loaded.sent).toBeGreaterThan(10_000);
	expect(loaded.accepted).toBe(loaded.sent);
});

describe.each(['ordered', 'shuffled'] as const)('A simulated rollout, its events %s', (which) => {
	describe.each(PERIODS)('over %s', (_, period) => {
		it.each(FILTERS)(
			'shows the true shares of users, sign-ins and ceremonies: %s',
			async (_name, filter) => {
				const { client } = loaded;
				const truth = truthOf({ facts: loaded.facts, period, filter });
				const all = { ...parametersOf(loaded[which], period, filter), bucket: 'all' as const };
				const [collected] = await queryKpiCollected(client, { project: loaded[which] });
				const [users] = await queryKpiUsers(client, all);
				const [holders] = await queryKpiPasskeyHolders(client, all);
				const activity = await queryDailyActivity(client, all);
				const [ceremonies] = await queryKpiCeremonies(client, all);
				const shown: Record<string, Share | ReturnType<typeof shareOf>> = {
					eligible: shareOf(answerEligible(users, collected!)),
					activation: shareOf(answerActivation(holders, collected!)),
					enrollment: shareOf(answerEnrollment(users, collected!)),
					usageAll: shareOf(answerUsage(activity, collected!)),
					fallback: shareOf(answerFallback(activity, collected!)),
					ceremonySuccess: shareOf(answerSuccess(ceremonies)),
					cancelRate: shareOf(answerCancelled(activity)),
					errorRate: shareOf(answerErrors(activity))
				};
				const {
					eligible,
					activation,
					enrollment,
					usageAll,
					fallback,
					ceremonySuccess,
					cancelRate,
					errorRate
				} = truth;
				expect(shown).toEqual({
					eligible,
					activation,
					enrollment,
					usageAll,
					fallback,
					ceremonySuccess,
					cancelRate,
					errorRate
				});
			}
		);

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
				Object.fromEntries(rows.map(({ showing_number, ...row }) => [showing_number, row]))
			).toEqual(truth.promptsByShowing);
		});

		it('counts credentials and their owners as of its last day', async () => {
			const { sync } = truthOf({ facts: loaded.facts, period });
			const parameters = parametersOf(loaded[which], period);
			const [row] = await querySyncCoverage(loaded.client, parameters);
			const states = await querySyncStates(loaded.client, parameters);
			expect(row).toEqual({
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

		it('follows every legacy class through the nine steps', async () => {
			const { upgrades } = truthOf({ facts: loaded.facts, period });
			const { steps: rows } = await upgradeFunnel(
				loaded.client,
				parametersOf(loaded[which], period)
			);
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
		});
	});
});
