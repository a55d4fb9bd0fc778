import { expect } from 'vitest';
import { truthOf } from '../../simulator/truth.ts';
import { CROSS_DEVICE_STEPS, queryCrossDevice } from '../../src/lib/server/queries/cross-device.ts';
import { readCrossDevicePhones } from '../../src/lib/server/queries/cross-device-phones.ts';
import { queryEnrolmentCohorts } from '../../src/lib/server/queries/enrolment-cohorts.ts';
import { readEnrolmentFunnel } from '../../src/lib/server/queries/enrolment-funnel.ts';
import { ENROLMENT_STEPS } from '../../src/lib/server/queries/enrolment-sql.ts';
import { parseGap, readGapUsers } from '../../src/lib/server/queries/funnel-gaps.ts';
import { readRetention } from '../../src/lib/server/queries/passkey-retention.ts';
import { querySigninFunnel, SIGNIN_STEPS } from '../../src/lib/server/queries/signin-funnel.ts';
import { UPGRADE_STEPS, upgradeFunnel } from '../../src/lib/server/queries/upgrade-funnel.ts';
import { filtersOf, isNarrow, parametersOf, quantile, type Asked } from './truth-asked.ts';

const DAY_MS = 86_400_000;
/** Clocks that nobody measured are corrected to within network time. */
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
