import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertDailyActivity, type Activity } from '../testing/insert-daily-activity.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import {
	ceremony,
	passwordSignIn,
	promptShown,
	revoked,
	uuidv7,
	type RawEvent
} from '../testing/sample-events.ts';
import { queryDailyActivity, sumActivity } from './daily-activity.ts';
import { queryKpiActivity } from './kpi-activity.ts';
import { queryKpiCeremonies } from './kpi-ceremonies.ts';
import { readCollected } from './kpi-collected.ts';
import { queryKpiEnrolledSignins } from './kpi-enrolled-signins.ts';
import { queryKpiPasskeyHolders } from './kpi-passkey-holders.ts';
import { queryKpiUsers } from './kpi-users.ts';
import { splitSpans, type Span, type SpanParameters } from './spans-sql.ts';
import type { Query } from '../define-query.ts';

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
});
afterAll(() => database.close());

let projects = 0;
const DAY = '2026-11-03';
const at = `${DAY} 10:00`;

function parametersOf(project: string) {
	return {
		project,
		from: '2026-11-02',
		to: '2026-11-08',
		ecosystem: '',
		platform: '',
		application: '',
		bucket: 'all' as 'all' | 'day' | 'week'
	};
}

async function withActivity(activities: Activity[]) {
	const project = `daily-${++projects}`;
	await insertDailyActivity(database.client, project, activities);
	return parametersOf(project);
}

async function withEvents(story: (project_id: string) => RawEvent[]) {
	const project = `events-${++projects}`;
	await database.insert(story(project));
	return parametersOf(project);
}

describe('queryDailyActivity', () => {
	it('adds up days of a bucket and narrows by every filter', async () => {
		const parameters = await withActivity([
			{ day: '2026-11-02', activity: 'signin', detail: 'password', occurrences: 3 },
			{ day: '2026-11-08', activity: 'signin', detail: 'password', occurrences: 4 },
			{ day: '2026-11-09', activity: 'signin', detail: 'password', occurrences: 100 },
			{
				day: '2026-11-08',
				activity: 'signin',
				detail: 'otp',
				occurrences: 5,
				os_name: 'Android',
				client_ecosystem: 'google',
				application: 'shop'
			}
		]);
		const asked = async (changes: Partial<typeof parameters>) =>
			sumActivity(
				await queryDailyActivity(database.client, { ...parameters, ...changes }),
				'signin'
			);
		expect(await asked({})).toBe(12);
		expect(await asked({ ecosystem: 'google' })).toBe(5);
		expect(await asked({ platform: 'iOS' })).toBe(7);
		expect(await asked({ application: 'shop' })).toBe(5);
		expect(await asked({ from: '2026-11-09', to: '2026-11-09' })).toBe(100);

		const weeks = await queryDailyActivity(database.client, {
			...parameters,
			to: '2026-11-09',
			bucket: 'week'
		});
		expect(weeks.map(({ bucket }) => bucket)).toEqual(['2026-11-02', '2026-11-02', '2026-11-09']);
	});
});

describe('queryKpiUsers', () => {
	it('counts each user once over days, and knows who is in two sets', async () => {
		const parameters = await withActivity([
			{ day: '2026-11-02', activity: 'seen', users: [1, 2, 3] },
			{ day: '2026-11-03', activity: 'seen', users: [3, 4] },
			{ day: '2026-11-03', activity: 'eligible', users: [1, 2] },
			{ day: '2026-11-03', activity: 'capability_told', users: [1, 2, 4] },
			{ day: '2026-11-03', activity: 'prompt_shown', detail: 'enroll', users: [1, 2] },
			{ day: '2026-11-04', activity: 'prompt_shown', detail: 'upgrade', users: [2, 3] },
			{ day: '2026-11-04', activity: 'prompt_shown', detail: 'sign_in', users: [9] },
			{ day: '2026-11-04', activity: 'registration', detail: 'succeeded', users: [1] },
			{ day: '2026-11-04', activity: 'registration', detail: 'cancelled', users: [2] },
			{ day: '2026-11-05', activity: 'automatic_registration', detail: 'succeeded', users: [4] }
		]);
		expect(await queryKpiUsers(database.client, parameters)).toEqual([
			{
				span: 'bucket',
				bucket: '2026-11-02',
				seen: 4,
				synthetic_seen: 0,
				eligible: 2,
				capability_unknown: 1,
				offered: 3,
				created: 2,
				test_created: 0,
				offered_or_created: 4
			}
		]);
	});
});

describe('queryKpiPasskeyHolders', () => {
	const passkey = (project_id: string, user: number, day: string, verified = true) =>
		ceremony(
			{ project_id, user_hash: user },
			{
				at: `${day} 10:00`,
				type: 'registration',
				end: { credential_hash: user * 10, backup_eligible: true, backup_state: true },
				verdict: { verified }
			}
		);

	it('counts users seen who hold a passkey at the end of each bucket', async () => {
		const parameters = await withEvents((project_id) => [
			...passkey(project_id, 1, '2026-10-01'),
			...passkey(project_id, 2, '2026-11-04'),
			...passkey(project_id, 3, '2026-11-04', false),
			...passkey(project_id, 4, '2026-10-01'),
			revoked({ project_id, user_hash: 4 }, '2026-11-05 10:00', 40),
			...passkey(project_id, 5, '2026-10-01')
		]);
		await insertDailyActivity(database.client, parameters.project, [
			{ day: '2026-11-03', activity: 'seen', users: [1, 2, 3, 4] },
			{ day: '2026-11-06', activity: 'seen', users: [2, 4, 7] }
		]);
		expect(await queryKpiPasskeyHolders(database.client, parameters)).toEqual([
			{ span: 'bucket', bucket: '2026-11-02', seen: 5, holders: 2, test_holders: 0 }
		]);
		expect(await queryKpiPasskeyHolders(database.client, { ...parameters, bucket: 'day' })).toEqual(
			[
				{ span: 'bucket', bucket: '2026-11-03', seen: 4, holders: 2, test_holders: 0 },
				{ span: 'bucket', bucket: '2026-11-06', seen: 3, holders: 1, test_holders: 0 }
			]
		);
	});

	it('is no row when nobody was seen', async () => {
		const parameters = await withEvents((project_id) => passkey(project_id, 1, '2026-11-03'));
		expect(await queryKpiPasskeyHolders(database.client, parameters)).toEqual([]);
	});
});

describe('queryKpiCeremonies', () => {
	const verified = { verified: true };

	it('tells verdicts, page records and times apart', async () => {
		const parameters = await withEvents((project_id) => {
			const shared = { project_id, client_ecosystem: 'apple', os_name: 'iOS' };
			const signIn = (scene = {}) => ceremony(shared, { at, type: 'authentication', ...scene });
			return [
				...signIn({ verdict: verified, elapsedMs: 2_000 }),
				...signIn({ verdict: verified, elapsedMs: 6_000 }),
				...signIn({ verdict: verified, elapsedMs: 90_000, request: { mediation: 'conditional' } }),
				...signIn({ verdict: { verified: false, verdict_reason: 'challenge_expired' } }),
				// No verdict came for this one; nobody touched the next; the last was only seen by the server.
				...signIn({ elapsedMs: 4_000 }),
				...signIn({ ends: false, request: { mediation: 'conditional' } }),
				...signIn({ end: { error_name: 'NotAllowedError', cause: 'user_cancelled' } }),
				...ceremony({ project_id }, { at, type: 'authentication', verdict: verified }).filter(
					({ event_type }) => event_type === 'ceremony.verdict'
				)
			];
		});
		await database.rollUp(parameters.project);
		const [row] = await queryKpiCeremonies(database.client, parameters);
		expect(row).toEqual({
			span: 'bucket',
			bucket: '2026-11-02',
			started: 7,
			verified: 4,
			dropped: 0,
			conditional_driven: 1,
			tests: 0,
			synthetic: 0,
			untouched: 1,
			pending: 0,
			asked: 6,
			overdue: 0,
			responded: 6,
			responded_decided: 5,
			refused: 1,
			cda_prompted: 0,
			cda_hinted: 0,
			cda_succeeded: 0,
			undecided: 1,
			completed: 5,
			completed_decided: 4,
			decided: 5,
			decided_seen: 4,
			...{ completed_tests: 0, completed_synthetic: 0, decided_tests: 0, decided_synthetic: 0 },
			timed: 3,
			untimed: 2,
			p50: 4_000,
			p75: 6_000,
			p95: 6_000
		});
	});

	it('tells an end after five minutes from one that never came, and a dialog of autofill from both', async () => {
		const { row } = await withCeremonies((shared) => [
			...ceremony(shared, { at, type: 'authentication', elapsedMs: 300_000 }),
			...ceremony(shared, { at, type: 'authentication', elapsedMs: 300_001 }),
			...ceremony(shared, { at, type: 'authentication', ends: false }),
			...ceremony(shared, { at, type: 'authentication', ends: false, verdict: verified }),
			...ceremony(shared, {
				at,
				type: 'authentication',
				elapsedMs: 600_000,
				request: { mediation: 'conditional' }
			})
		]);
		expect(row).toMatchObject({
			started: 5,
			dropped: 1,
			asked: 4,
			overdue: 2,
			conditional_driven: 1
		});
	});

	it('counts what is known of ceremonies across devices: answered there, asked for, or not reached', async () => {
		const hinted = { hints: ['hybrid'] };
		const { row } = await withCeremonies((shared) => [
			...ceremony(shared, {
				at,
				type: 'authentication',
				end: { cross_device: true },
				verdict: verified
			}),
			...ceremony(shared, {
				at,
				type: 'authentication',
				request: hinted,
				end: { cross_device: true },
				verdict: { verified: false, verdict_reason: 'challenge_expired' }
			}),
			...ceremony(shared, {
				at,
				type: 'authentication',
				request: hinted,
				end: { error_name: 'NotAllowedError', cause: 'user_cancelled' }
			}),
			...ceremony(shared, {
				at,
				type: 'authentication',
				end: { error_name: 'NotAllowedError', cause: 'hybrid_transport_failed' }
			}),
			// Asked for another device, and answered by this one.
			...ceremony(shared, { at, type: 'registration', request: hinted, verdict: verified }),
			...ceremony(shared, { at, type: 'authentication', verdict: verified })
		]);
		expect(row).toMatchObject({ cda_prompted: 5, cda_hinted: 3, cda_succeeded: 1 });
	});

	it('knows a virtual authenticator at its sign-ins, too, by its registration', async () => {
		const { row } = await withCeremonies((shared) => [
			...ceremony(shared, {
				at,
				type: 'registration',
				end: { credential_hash: 77, test_authenticator: true },
				verdict: verified
			}),
			...ceremony(shared, {
				at: `${DAY} 11:00`,
				type: 'authentication',
				end: { credential_hash: 77 },
				verdict: verified
			}),
			...ceremony({ ...shared, synthetic: true }, { at, type: 'authentication' })
		]);
		expect(row).toMatchObject({ started: 3, tests: 2, synthetic: 1 });
		expect(row).toMatchObject({ decided_tests: 2, completed_tests: 2, completed_synthetic: 1 });
	});

	it('leaves out virtual authenticators and simulated ceremonies where that is asked for', async () => {
		const shared = (project_id: string) => ({ project_id, user_hash: 5 });
		const parameters = await withEvents((project_id) => [
			...ceremony(shared(project_id), {
				at,
				type: 'registration',
				end: { credential_hash: 78, test_authenticator: true },
				verdict: verified
			}),
			...ceremony(shared(project_id), {
				at: `${DAY} 11:00`,
				type: 'authentication',
				end: { credential_hash: 78 },
				verdict: verified
			}),
			...ceremony({ project_id, synthetic: true }, { at, type: 'authentication' }),
			...ceremony({ project_id }, { at, type: 'authentication', verdict: verified })
		]);
		await database.rollUp(parameters.project);
		const asked = async (without: object) => {
			const [ceremonies] = await queryKpiCeremonies(database.client, { ...parameters, ...without });
			const [activity] = await queryKpiActivity(database.client, { ...parameters, ...without });
			const [holders] = await queryKpiPasskeyHolders(database.client, {
				...parameters,
				...without
			});
			return [
				ceremonies!.started,
				ceremonies!.decided,
				activity!.passkey_signins,
				holders!.seen,
				holders!.holders,
				holders!.test_holders
			];
		};
		expect(await asked({})).toEqual([4, 3, 3, 1, 1, 1]);
		expect(await asked({ without_synthetic: true })).toEqual([3, 3, 2, 1, 1, 1]);
		// Who was there stays: it is their passkey that is no real one.
		expect(await asked({ without_tests: true })).toEqual([2, 1, 2, 1, 0, 0]);
		expect(await asked({ without_tests: true, without_synthetic: true })).toEqual([
			1, 1, 1, 1, 0, 0
		]);
	});

	it('takes a page that was left for abandoned at once, and a verdict for more than that', async () => {
		const left = { client_outcome: 'abandoned', page_left: true };
		const { row } = await withCeremonies((shared) => [
			...ceremony(shared, { at, type: 'registration', end: left }),
			// Its start was lost on the way.
			...ceremony(shared, { at, type: 'registration', end: left }).slice(1),
			...ceremony(shared, { at, type: 'registration', end: left, verdict: verified })
		]);
		expect(row).toMatchObject({ started: 3, dropped: 2, overdue: 2, verified: 1, pending: 0 });
	});

	async function withCeremonies(story: (shared: { project_id: string }) => RawEvent[]) {
		const parameters = await withEvents((project_id) => story({ project_id }));
		await database.rollUp(parameters.project);
		const [row] = await queryKpiCeremonies(database.client, parameters);
		return { row };
	}

	it('asks for lost page records of the whole project, whatever the filters', async () => {
		const parameters = await withEvents((project_id) =>
			ceremony({ project_id }, { at, type: 'authentication', verdict: verified }).filter(
				({ event_type }) => event_type === 'ceremony.verdict'
			)
		);
		await database.rollUp(parameters.project);
		const [row] = await queryKpiCeremonies(database.client, { ...parameters, ecosystem: 'apple' });
		expect(row).toMatchObject({ started: 0, decided: 1, decided_seen: 0, p50: null });
	});

	it('is no row without ceremonies', async () => {
		expect(await queryKpiCeremonies(database.client, parametersOf('empty'))).toEqual([]);
	});
});

describe('queryKpiEnrolledSignins', () => {
	const hold = (project_id: string, user: number, credential_hash: number, time: string) =>
		ceremony(
			{ project_id, user_hash: user },
			{
				at: time,
				type: 'registration',
				end: { credential_hash, backup_eligible: true, backup_state: true },
				verdict: { verified: true }
			}
		);

	it('takes sign-ins of users who held a usable passkey at that moment, and of nobody else', async () => {
		const parameters = await withEvents((project_id) => {
			const signIn = (user: number, time: string, outcome = 'succeeded') =>
				passwordSignIn({ project_id, user_hash: user }, time, outcome);
			return [
				// Before, and after, their first passkey.
				...hold(project_id, 1, 10, `${DAY} 12:00`),
				signIn(1, `${DAY} 11:00`),
				signIn(1, `${DAY} 13:00`),
				signIn(1, `${DAY} 13:30`, 'failed'),
				// Before, and after, it was revoked.
				...hold(project_id, 2, 20, '2026-10-01 10:00'),
				revoked({ project_id, user_hash: 2 }, `${DAY} 12:00`, 20),
				signIn(2, `${DAY} 11:00`),
				signIn(2, `${DAY} 13:00`),
				// Never had one; nobody is named.
				signIn(3, `${DAY} 11:00`),
				signIn(0, `${DAY} 11:00`),
				// Outside the period.
				signIn(2, '2026-10-20 11:00')
			];
		});
		const rows = await queryKpiEnrolledSignins(database.client, parameters);
		expect(rows).toEqual([{ span: 'bucket', bucket: '2026-11-02', of_holders: 2, unnamed: 1 }]);
	});
});

describe('a query of spans', () => {
	const compared = { compared_from: '2026-10-26', compared_to: '2026-11-01' };
	const spans: Partial<SpanParameters> = {
		bucket: 'day',
		spans: ['bucket', 'whole', 'compared'],
		...compared
	};
	const queries: Query<SpanParameters, { span: Span; bucket: string }>[] = [
		queryKpiUsers,
		queryKpiPasskeyHolders,
		queryKpiCeremonies,
		queryKpiActivity,
		queryKpiEnrolledSignins
	];

	it('answers buckets, the period and the compared days at once as it does one by one', async () => {
		const parameters = await withEvents((project_id) =>
			['2026-10-25', '2026-10-26', '2026-11-01', '2026-11-03', '2026-11-05', '2026-11-09'].flatMap(
				(day, index) => [
					passwordSignIn({ project_id, user_hash: index + 1 }, `${day} 11:00`),
					...ceremony(
						{ project_id, user_hash: index + 1 },
						{
							at: `${day} 10:00`,
							type: 'authentication',
							elapsedMs: 1_000 * (index + 1),
							end: { credential_hash: index + 1, backup_eligible: true, backup_state: true },
							verdict: { verified: true }
						}
					)
				]
			)
		);
		await database.rollUp(parameters.project);
		const before = { ...parameters, from: compared.compared_from, to: compared.compared_to };
		for (const query of queries) {
			const all = splitSpans(await query(database.client, { ...parameters, ...spans }));
			const [whole] = await query(database.client, parameters);
			const [previous] = await query(database.client, before);
			expect(all.buckets).toEqual(await query(database.client, { ...parameters, bucket: 'day' }));
			expect(all.buckets).toHaveLength(2);
			expect(all.whole).toEqual({ ...whole, span: 'whole' });
			expect(all.compared).toEqual({ ...previous, span: 'compared' });
		}
	});

	it('finds a ceremony whose id was made by a clock years behind its corrected day', async () => {
		const parameters = await withEvents((project_id) =>
			ceremony(
				{ project_id },
				{
					at,
					type: 'authentication',
					verdict: { verified: true },
					id: uuidv7('2017-01-01 00:00')
				}
			)
		);
		await database.rollUp(parameters.project);
		const [row] = await queryKpiCeremonies(database.client, parameters);
		expect(row).toMatchObject({ verified: 1 });
	});
});

describe('readCollected', () => {
	it.each<[string, (project_id: string) => RawEvent[], Record<string, boolean>]>([
		['nothing', () => [], { users: false, offers: false, signins: false, capabilities: false }],
		[
			'prompts to create a passkey',
			(project_id) => [promptShown({ project_id }, at)],
			{ offers: true, signins: false }
		],
		[
			'prompts to sign in alone',
			(project_id) => [promptShown({ project_id }, at, { prompt_purpose: 'sign_in' })],
			{ offers: false }
		],
		[
			'sign-ins of known users',
			(project_id) => [passwordSignIn({ project_id, user_hash: 1 }, at)],
			{ users: true, signins: true }
		]
	])('knows when a project reported %s', async (_, story, expected) => {
		const { project } = await withEvents(story);
		expect(await readCollected(database.client, project)).toMatchObject(expected);
	});
});
