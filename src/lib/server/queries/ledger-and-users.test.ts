import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import {
	capabilities,
	ceremony,
	passwordSignIn,
	promptShown,
	revoked,
	type RawEvent,
	type Shared
} from '../testing/sample-events.ts';
import { queryCredentialHistory } from './credential-history.ts';
import { queryUserStates } from './user-state.ts';

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
});
afterAll(() => database.close());

let projects = 0;

/** Written in order, or backwards and twice: the answers must not tell which. */
async function written(story: (project_id: string) => RawEvent[], disorder = false) {
	const project = `ledger-${++projects}`;
	const events = story(project);
	if (disorder) {
		await database.insert(events.toReversed().filter((_, index) => index % 2 === 0));
		await database.insert(events.toReversed());
	} else await database.insert(events);
	return project;
}

interface Sight {
	at: string;
	os?: string;
	be?: boolean;
	bs?: boolean;
	/** What the server read, where it differs. */
	serverBs?: boolean;
	zero?: boolean;
	attachment?: string;
	provider?: string;
	reason?: string;
}

function sight(shared: Shared, hash: number, type: 'registration' | 'authentication', of: Sight) {
	const { be = true, bs = true } = of;
	return ceremony(
		{ ...shared, os_name: of.os ?? 'iOS', client_ecosystem: 'apple' },
		{
			at: of.at,
			type,
			end: {
				credential_hash: hash,
				backup_eligible: be,
				backup_state: bs,
				authenticator_attachment: of.attachment ?? 'platform',
				...(of.zero !== undefined && { sign_count_zero: of.zero }),
				...(of.provider && { provider: of.provider })
			},
			verdict: {
				verified: !of.reason,
				...(of.reason && { verdict_reason: of.reason }),
				...(of.serverBs !== undefined && { backup_state: of.serverBs })
			}
		}
	);
}

describe.each([
	['in order', false],
	['backwards and twice', true]
])('the credential ledger, its events %s', (_, disorder) => {
	const historyOf = async (project: string, hash: number) => {
		const [history] = await queryCredentialHistory(database.client, {
			project,
			credential_hash: String(hash)
		});
		return history;
	};

	it('keeps every change of the flags with its time, and flags those WebAuthn forbids', async () => {
		const project = await written((project_id) => {
			const of = { project_id, user_hash: 1 };
			return [
				...sight(of, 5, 'registration', { at: '2026-10-30 23:59:59', bs: false }),
				...sight(of, 5, 'authentication', { at: '2026-11-01 10:00', bs: false }),
				...sight(of, 5, 'authentication', { at: '2026-11-02 10:00' }),
				...sight(of, 5, 'authentication', { at: '2026-11-03 10:00' }),
				...sight(of, 5, 'authentication', { at: '2026-11-04 10:00', bs: false }),
				...sight(of, 5, 'authentication', { at: '2026-11-05 10:00', be: false, bs: false }),
				...sight(of, 5, 'authentication', { at: '2026-11-06 10:00', be: false, bs: true })
			];
		}, disorder);
		const history = await historyOf(project, 5);
		expect(history?.changes.map(({ at, be, bs, verdict }) => [at, be, bs, verdict])).toEqual([
			['2026-10-31T00:00:02.000Z', true, false, 'first'],
			['2026-11-02T10:00:03.000Z', true, true, 'backed_up'],
			['2026-11-04T10:00:03.000Z', true, false, 'no_longer_backed_up'],
			['2026-11-05T10:00:03.000Z', false, false, 'eligibility_changed'],
			['2026-11-06T10:00:03.000Z', false, true, 'illegal']
		]);
		expect(history).toMatchObject({ observations: 7, forbidden_changes: 2 });
	});

	it('believes the server where page and server read different flags', async () => {
		const project = await written(
			(project_id) =>
				sight({ project_id }, 6, 'registration', {
					at: '2026-11-01 10:00',
					bs: true,
					serverBs: false
				}),
			disorder
		);
		expect((await historyOf(project, 6))?.changes).toMatchObject([
			{ be: true, bs: false, by_server: true }
		]);
	});

	it.each([
		['always_zero', [true, true]],
		['counting', [false, false]],
		['mixed', [true, false]],
		['unknown', [undefined, undefined]]
	] as const)('knows a counter that is %s', async (counter, zeros) => {
		const project = await written(
			(project_id) =>
				zeros.flatMap((zero, index) =>
					sight({ project_id }, 7, 'authentication', {
						at: `2026-11-0${index + 1} 10:00`,
						...(zero !== undefined && { zero })
					})
				),
			disorder
		);
		expect(await historyOf(project, 7)).toMatchObject({ counter, counter_regressions: 0 });
	});

	it('counts the times a counter went back, once a ceremony', async () => {
		const project = await written(
			(project_id) =>
				sight({ project_id }, 8, 'authentication', {
					at: '2026-11-01 10:00',
					reason: 'counter_regressed'
				}),
			disorder
		);
		expect((await historyOf(project, 8))?.counter_regressions).toBe(1);
	});

	it.each([
		['Apple Passwords', 'Windows', 'platform', ['Windows']],
		['Apple Passwords', 'macOS', 'platform', []],
		// A phone signs for the PC: no move.
		['Apple Passwords', 'Windows', 'cross-platform', []],
		['Windows Hello (hardware)', 'Android', 'platform', ['Android']],
		['1Password', 'Windows', 'platform', []],
		['', 'Windows', 'platform', []]
	])(
		'suspects a move of %j to %s by attachment %s: %j',
		async (provider, os, attachment, moves) => {
			const project = await written(
				(project_id) => [
					...sight({ project_id }, 9, 'registration', {
						at: '2026-11-01 10:00',
						os: provider.startsWith('Windows') ? 'Windows' : 'iOS',
						...(provider && { provider })
					}),
					...sight({ project_id }, 9, 'authentication', { at: '2026-11-02 10:00', os, attachment }),
					...sight({ project_id }, 9, 'authentication', { at: '2026-11-03 10:00', os, attachment })
				],
				disorder
			);
			const history = await historyOf(project, 9);
			expect(history?.moves).toEqual(
				moves.map((os_name) => ({ os_name, first_at: '2026-11-02T10:00:03.000Z' }))
			);
		}
	);
});

it('has no history of a credential nobody uses', async () => {
	const ask = { project: 'ledger-none', credential_hash: '1' };
	expect(await queryCredentialHistory(database.client, ask)).toEqual([]);
});

describe.each([
	['in order', false],
	['backwards and twice', true]
])('the state of a user, their events %s', (_, disorder) => {
	const recent = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
	const stateOf = async (project: string, user = 1) => {
		const [state] = await queryUserStates(database.client, {
			project,
			user_hashes: [String(user)]
		});
		return state;
	};

	it('tells what they hold, how they last signed in by each method, and how often they were asked', async () => {
		const project = await written((project_id) => {
			const of = { project_id, user_hash: 1, os_name: 'iOS' };
			return [
				capabilities(of, '2026-10-01 10:00', true),
				promptShown(of, '2026-10-01 10:01'),
				promptShown(of, '2026-10-08 10:01'),
				promptShown(of, '2026-10-08 10:02', { prompt_purpose: 'sign_in' }),
				passwordSignIn(of, '2026-10-01 10:00'),
				passwordSignIn(of, '2026-10-09 10:00'),
				passwordSignIn(of, '2026-10-10 10:00', 'failed'),
				...ceremony(of, {
					at: '2026-10-11 10:00',
					type: 'authentication',
					end: {
						credential_hash: 11,
						backup_eligible: false,
						backup_state: false,
						credential_ecosystem: 'microsoft',
						legacy_class: 'windows_hello'
					},
					verdict: { verified: true }
				})
			];
		}, disorder);
		expect(await stateOf(project)).toMatchObject({
			user_hash: '0000000000000001',
			first_seen_at: '2026-10-01T10:00:00.000Z',
			passkeys: 1,
			synced: 0,
			legacy_classes: ['windows_hello'],
			ecosystems: ['microsoft'],
			reach: 1,
			last_signin_by_method: {
				passkey: '2026-10-11T10:00:03.200Z',
				password: '2026-10-09T10:00:00.000Z'
			},
			prompts_seen: 2,
			lockout_risk: true
		});
	});

	it.each([
		['nothing', [], { passkeys: 0, reach: 0, lockout_risk: false, removal_ready: false }],
		[
			'one device-bound',
			[[false, 'microsoft']],
			{ reach: 1, lockout_risk: true, removal_ready: false }
		],
		['one synced', [[true, 'apple']], { reach: 1, lockout_risk: false, removal_ready: true }],
		[
			'two device-bound in two ecosystems',
			[
				[false, 'microsoft'],
				[false, 'security_key']
			],
			{ reach: 2, lockout_risk: false, removal_ready: true }
		],
		['one of an unknown ecosystem', [[true, 'unknown']], { reach: 1, removal_ready: true }]
	] as const)('weighs the risk of %s, used lately', async (_name, held, expected) => {
		const project = await written(
			(project_id) => [
				capabilities({ project_id, user_hash: 1 }, `${recent} 09:00`, true),
				...held.flatMap(([synced, credential_ecosystem], index) =>
					ceremony(
						{ project_id, user_hash: 1 },
						{
							at: `${recent} 10:00`,
							type: 'authentication',
							end: {
								credential_hash: 20 + index,
								backup_eligible: synced,
								backup_state: synced,
								credential_ecosystem
							},
							verdict: { verified: true }
						}
					)
				)
			],
			disorder
		);
		expect(await stateOf(project)).toMatchObject(expected);
	});

	it('forgets what was revoked, and what was not used for sixty days', async () => {
		const project = await written((project_id) => {
			const of = { project_id, user_hash: 1 };
			return [
				...sight(of, 31, 'authentication', { at: '2026-01-02 10:00' }),
				...sight(of, 32, 'authentication', { at: `${recent} 10:00` }),
				revoked(of, `${recent} 11:00`, 32)
			];
		}, disorder);
		expect(await stateOf(project)).toMatchObject({
			passkeys: 1,
			synced: 1,
			removal_ready: false
		});
	});
});
