import { expect } from 'vitest';
import { PROVIDERS } from '../../collector/domain/providers.ts';
import { stateOf, type KnownCredential } from '../../simulator/truth-ledger.ts';
import { dayOf, truthOf } from '../../simulator/truth.ts';
import { shiftDay } from '../../src/lib/filters.ts';
import { readFlagChanges } from '../../src/lib/server/queries/ledger-counts.ts';
import { readProviderCourse } from '../../src/lib/server/queries/provider-course.ts';
import { queryRemovalCourse } from '../../src/lib/server/queries/removal-course.ts';
import {
	queryRisk,
	queryRiskCourse,
	querySharedVisits
} from '../../src/lib/server/queries/risk.ts';
import { queryStrandedUsers } from '../../src/lib/server/queries/stranded-users.ts';
import { querySyncCoverage } from '../../src/lib/server/queries/sync-coverage.ts';
import { readSyncInventory } from '../../src/lib/server/queries/sync-inventory.ts';
import { parametersOf, type Asked } from './truth-asked.ts';

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
