import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { capabilities, ceremony } from '../testing/sample-events.ts';
import { queryUpgradeCoverage } from './upgrade-coverage.ts';
import { upgradeFunnel } from './upgrade-funnel.ts';

const project = 'outcomes';
const filters = {
	project,
	from: '2026-11-01',
	to: '2026-11-30',
	ecosystem: '',
	platform: '',
	application: ''
};

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
});
afterAll(() => database.close());

const device = { project_id: project, client_ecosystem: 'microsoft', os_name: 'Windows' };
const hello = { backup_eligible: false, backup_state: false, legacy_class: 'windows_hello' };

function helloSignIn(user_hash: number, at = '2026-11-02 10:00') {
	return ceremony(
		{ ...device, user_hash },
		{
			at,
			type: 'authentication',
			end: { credential_hash: 1000 + user_hash, ...hello },
			verdict: { verified: true }
		}
	);
}

describe('the outcomes beside the steps', () => {
	it('tells why each user is where they are', async () => {
		const create = (user_hash: number, end: Record<string, unknown>, request = {}) =>
			ceremony(
				{ ...device, user_hash },
				{ at: '2026-11-03 10:00', type: 'registration', end, request }
			);
		await database.insert([
			// 1: another device-bound credential.
			...helloSignIn(1),
			...create(1, { credential_hash: 2001, ...hello }),
			// 2: excludeCredentials turned them away.
			...helloSignIn(2),
			...create(2, { error_name: 'InvalidStateError', cause: 'already_registered' }),
			// 3: an automatic create that the browser did not take, and one it took.
			...helloSignIn(3),
			...create(
				3,
				{ error_name: 'NotAllowedError', cause: 'conditional_not_eligible' },
				{ mediation: 'conditional' }
			),
			...create(
				3,
				{ credential_hash: 2003, backup_eligible: true, backup_state: true },
				{ mediation: 'conditional' }
			),
			// 4: had a synced passkey before.
			...ceremony(
				{ ...device, user_hash: 4 },
				{
					at: '2026-11-01 10:00',
					type: 'registration',
					end: { credential_hash: 2004, backup_eligible: true, backup_state: true }
				}
			),
			...helloSignIn(4),
			// 5: the client cannot; 6: no client told.
			...helloSignIn(5),
			capabilities({ ...device, user_hash: 5 }, '2026-11-02 10:00', false),
			...helloSignIn(6)
		]);

		await database.rollUp(filters.project);
		const { outcomes } = await upgradeFunnel(database.client, filters);
		expect(outcomes).toEqual([
			{
				ecosystem: 'microsoft',
				legacy_class: 'windows_hello',
				users: 6,
				has_synced_users: 1,
				cannot_sync_users: 1,
				unknown_users: 1,
				created_not_synced_users: 1,
				already_registered_users: 1,
				already_registered_attempts: 1,
				automatic_attempts: 2,
				automatic_created: 1,
				automatic_not_eligible: 1
			}
		]);
	});
});

describe('queryUpgradeCoverage', () => {
	it('counts what had a verdict and a user', async () => {
		const of = { project_id: 'coverage', user_hash: 1 };
		const unnamed = { project_id: 'coverage' };
		await database.insert([
			...ceremony(of, {
				at: '2026-11-02 10:00',
				type: 'authentication',
				verdict: { verified: true }
			}),
			...ceremony(unnamed, { at: '2026-11-02 11:00', type: 'authentication' }),
			...ceremony(of, { at: '2026-11-02 12:00', type: 'authentication', ends: false })
		]);
		expect(
			await queryUpgradeCoverage(database.client, { ...filters, project: 'coverage' })
		).toEqual([
			{ ceremonies: 3, responded: 2, with_verdict: 1, with_user: 1, password_signins: 0 }
		]);
	});
});
