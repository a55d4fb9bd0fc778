import type { ClickHouseClient } from '@clickhouse/client';
import { expect } from 'vitest';
import { PROVIDERS } from '../../collector/domain/providers.ts';
import type { Fact } from '../../simulator/facts.ts';
import { stateOf, type KnownCredential } from '../../simulator/truth-ledger.ts';
import {
	dayOf,
	truthOf,
	type ClientFilter,
	type Period,
	type Share,
	type Truth
} from '../../simulator/truth.ts';
import { parseFilters, shiftDay, type LeftOut } from '../../src/lib/filters.ts';
import { answerKpis, type KpiResult } from '../../src/lib/server/kpis/answer-kpis.ts';
import { decidedOf, seenOf } from '../../src/lib/server/kpis/coverage.ts';
import { KPI_IDS } from '../../src/lib/server/kpis/registry.ts';
import { queryAdoptionPrompts } from '../../src/lib/server/queries/adoption-prompts.ts';
import {
	queryCeremonyCauses,
	queryCeremonyOutcomes
} from '../../src/lib/server/queries/ceremony-facets.ts';
import { CROSS_DEVICE_STEPS, queryCrossDevice } from '../../src/lib/server/queries/cross-device.ts';
import { readCrossDevicePhones } from '../../src/lib/server/queries/cross-device-phones.ts';
import { queryEnrolmentCohorts } from '../../src/lib/server/queries/enrolment-cohorts.ts';
import { readEnrolmentFunnel } from '../../src/lib/server/queries/enrolment-funnel.ts';
import { ENROLMENT_STEPS } from '../../src/lib/server/queries/enrolment-sql.ts';
import { parseGap, readGapUsers } from '../../src/lib/server/queries/funnel-gaps.ts';
import { readFlagChanges } from '../../src/lib/server/queries/ledger-counts.ts';
import { readProviderCourse } from '../../src/lib/server/queries/provider-course.ts';
import { queryRemovalCourse } from '../../src/lib/server/queries/removal-course.ts';
import { readRetention } from '../../src/lib/server/queries/passkey-retention.ts';
import {
	queryRisk,
	queryRiskCourse,
	querySharedVisits
} from '../../src/lib/server/queries/risk.ts';
import { querySigninFunnel, SIGNIN_STEPS } from '../../src/lib/server/queries/signin-funnel.ts';
import { queryDailyActivity, sumActivity } from '../../src/lib/server/queries/daily-activity.ts';
import { queryStrandedUsers } from '../../src/lib/server/queries/stranded-users.ts';
import { querySyncCoverage } from '../../src/lib/server/queries/sync-coverage.ts';
import { readSyncInventory } from '../../src/lib/server/queries/sync-inventory.ts';
import { UPGRADE_STEPS, upgradeFunnel } from '../../src/lib/server/queries/upgrade-funnel.ts';

/** What is asked of the database, and what truly happened there. */
export interface Asked {
	client: ClickHouseClient;
	project: string;
	facts: readonly Fact[];
	period: Period;
	filter?: ClientFilter;
}

const DAY_MS = 86_400_000;
/** Clocks that nobody measured are corrected to within network time. */
const CLOCK_MS = 5_000;

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

const isNarrow = (filter: ClientFilter = {}) => Object.values(filter).some(Boolean);

/** Figures that the filter's truth can be told of. */
export const idsUnder = (filter: ClientFilter | undefined): string[] =>
	KPI_IDS.filter((id) => !isNarrow(filter) || !OF_CREDENTIALS.includes(id));

/** What a query takes. */
const parametersOf = ({ project, period, filter = {} }: Asked) => ({
	project,
	...period,
	ecosystem: filter.ecosystem ?? '',
	platform: filter.os ?? '',
	browser: filter.browser ?? '',
	release: filter.release ?? '',
	application: ''
});

/** The same as a page's filters. */
export const filtersOf = (
	{ project, period: { from, to, zone = 'UTC' }, filter = {} }: Asked,
	without: '' | LeftOut = ''
) =>
	parseFilters(
		new URLSearchParams({
			...{ project, period: 'custom', from, to, compare: 'none', without },
			...{ ecosystem: filter.ecosystem ?? '', platform: filter.os ?? '' },
			...{ browser: filter.browser ?? '', release: filter.release ?? '' }
		}),
		{ projects: [{ id: project, timeZone: zone }] }
	);

/** Shares of the registry, by id. */
export function sharesOf(truth: Truth): Record<string, { numerator: number; denominator: number }> {
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
export function quantile(ascending: readonly number[], level: number): number | null {
	if (ascending.length === 0) return null;
	return ascending[Math.min(ascending.length - 1, Math.floor(level * ascending.length))]!;
}

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

/** Credentials and their owners as of the period's last day. */
export async function expectCredentials(asked: Asked) {
	const { sync, stranded, flagChanges } = truthOf(asked);
	const [row] = await querySyncCoverage(asked.client, parametersOf(asked));
	const { states } = await readSyncInventory(asked.client, parametersOf(asked));
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
	expect(Object.fromEntries(states.map((state) => [state.sync_state, state.credentials]))).toEqual(
		sync.states
	);
	await expectRisks(asked);
	const changed = await readFlagChanges(asked.client, parametersOf(asked));
	expect({
		seen: changed.seen,
		changes: Object.fromEntries(
			changed.changes.map(({ verdict, changes, credentials }) => [
				verdict,
				{ changes, credentials }
			])
		)
	}).toEqual(flagChanges);
	// The ledger keeps every system a passkey was ever used on, so only the present is exact.
	const present = asked.facts.at(-1)?.at;
	if (present !== undefined && asked.period.to !== dayOf(present)) return;
	const rows = await queryStrandedUsers(asked.client, parametersOf(asked));
	expect(
		Object.fromEntries(rows.map((row) => [`${row.holds.join(' ')} on ${row.system}`, row.users]))
	).toEqual(Object.fromEntries(Object.entries(stranded).map(([key, users]) => [key, users.size])));
}

/** Holders at each risk as of the period's last day, by the figures and by their course; in the simulation nobody shares a device. */
async function expectRisks(asked: Asked) {
	const holders = [...truthOf(asked).sync.held.values()];
	const single = holders.filter(({ length }) => length === 1).flat();
	const bound = single.filter((one) => stateOf(one) === 'device_bound').length;
	const ofOneProvider = (held: readonly KnownCredential[]) => {
		const [name, ...others] = new Set(held.map(({ aaguid }) => PROVIDERS[aaguid ?? '']?.name));
		return name !== undefined && others.length === 0;
	};
	const truth = {
		holders: holders.length,
		locked_out: bound,
		one_passkey: single.length - bound,
		one_provider: holders.filter(
			(held) =>
				held.length > 1 &&
				held.every((one) => ['synced', 'syncable'].includes(stateOf(one))) &&
				ofOneProvider(held)
		).length,
		legacy_only: holders.filter((held) => held.every(({ legacyClass }) => legacyClass)).length
	};
	expect(await queryRisk(asked.client, parametersOf(asked))).toEqual([truth]);
	const day = asked.period.to;
	const course = await queryRiskCourse(asked.client, { ...parametersOf(asked), days: [day] });
	expect(course).toEqual(holders.length > 0 ? [{ day, ...truth }] : []);
	const [removal] = await queryRemovalCourse(asked.client, { ...parametersOf(asked), days: [day] });
	const [figure] = await querySyncCoverage(asked.client, parametersOf(asked));
	expect([removal?.ready_users ?? 0, removal?.seen_users ?? 0]).toEqual([
		...[figure!.ready_users, figure!.seen_users]
	]);
	const [shared] = await querySharedVisits(asked.client, parametersOf(asked));
	expect(shared).toEqual({ visits: 0, users: 0 });
}

/** Usable credentials by provider stand as they truly were at the end of the first bucket, of one in the middle, and of the last: of a period with several. */
export async function expectProviderCourse(asked: Asked) {
	const { client, period: range } = asked;
	const course = await readProviderCourse(client, parametersOf(asked), {
		...{ range, firstDay: dayOf(asked.facts[0]!.at) }
	});
	const { buckets } = course;
	expect(buckets.length).toBeGreaterThan(4);
	for (const index of [0, Math.floor(buckets.length / 2), buckets.length - 1]) {
		const { counts, total } = buckets[index]!;
		const next = buckets[index + 1]?.day;
		const to = next ? shiftDay(next, -1) : range.to;
		const { usable } = truthOf({ ...asked, period: { from: range.from, to } }).sync;
		const byProvider = (list: { provider: string; credentials: number }[]) => {
			const sums: Record<string, number> = {};
			for (const { provider, credentials } of list)
				if (credentials > 0) sums[provider] = (sums[provider] ?? 0) + credentials;
			return sums;
		};
		expect(total).toBe(usable.length);
		expect(
			byProvider(
				course.providers.map(({ key, provider }) => ({
					provider,
					credentials: counts?.[key] ?? 0
				}))
			)
		).toEqual(
			byProvider(
				usable.map(({ aaguid }) => ({
					provider: PROVIDERS[aaguid ?? '']?.name ?? '',
					credentials: 1
				}))
			)
		);
	}
}

/** Everyone is followed from the first capable visit to the first use, in order; and by cohort. */
export async function expectEnrolment(asked: Asked, window_days: number) {
	const { client } = asked;
	const withinMs = window_days > 0 ? window_days * DAY_MS : Infinity;
	const { enrolment } = truthOf({ ...asked, withinMs });
	const parameters = { ...parametersOf(asked), window_days };
	const { steps, counts } = await readEnrolmentFunnel(client, parameters, { offers: true });
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
	if (isNarrow(asked.filter)) return;
	for (const [cohort, expected] of [
		['release', enrolment.byRelease],
		['week', enrolment.byWeek]
	] as const) {
		const rows = await queryEnrolmentCohorts(client, {
			...parameters,
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
		).toEqual(expected);
	}
}

/** Who stays with the passkey they created, cohort by cohort and week by week. */
export async function expectRetention(asked: Asked) {
	const { retention } = truthOf(asked);
	const rows = await readRetention(asked.client, parametersOf(asked));
	const shown = rows.map(({ cohort, users, weeks }) => {
		const known = weeks.flatMap((week, index) =>
			week && week.came > 0 ? [[index + 1, week] as const] : []
		);
		return [cohort, { users, weeks: Object.fromEntries(known) }] as const;
	});
	expect(Object.fromEntries(shown)).toEqual(retention);
}

/** As many users as truly stopped before each step of each funnel are listed behind its gap, and as many attempts. */
export async function expectGaps(asked: Asked) {
	const { enrolment, upgrades, signinFunnel, crossDevice } = truthOf(asked);
	for (const [index, step] of ENROLMENT_STEPS.entries())
		if (index > 0) await expectGap(asked, { funnel: 'enrolment', step }, at(enrolment, index));

	const [widest] = upgrades.toSorted((a, b) => b.depths.size - a.depths.size);
	for (const [index, step] of UPGRADE_STEPS.entries()) {
		if (index === 0 || !widest) continue;
		const { ecosystem, legacyClass } = widest;
		const funnel = { funnel: 'upgrade', step, of: ecosystem, class: legacyClass };
		await expectGap(asked, funnel, at(widest, index));
	}

	const { counts, usersAt } = signinFunnel;
	for (const [index, step] of SIGNIN_STEPS.entries()) {
		if (index === 0) continue;
		const attempts = counts[SIGNIN_STEPS[index - 1]!]! - counts[step]!;
		const found = await expectGap(asked, { funnel: 'signin', step }, usersAt[index]!.size);
		expect(found.all_attempts + found.unnamed, step).toBe(attempts);
	}

	for (const [index, step] of CROSS_DEVICE_STEPS.entries()) {
		if (index === 0) continue;
		const attempts = crossDevice.steps[index - 1]! - crossDevice.steps[index]!;
		const users = crossDevice.usersAt[index]!.size;
		const found = await expectGap(asked, { funnel: 'cross-device', step }, users);
		expect(found.all_attempts + found.unnamed, step).toBe(attempts);
	}
}

const at = ({ depths }: { depths: Map<string, number> }, index: number) =>
	depths.values().reduce((users, depth) => users + (depth === index ? 1 : 0), 0);

async function expectGap(asked: Asked, address: Record<string, string>, users: number) {
	const search = new URLSearchParams(address);
	const found = await readGapUsers({
		...{ client: asked.client, filters: filtersOf(asked), search },
		gap: parseGap(search)!
	});
	expect(found.total, search.toString()).toBe(users);
	const listed = new Set(found.users.map(({ user_hash }) => user_hash));
	expect(listed.size, search.toString()).toBe(Math.min(users, 500));
	return found;
}

/** Every attempt at signing in is followed, fallbacks included. */
export async function expectSignins(asked: Asked, window_minutes: number) {
	const withinMs = window_minutes > 0 ? window_minutes * 60_000 : Infinity;
	const { signinFunnel } = truthOf({ ...asked, withinMs });
	const [row] = await querySigninFunnel(asked.client, {
		...parametersOf(asked),
		window_minutes
	});
	const { median_ms, p90_ms, ...counts } = row!;
	expect(counts).toEqual(signinFunnel.counts);
	expectTimes({ median_ms, p90_ms }, signinFunnel.gaps);
}

/** Every ceremony is followed across devices. */
export async function expectCrossDevice(asked: Asked, window_days: number) {
	const withinMs = window_days > 0 ? window_days * DAY_MS : Infinity;
	const { crossDevice } = truthOf({ ...asked, withinMs });
	const [whole] = await queryCrossDevice(asked.client, { ...parametersOf(asked), window_days });
	expect(CROSS_DEVICE_STEPS.map((step) => whole![step])).toEqual(crossDevice.steps);
	expectTimes(whole!, crossDevice.gaps);
	const { phones, turns } = await readCrossDevicePhones(asked.client, {
		...parametersOf(asked),
		window_days
	});
	expect(
		Object.fromEntries(phones.map((row) => [`${row.platform} ${row.phone}`, row.answered]))
	).toEqual(crossDevice.phones);
	expect(Object.fromEntries(turns.map((row) => [row.turn, row.answered]))).toEqual(
		crossDevice.turns
	);
	expect(turns.reduce((sum, { offered_here }) => sum + offered_here, 0)).toBe(
		crossDevice.offeredHere
	);
}

/** Every legacy class is followed through the nine steps. */
export async function expectUpgrades(asked: Asked, window_days: number) {
	const withinMs = window_days > 0 ? window_days * DAY_MS : Infinity;
	const { upgrades } = truthOf({ ...asked, withinMs });
	const { steps: rows, outcomes } = await upgradeFunnel(asked.client, {
		...parametersOf(asked),
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
		Object.fromEntries(upgrades.map((row) => [`${row.ecosystem} ${row.legacyClass}`, row.users]))
	);
	expect(
		outcomes.map((row) => ({
			of: `${row.ecosystem} ${row.legacy_class}`,
			blocked: row.already_registered_attempts,
			blockedUsers: row.already_registered_users,
			notSyncedUsers: row.created_not_synced_users,
			automatic: row.automatic_attempts,
			automaticMade: row.automatic_created,
			automaticNotEligible: row.automatic_not_eligible
		}))
	).toEqual(
		upgrades
			.map((row) => ({ of: `${row.ecosystem} ${row.legacyClass}`, ...row.traps }))
			.toSorted((a, b) => (a.of < b.of ? -1 : 1))
	);
}
