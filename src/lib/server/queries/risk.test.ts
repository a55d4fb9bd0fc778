import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseFilters } from '../../filters.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony, revoked, type RawEvent, type Shared } from '../testing/sample-events.ts';
import { toParameters } from './filter-sql.ts';
import { readSharedCourse } from './read-risk-course.ts';
import { queryRemovalCourse } from './removal-course.ts';
import { queryRisk, queryRiskCourse, querySharedVisits } from './risk.ts';
import { querySyncCoverage } from './sync-coverage.ts';
import { readUserGroup } from './user-groups.ts';

const PROJECT = 'risk';

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
	await database.insert([
		// 1: one device-bound from the 1st; on the 5th a synced one beside it.
		...registered({ user: 1, credential: 11, at: '2026-11-01 10:00', be: false }),
		...registered({ user: 1, credential: 12, at: '2026-11-05 10:00' }),
		// 2: one synced, and one elsewhere until it was revoked on the 4th.
		...registered({ user: 2, credential: 21, at: '2026-11-01 10:00' }),
		...registered({ user: 2, credential: 22, at: '2026-11-01 11:00', provider: 'onepassword' }),
		revoked({ project_id: PROJECT, user_hash: 2 }, '2026-11-04 10:00', 22),
		// 3: two with one provider, in a visit in which user 1 was too.
		...registered({ user: 3, credential: 31, at: '2026-11-01 10:00', session: SHARED }),
		...registered({ user: 3, credential: 32, at: '2026-11-01 11:00' }),
		...registered({
			user: 1,
			credential: 12,
			at: '2026-11-05 11:00',
			session: SHARED,
			type: 'authentication'
		}),
		// 4: one that U2F made.
		...registered({ user: 4, credential: 41, at: '2026-11-05 10:00', be: false, legacy: 'u2f' })
	]);
});
afterAll(() => database.close());

const SHARED = randomUUID();

interface Registered {
	user: number;
	credential: number;
	at: string;
	be?: boolean;
	provider?: string;
	legacy?: string;
	session?: string;
	type?: 'registration' | 'authentication';
}

function registered(of: Registered): RawEvent[] {
	const { be = true, type = 'registration', session = randomUUID() } = of;
	const shared: Shared = { project_id: PROJECT, user_hash: of.user };
	const events = ceremony(shared, {
		at: of.at,
		type,
		end: {
			credential_hash: of.credential,
			backup_eligible: be,
			backup_state: be,
			provider: of.provider ?? 'apple_passwords',
			credential_ecosystem: 'apple',
			...(of.legacy && { legacy_class: of.legacy })
		},
		verdict: { verified: true }
	});
	return events.map((event) => ({ ...event, session_id: session }));
}

const filters = parseFilters(
	new URLSearchParams({ project: PROJECT, period: 'custom', from: '2026-11-01', to: '2026-11-06' }),
	{ projects: [{ id: PROJECT, timeZone: 'UTC' }] }
);

it('counts who is at which risk, then and now, and lists them', async () => {
	const now = { holders: 4, locked_out: 1, one_passkey: 1, one_provider: 1, legacy_only: 1 };
	const parameters = toParameters(filters);
	expect(await queryRisk(database.client, parameters)).toEqual([now]);
	const days = ['2026-11-02', '2026-11-04', '2026-11-06'];
	expect(await queryRiskCourse(database.client, { ...parameters, days })).toEqual([
		{ ...now, day: days[0], holders: 3, one_passkey: 0, legacy_only: 0 },
		{ ...now, day: days[1], holders: 3, legacy_only: 0 },
		{ ...now, day: days[2] }
	]);
	for (const which of ['locked_out', 'one_passkey', 'one_provider', 'legacy_only']) {
		const group = { group: 'risk', which, holds: '' } as const;
		expect(await readUserGroup({ client: database.client, filters, group })).toMatchObject({
			total: 1
		});
	}
});

it('hints at a device of several users by their visit', async () => {
	expect(await querySharedVisits(database.client, toParameters(filters))).toEqual([
		{ visits: 1, users: 2 }
	]);
	const group = { group: 'shared-device', which: '', holds: '' } as const;
	const { total } = await readUserGroup({ client: database.client, filters, group });
	expect(total).toBe(2);
});

it('says on which days several users’ passkeys answered in one visit', async () => {
	const firstDay = '2026-11-01';
	const course = await readSharedCourse({ client: database.client, filters, firstDay });
	const none = { visits: 0, users: 0 };
	expect(course).toEqual([
		...['01', '02', '03', '04'].map((day) => ({ day: `2026-11-${day}`, ...none })),
		{ day: '2026-11-05', visits: 1, users: 2 },
		{ day: '2026-11-06', ...none }
	]);
	const later = { client: database.client, filters, firstDay: '2026-11-03' };
	expect((await readSharedCourse(later))[1]).toEqual({
		day: '2026-11-02',
		visits: null,
		users: null
	});
});

it('follows who could drop the password day by day as the figure has it, and lists them', async () => {
	const parameters = toParameters(filters);
	const days = ['2026-11-01', '2026-11-04', '2026-11-05', '2026-11-06'];
	const course = await queryRemovalCourse(database.client, { ...parameters, days });
	for (const { day, ready_users, seen_users } of course) {
		const [figure] = await querySyncCoverage(database.client, { ...parameters, to: day });
		expect([day, figure!.ready_users, figure!.seen_users]).toEqual([day, ready_users, seen_users]);
	}
	// 1 signed in on the 5th with the second of two.
	expect(course.map(({ ready_users }) => ready_users)).toEqual([0, 0, 1, 1]);
	for (const [which, total] of [
		['ready', 1],
		['not_ready', 3]
	] as const) {
		const group = { group: 'password-removal', which, holds: '' } as const;
		expect(await readUserGroup({ client: database.client, filters, group })).toMatchObject({
			total
		});
	}
});
