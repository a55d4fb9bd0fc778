import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony, rawEvent, revoked, type RawEvent } from '../testing/sample-events.ts';
import { querySyncCoverage } from './sync-coverage.ts';
import { readSyncInventory } from './sync-inventory.ts';
import {
	cumulateSyncStates,
	querySyncCoverageCourse,
	querySyncStateChanges
} from './sync-states-over-time.ts';

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
});
afterAll(() => database.close());

let projects = 0;

async function written(story: (project_id: string) => RawEvent[]) {
	const project = `sync-${++projects}`;
	await database.insert(story(project));
	await database.rollUp(project);
	return {
		project,
		from: '2026-11-01',
		to: '2026-11-05',
		ecosystem: '',
		platform: '',
		application: ''
	};
}

interface Passkey {
	user?: number;
	at?: string;
	be?: boolean | null;
	bs?: boolean | null;
	ecosystem?: string;
	os?: string;
	provider?: string;
	type?: 'registration' | 'authentication';
	verified?: boolean;
}

/** A ceremony that tells of credential `hash`. */
function passkey(project_id: string, hash: number, of: Passkey = {}) {
	const { user = 0, at = '2026-11-01 10:00', be = true, bs = true, ecosystem = 'apple' } = of;
	return ceremony(
		{ project_id, user_hash: user, os_name: of.os ?? 'iOS', client_ecosystem: ecosystem },
		{
			at,
			type: of.type ?? 'registration',
			end: {
				credential_hash: hash,
				backup_eligible: be,
				backup_state: bs,
				credential_ecosystem: ecosystem,
				provider: of.provider ?? 'Apple Passwords'
			},
			verdict: { verified: of.verified ?? true }
		}
	);
}

describe('querySyncCoverage', () => {
	it('is one row of zeros without data', async () => {
		const parameters = await written(() => []);
		const [row, ...others] = await querySyncCoverage(database.client, parameters);
		expect(others).toEqual([]);
		expect(row).toMatchObject({ credentials: 0, passkey_users: 0, seen_users: 0 });
	});

	it('counts credentials by BE and BS and users by their credentials', async () => {
		const parameters = await written((p) => [
			...passkey(p, 11, { user: 1 }),
			...passkey(p, 12, { user: 1, be: false, bs: false, ecosystem: 'security_key' }),
			...passkey(p, 21, { user: 2, be: false, bs: false, ecosystem: 'microsoft' }),
			...passkey(p, 31, { user: 3, bs: false, ecosystem: 'unknown' }),
			...passkey(p, 32, { user: 3, be: null, bs: null, ecosystem: 'unknown' }),
			...passkey(p, 41),
			rawEvent(
				{ project_id: p, user_hash: 5, os_name: 'iOS' },
				'client.capabilities',
				'2026-11-01 10:00'
			)
		]);
		expect(await querySyncCoverage(database.client, parameters)).toEqual([
			{
				credentials: 6,
				flags_known: 5,
				eligible: 3,
				backed_up: 2,
				unowned: 1,
				tests: 0,
				synthetic: 0,
				ready_users: 0,
				passkey_users: 3,
				covered_users: 1,
				locked_out_users: 1,
				seen_users: 4,
				reach_none: 1,
				reach_one: 2,
				reach_many: 1
			}
		]);
	});

	it('leaves out what the server refused and what was revoked by the last day, and not what was revoked later', async () => {
		const parameters = await written((p) => [
			...passkey(p, 1, { user: 1, verified: false }),
			...passkey(p, 2, { user: 2 }),
			revoked({ project_id: p, user_hash: 2 }, '2026-11-04 10:00', 2),
			...passkey(p, 3, { user: 3 }),
			revoked({ project_id: p, user_hash: 3 }, '2026-11-06 10:00', 3),
			...passkey(p, 4, { user: 4, at: '2026-11-06 10:00' })
		]);
		const [row] = await querySyncCoverage(database.client, parameters);
		expect(row).toMatchObject({ credentials: 1, passkey_users: 1, covered_users: 1 });
	});

	it('takes the flags of the period’s last day, not those a later use brought', async () => {
		const parameters = await written((p) => [
			...passkey(p, 1, { user: 1, bs: false }),
			...passkey(p, 1, { user: 1, at: '2026-11-08 10:00', type: 'authentication' })
		]);
		const coverage = async (to: string) =>
			(await querySyncCoverage(database.client, { ...parameters, to }))[0];
		expect(await coverage('2026-11-05')).toMatchObject({ covered_users: 0, passkey_users: 1 });
		expect(await coverage('2026-11-08')).toMatchObject({ covered_users: 1, passkey_users: 1 });
	});

	it('judges lock-out by all credentials of a user, those outside the filters too', async () => {
		const parameters = await written((p) => [
			...passkey(p, 1, { user: 1, be: false, bs: false, ecosystem: 'microsoft', os: 'Windows' }),
			...passkey(p, 2, { user: 1, ecosystem: 'apple' }),
			...passkey(p, 3, { user: 2, be: false, bs: false, ecosystem: 'microsoft', os: 'Windows' })
		]);
		const [row] = await querySyncCoverage(database.client, {
			...parameters,
			ecosystem: 'microsoft'
		});
		expect(row).toMatchObject({ passkey_users: 2, covered_users: 0, locked_out_users: 1 });
	});
});

describe('the groupings', () => {
	it('name states, providers and systems, a credential used on two systems in both', async () => {
		const parameters = await written((p) => [
			...passkey(p, 1, { user: 1 }),
			...passkey(p, 1, { user: 1, os: 'macOS', type: 'authentication' }),
			...passkey(p, 2, { user: 1, be: false, bs: false, provider: '', ecosystem: 'unknown' }),
			...passkey(p, 3, { user: 2, be: false, bs: true }),
			...passkey(p, 4, { user: 3, be: false, bs: false }),
			...passkey(p, 4, { user: 3, at: '2026-11-02 10:00', type: 'authentication' })
		]);
		const { states, providers, platforms } = await readSyncInventory(database.client, parameters);
		expect(Object.fromEntries(states.map((row) => [row.sync_state, row]))).toMatchObject({
			synced: { credentials: 2, users: 2, eligibility_changed: 1, flags_illegal: 0 },
			device_bound: { credentials: 1, users: 1 },
			illegal: { credentials: 1, users: 1, flags_illegal: 1 }
		});
		expect(providers).toMatchObject([
			{ provider: 'Apple Passwords', ecosystem: 'apple', credentials: 3, synced: 2, illegal: 1 },
			{ provider: '', ecosystem: 'unknown', credentials: 1, device_bound: 1 }
		]);
		expect(platforms).toEqual([
			{ platform: 'iOS', provider: '', credentials: 1, synced: 0 },
			{ platform: 'iOS', provider: 'Apple Passwords', credentials: 3, synced: 2 },
			{ platform: 'macOS', provider: 'Apple Passwords', credentials: 1, synced: 1 }
		]);
	});
});

describe('sync states over time', () => {
	it('move with the flags, come in with the credential and go with its revocation', async () => {
		const parameters = await written((p) => [
			// There before the period, synced on its second day.
			...passkey(p, 1, { at: '2026-10-01 10:00', bs: false }),
			...passkey(p, 1, { at: '2026-11-02 10:00', type: 'authentication' }),
			// Twice on one day: the last flags count.
			...passkey(p, 2, { at: '2026-11-03 10:00', bs: false }),
			...passkey(p, 2, { at: '2026-11-03 11:00', type: 'authentication' }),
			// Flags unknown at first, revoked on the fourth day.
			...passkey(p, 3, { at: '2026-11-01 10:00', be: null, bs: null }),
			...passkey(p, 3, { at: '2026-11-02 10:00', be: false, bs: false, type: 'authentication' }),
			revoked({ project_id: p, user_hash: 3 }, '2026-11-04 10:00', 3),
			// After the period.
			...passkey(p, 4, { at: '2026-11-06 10:00' })
		]);
		const changes = await querySyncStateChanges(database.client, parameters);
		const days = cumulateSyncStates({ changes, range: parameters });
		const shown = days.map(({ day, counts }) => [
			day.slice(8),
			counts.synced,
			counts.syncable,
			counts.device_bound,
			counts.unknown
		]);
		expect(shown).toEqual([
			['01', 0, 1, 0, 1],
			['02', 1, 0, 1, 0],
			['03', 2, 0, 1, 0],
			['04', 2, 0, 0, 0],
			['05', 2, 0, 0, 0]
		]);
	});

	it('end where the figures of the last day stand', async () => {
		const parameters = await written((p) => [
			...passkey(p, 1, { user: 1 }),
			...passkey(p, 2, { user: 1, be: false, bs: false }),
			...passkey(p, 3, { user: 2, verified: false })
		]);
		const changes = await querySyncStateChanges(database.client, parameters);
		const last = cumulateSyncStates({ changes, range: parameters }).at(-1);
		const { states } = await readSyncInventory(database.client, parameters);
		for (const { sync_state, credentials } of states)
			expect(last?.counts[sync_state]).toBe(credentials);
	});

	it('give sync coverage of each day, as the figure has it when that day is the last', async () => {
		const parameters = await written((p) => [
			...passkey(p, 1, { user: 1, at: '2026-11-01 10:00', bs: false }),
			...passkey(p, 1, { user: 1, at: '2026-11-03 10:00', type: 'authentication' }),
			...passkey(p, 2, { user: 2, at: '2026-11-02 10:00' }),
			...passkey(p, 3, { user: 2, at: '2026-11-02 10:00', be: false, bs: false }),
			revoked({ project_id: p, user_hash: 2 }, '2026-11-04 10:00', 2)
		]);
		const days = ['01', '02', '03', '04', '05'].map((day) => `2026-11-${day}`);
		const course = await querySyncCoverageCourse(database.client, { ...parameters, days });
		expect(
			course.map(({ passkey_users, covered_users }) => [passkey_users, covered_users])
		).toEqual([
			[1, 0],
			[2, 1],
			[2, 2],
			[2, 1],
			[2, 1]
		]);
		for (const { day, ...counts } of course) {
			const [figure] = await querySyncCoverage(database.client, { ...parameters, to: day });
			expect(figure).toMatchObject(counts);
		}
	});
});
