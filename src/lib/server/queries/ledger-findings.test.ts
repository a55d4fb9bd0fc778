import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFilters } from '../../filters.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony, type RawEvent } from '../testing/sample-events.ts';
import { querySuspectedMoves, readFlagChanges } from './ledger-counts.ts';
import { queryLedgerFindings, queryLedgerTransitions } from './ledger-findings.ts';
import { readUserGroup } from './user-groups.ts';

const filters = {
	...{ project: 'findings', from: '2026-10-01', to: '2026-11-30' },
	...{ ecosystem: '', platform: '', application: '' }
};

let database: TemporaryDatabase;
let events: RawEvent[];
beforeAll(async () => {
	database = await openTemporaryDatabase();
	const sight = (
		credential_hash: number,
		at: string,
		more: { of?: object; end?: object; type?: 'registration'; verdict?: object } = {}
	) =>
		ceremony(
			{
				...{ project_id: 'findings', user_hash: 0x100 + credential_hash, os_name: 'iOS' },
				...more.of
			},
			{
				...{ at, type: more.type ?? 'authentication' },
				end: {
					...{ credential_hash, backup_eligible: true, backup_state: true },
					...{ authenticator_attachment: 'platform', ...more.end }
				},
				verdict: { verified: true, ...more.verdict }
			}
		);
	const bound = { backup_eligible: false, backup_state: false };
	events = [
		// Well-behaved: backed up later, at home near a border, elsewhere another day, often.
		...sight(1, '2026-10-01 10:00', { type: 'registration', end: { backup_state: false } }),
		...sight(1, '2026-10-02 10:00', { of: { country: 'NL' } }),
		...sight(1, '2026-10-02 10:20', { of: { country: 'BE' } }),
		...sight(1, '2026-10-03 12:00', { of: { country: 'US' } }),
		// BS without BE from the first, then legal, then again.
		...sight(2, '2026-10-03 10:00', { end: { backup_eligible: false } }),
		...sight(3, '2026-10-04 10:00', { end: bound }),
		...sight(3, '2026-10-05 10:00'),
		...sight(4, '2026-10-06 10:00', {
			verdict: { verified: false, verdict_reason: 'counter_regressed' }
		}),
		...sight(5, '2026-10-07 10:00', {
			type: 'registration',
			end: { provider: 'Apple Passwords' }
		}),
		...sight(5, '2026-10-08 10:00', { of: { os_name: 'Windows' } }),
		...sight(6, '2026-10-09 10:00', { of: { country: 'NL' } }),
		...sight(6, '2026-10-09 10:12', { of: { country: 'US' } }),
		...sight(7, '2026-01-01 10:00'),
		...sight(7, '2026-10-10 10:00'),
		...sight(8, '2026-05-01 10:00'),
		...sight(8, '2026-10-10 10:00'),
		// Five within half an hour, then one the day after; three elsewhere.
		...[0, 5, 10, 15, 20].flatMap((minute, index) =>
			sight(20 + index, `2026-10-11 10:${String(minute).padStart(2, '0')}`, {
				...{ type: 'registration', of: { user_hash: 0xabc } }
			})
		),
		...sight(25, '2026-10-12 10:00', { type: 'registration', of: { user_hash: 0xabc } }),
		...[0, 5, 10].flatMap((minute, index) =>
			sight(30 + index, `2026-10-11 10:${String(minute).padStart(2, '0')}`, {
				...{ type: 'registration', of: { user_hash: 0xdef } }
			})
		)
	];
	await database.insert(events);
});
afterAll(() => database.close());

const ask = async (changes: object = {}) =>
	(await queryLedgerFindings(database.client, { ...filters, ...changes })).map(
		({ kind, credential_hash, user_hash, at, before, after, amount }) => [
			kind,
			Number.parseInt(credential_hash || user_hash, 16),
			at.slice(0, 10),
			...[before, after, amount].filter((one) => one !== '' && one !== 0)
		]
	);

const ALL = [
	['registration_burst', 0xabc, '2026-10-11', 5],
	['dormant_awake', 7, '2026-10-10', 282],
	['two_countries', 6, '2026-10-09', 'NL', 'US', 12],
	['foreign_system', 5, '2026-10-08', 'Apple Passwords', 'Windows'],
	['counter_back', 4, '2026-10-06'],
	['be_changed', 3, '2026-10-05', '1', '4'],
	['bs_without_be', 2, '2026-10-03', '2']
];

describe('The ledger points out', () => {
	it('each forbidden and suspicious thing once, and nothing of a credential that behaves well', async () => {
		expect(await ask()).toEqual(ALL);
	});

	it('what happened within the period alone, by all that was seen before it', async () => {
		expect(await ask({ from: '2026-10-09', to: '2026-10-10' })).toEqual(ALL.slice(1, 3));
		expect(await ask({ from: '2026-01-01', to: '2026-09-30' })).toEqual([]);
	});

	it('what is of the credentials that the filters take', async () => {
		expect(await ask({ platform: 'Windows' })).toEqual([ALL[3]]);
		expect(await ask({ project: 'other' })).toEqual([]);
	});

	it('the same under the same id when its events come again', async () => {
		const ids = async () =>
			(await queryLedgerFindings(database.client, filters)).map(({ id }) => id);
		const before = await ids();
		expect(new Set(before).size).toBe(ALL.length);
		await database.insert(events.toReversed());
		expect(await ids()).toEqual(before);
	});
});

it('lists each change of the flags with both states, legal ones too, and no first sight', async () => {
	const rows = await queryLedgerTransitions(database.client, { ...filters, limit: 10 });
	expect(
		rows.map(({ credential_hash, verdict, be_before, bs_before, be, bs, total }) => [
			...[Number.parseInt(credential_hash, 16), verdict],
			...[be_before, bs_before, be, bs, total]
		])
	).toEqual([
		[3, 'eligibility_changed', false, false, true, true, 2],
		[1, 'backed_up', true, false, true, true, 2]
	]);
});

it('lists the changes of one kind alone', async () => {
	const rows = await queryLedgerTransitions(database.client, {
		...{ ...filters, limit: 10, verdict: 'backed_up' }
	});
	expect(rows.map(({ verdict, total }) => [verdict, total])).toEqual([['backed_up', 1]]);
});

describe('The ledger counts', () => {
	const changesOf = async (more: object = {}) => {
		const { seen, changes } = await readFlagChanges(database.client, { ...filters, ...more });
		return [
			seen,
			...changes.map(({ changes, credentials, users }) => [changes, credentials, users])
		];
	};

	it('changes of the flags by kind, of the credentials that showed themselves in the period', async () => {
		// backed_up, no_longer_backed_up, eligibility_changed, illegal; a first sight is no change.
		expect(await changesOf()).toEqual([17, [1, 1, 1], [0, 0, 0], [1, 1, 1], [0, 0, 0]]);
	});

	it('what the period holds alone', async () => {
		expect(await changesOf({ from: '2026-10-05', to: '2026-10-05' })).toEqual([
			...[1, [0, 0, 0], [0, 0, 0], [1, 1, 1], [0, 0, 0]]
		]);
		expect(await changesOf({ project: 'other' })).toEqual([
			...[0, [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]
		]);
	});

	it('suspected moves by provider and system, on the first day of each', async () => {
		const moves = (more: object = {}) =>
			querySuspectedMoves(database.client, { ...filters, ...more });
		expect(await moves()).toEqual([
			{ provider: 'Apple Passwords', system: 'Windows', credentials: 1, users: 1 }
		]);
		expect(await moves({ from: '2026-10-09' })).toEqual([]);
		expect(await moves({ platform: 'Linux' })).toEqual([]);
	});

	it('the users of a suspected move, and of no other', async () => {
		const usersOf = async (which: string, of: string) => {
			const { users } = await readUserGroup({
				client: database.client,
				filters: parseFilters(new URLSearchParams({ period: 'custom', ...filters }), {
					projects: [{ id: filters.project, timeZone: 'UTC' }]
				}),
				group: { group: 'moved', which, of, holds: '' }
			});
			return users.map(({ user_hash, reached_at }) => [
				Number.parseInt(user_hash, 16),
				reached_at.slice(0, 10)
			]);
		};
		expect(await usersOf('Apple Passwords', 'Windows')).toEqual([[0x105, '2026-10-08']]);
		expect(await usersOf('Apple Passwords', 'Linux')).toEqual([]);
		expect(await usersOf('1Password', 'Windows')).toEqual([]);
	});
});
