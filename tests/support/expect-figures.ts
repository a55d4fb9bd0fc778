import { expect } from 'vitest';
import { truthOf, type ClientFilter, type Share, type Truth } from '../../simulator/truth.ts';
import type { LeftOut } from '../../src/lib/filters.ts';
import { answerKpis, type KpiResult } from '../../src/lib/server/kpis/answer-kpis.ts';
import { decidedOf, seenOf } from '../../src/lib/server/kpis/coverage.ts';
import { KPI_IDS } from '../../src/lib/server/kpis/registry.ts';
import { queryAdoptionPrompts } from '../../src/lib/server/queries/adoption-prompts.ts';
import {
	queryCeremonyCauses,
	queryCeremonyOutcomes
} from '../../src/lib/server/queries/ceremony-facets.ts';
import { queryDailyActivity, sumActivity } from '../../src/lib/server/queries/daily-activity.ts';
import {
	filtersOf,
	isNarrow,
	parametersOf,
	quantile,
	sharesOf,
	type Asked
} from './truth-asked.ts';

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

/** Figures that the filter's truth can be told of. */
const idsUnder = (filter: ClientFilter | undefined): string[] =>
	KPI_IDS.filter((id) => !isNarrow(filter) || !OF_CREDENTIALS.includes(id));

/**
 * Every figure of the registry is the true fraction. One that is not collected counts as nothing of nothing.
 * `facts` are those that `without` leaves.
 */
export async function expectFigures(
	asked: Asked,
	{ without = '', ids = idsUnder(asked.filter) }: { without?: '' | LeftOut; ids?: string[] } = {}
) {
	const truth = truthOf(asked);
	const { kpis } = await answerKpis({
		client: asked.client,
		ids,
		filters: filtersOf(asked, without)
	});
	const shares = sharesOf(truth);
	const shown: Record<string, unknown> = {};
	const expected: Record<string, unknown> = {};
	for (const id of ids) {
		const result = kpis[id]!;
		if (!('answer' in result)) continue;
		const { numerator, denominator, notCollected } = result.answer;
		shown[id] = notCollected ? { numerator: 0, denominator: 0 } : { numerator, denominator };
		expected[id] = shares[id];
	}
	expect(shown).toEqual(expected);
	if (!without) expectContext(kpis, truth);
	if (!ids.includes('time_to_sign_in')) return { kpis, truth };
	const { times } = truth.kpis;
	expect(kpis['time_to_sign_in']).toMatchObject({
		duration: {
			count: times.length,
			p50: quantile(times, 0.5),
			p75: quantile(times, 0.75),
			p95: quantile(times, 0.95)
		}
	});
	return { kpis, truth };
}

/** What answers tell beside their fraction: autofill that nobody touched, and how much of the traffic was seen. */
function expectContext(kpis: Record<string, KpiResult>, { kpis: { untouched, shares } }: Truth) {
	const seen: Record<string, Share | undefined> = {
		[seenOf(undefined).of]: shares['telemetry_loss'],
		[decidedOf(undefined).of]: shares['verdict_coverage']
	};
	for (const [id, result] of Object.entries(kpis)) {
		const answer = 'answer' in result ? result.answer : result.duration;
		for (const { kind, count } of answer.excluded ?? [])
			if (kind === 'conditional_untouched') expect(count, id).toBe(untouched);
		const { of = '', ...coverage } = answer.coverage ?? {};
		if (seen[of]) expect(coverage, id).toEqual(seen[of]);
	}
}

/** Every ceremony is shown under its true outcome and cause. */
export async function expectOutcomes(asked: Asked) {
	const { outcomes, causes } = truthOf(asked);
	const parameters = {
		...parametersOf(asked),
		...({ outcome: 'all', cause: '', type: '', mediation: '', search: '' } as const)
	};
	const [byOutcome, byCause] = await Promise.all([
		queryCeremonyOutcomes(asked.client, parameters),
		queryCeremonyCauses(asked.client, parameters)
	]);
	expect(Object.fromEntries(byOutcome.map((row) => [row.outcome, row.ceremonies]))).toEqual(
		outcomes
	);
	expect(Object.fromEntries(byCause.map((row) => [row.cause, row.ceremonies]))).toEqual(causes);
}

/** Sign-ins by method, and refusals. */
export async function expectActivity(asked: Asked) {
	const truth = truthOf(asked);
	const activity = await queryDailyActivity(asked.client, {
		...parametersOf(asked),
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
		sumActivity(activity, ['registration', 'authentication', 'automatic_registration'], 'rejected')
	).toBe(truth.rejectionRate.numerator);
}

/** Prompts and the passkeys they led to, by their showing. */
export async function expectPrompts(asked: Asked) {
	const rows = await queryAdoptionPrompts(asked.client, parametersOf(asked));
	expect(
		Object.fromEntries(
			rows.map(({ showing_number, shown, accepted, dismissed, created }) => [
				showing_number,
				{ shown, accepted, dismissed, created }
			])
		)
	).toEqual(truthOf(asked).promptsByShowing);
}
