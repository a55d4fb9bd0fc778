import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { insertReports } from '../testing/insert-reports.ts';
import { ceremony, revoked } from '../testing/sample-events.ts';
import { queryCredentialDetail } from './credential-detail.ts';
import { queryCredentialHistory } from './credential-history.ts';
import { parseCredentialOrder, queryCredentialList, rankOf } from './credential-list.ts';
import { queryCredentialSummary } from './credential-summary.ts';

const filters = {
	project: 'inventory',
	from: '2026-11-01',
	to: '2026-11-30',
	ecosystem: '',
	platform: '',
	application: '',
	sync_state: '' as const,
	status: '' as const,
	flags: '' as const,
	legacy_class: '',
	search: ''
};
const firstPage = { before: 0, before_hash: '', limit: 50 };
const WEAK = '22222222-2222-4222-8222-222222222222';
const CERTIFIED = '33333333-3333-4333-8333-333333333333';
const HASH = { synced: 1, hello: 2, refused: 3, illegal: 4, changed: 5, revoked: 6 };

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
	await database.client.insert({
		table: 'authenticators_state_v1',
		format: 'JSONEachRow',
		values: [WEAK, CERTIFIED].map((aaguid) => ({
			...{ aaguid, generation: 1, name: 'Key', mds_number: 7 }
		}))
	});
	await insertReports(database.client, [
		{ aaguid: WEAK, status: 'REVOKED', effective_date: '2026-11-20' },
		{ aaguid: WEAK, status: 'FIDO_CERTIFIED_L1', effective_date: '2026-11-10' },
		{ aaguid: CERTIFIED, status: 'FIDO_CERTIFIED_L2', effective_date: '2024-02-03' }
	]);
	const of = (user_hash: number, os_name = 'iOS') => ({
		project_id: 'inventory',
		user_hash,
		os_name
	});
	const flags = (credential_hash: number, be: boolean, bs: boolean, more = {}) => ({
		credential_hash,
		backup_eligible: be,
		backup_state: bs,
		...more
	});
	await database.insert([
		...ceremony(of(0x1a), {
			at: '2026-11-01 10:00',
			type: 'registration',
			end: flags(HASH.synced, true, false, {
				provider: 'Apple Passwords',
				credential_ecosystem: 'apple',
				transports: ['internal', 'hybrid'],
				discoverable: true
			}),
			verdict: { verified: true }
		}),
		...ceremony(of(0x1a, 'macOS'), {
			at: '2026-11-07 10:00',
			type: 'authentication',
			end: flags(HASH.synced, true, true),
			verdict: { verified: true }
		}),
		...ceremony(of(0x1b, 'Windows'), {
			at: '2026-11-02 10:00',
			type: 'authentication',
			end: flags(HASH.hello, false, false, {
				...{ legacy_class: 'windows_hello', sign_count_zero: false, user_verified: true }
			}),
			verdict: { verified: true }
		}),
		...ceremony(of(0x1b, 'Windows'), {
			at: '2026-11-02 11:00',
			type: 'authentication',
			end: flags(HASH.hello, false, false, { sign_count_zero: true, user_verified: false }),
			verdict: { verified: false, verdict_reason: 'counter_regressed' }
		}),
		...ceremony(of(0x1c), {
			at: '2026-11-03 10:00',
			type: 'registration',
			end: flags(HASH.refused, true, true),
			verdict: { verified: false, verdict_reason: 'origin_mismatch' }
		}),
		...ceremony(
			{ ...of(0x1d), tags: { role: 'admin' } },
			{
				at: '2026-11-04 10:00',
				type: 'registration',
				end: flags(HASH.illegal, false, true, { aaguid: WEAK })
			}
		),
		...ceremony(of(0x1e), {
			at: '2026-11-05 10:00',
			type: 'registration',
			end: flags(HASH.changed, false, false, { aaguid: CERTIFIED }),
			verdict: { verified: true, attestation_format: 'packed' }
		}),
		...ceremony(of(0x1e), {
			at: '2026-11-05 11:00',
			type: 'authentication',
			end: flags(HASH.changed, true, true)
		}),
		...ceremony(of(0x1f), {
			at: '2026-11-06 10:00',
			type: 'registration',
			end: flags(HASH.revoked, true, true)
		}),
		revoked(of(0x1f), '2026-11-06 11:00', HASH.revoked)
	]);
});
afterAll(() => database.close());

const named = (hash: string) =>
	Object.entries(HASH).find(([, number]) => number === Number.parseInt(hash, 16))?.[0];

describe('queryCredentialList', () => {
	it.each([
		[
			'everything, the lately active first',
			{},
			['synced', 'revoked', 'changed', 'illegal', 'refused', 'hello']
		],
		['one sync state', { sync_state: 'device_bound' }, ['hello']],
		['one status', { status: 'refused' }, ['refused']],
		['illegal flags', { flags: 'illegal' }, ['illegal']],
		['changed flags', { flags: 'changed' }, ['changed']],
		['any trouble with flags', { flags: 'any' }, ['changed', 'illegal']],
		['one legacy class', { legacy_class: 'windows_hello' }, ['hello']],
		['any legacy class', { legacy_class: 'any' }, ['hello']],
		['one provider', { provider: 'Apple Passwords' }, ['synced']],
		['one ecosystem', { ecosystem: 'apple' }, ['synced']],
		['any system it was used on', { platform: 'macOS' }, ['synced']],
		['one user, by the beginning of the hash', { search: '000000000000001d' }, ['illegal']],
		['one credential', { search: '0000000000000002' }, ['hello']],
		['those whose user has a tag', { user_tag: 'role=admin' }, ['illegal']],
		['nobody before they had it', { user_tag: 'role=admin', to: '2026-11-03', as_of: true }, []],
		['those of a weak model', { model: 'weak' }, ['illegal']],
		['those of a certified model', { model: 'certified' }, ['changed']],
		['those of no model listed', { model: 'unlisted' }, ['synced', 'revoked', 'refused', 'hello']],
		['those unused for so long', { unused_days: 27 }, ['refused', 'hello']],
		['nothing for what could be SQL', { search: "' OR 1=1 --" }, []],
		['nobody of a tag that could be SQL', { user_tag: "role=' OR 1=1 --" }, []]
	])('lists %s', async (_title, changes, expected) => {
		const rows = await queryCredentialList(database.client, {
			...filters,
			...firstPage,
			...changes
		} as never);
		expect(rows.map((row) => named(row.credential_hash))).toEqual(expected);
	});

	it('goes on after the cursor without gap or repetition', async () => {
		const seen: unknown[] = [];
		let page = { ...firstPage, limit: 4 };
		for (let turn = 0; turn < 2; turn++) {
			const rows = await queryCredentialList(database.client, { ...filters, ...page });
			seen.push(...rows.map((row) => named(row.credential_hash)));
			const last = rows.at(-1)!;
			page = {
				...page,
				before: rankOf(last, { order: '', ascending: false }),
				before_hash: last.credential_hash
			};
		}
		expect(seen).toEqual(['synced', 'revoked', 'changed', 'illegal', 'refused', 'hello']);
	});

	it.each(['registered', '-registered', 'last', '-last', 'uses', '-uses'])(
		'goes on likewise in the order %s, with what is not known at the end',
		async (asked) => {
			const order = parseCredentialOrder(asked);
			const all = await queryCredentialList(database.client, {
				...{ ...filters, ...firstPage, ...order }
			});
			const ranks = all.map((row) => rankOf(row, order));
			expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
			const seen: string[] = [];
			let page = { ...firstPage, limit: 1 };
			while (seen.length < all.length) {
				const [row] = await queryCredentialList(database.client, { ...filters, ...page, ...order });
				seen.push(row!.credential_hash);
				page = { ...page, before: rankOf(row!, order), before_hash: row!.credential_hash };
			}
			expect(seen).toEqual(all.map((row) => row.credential_hash));
		}
	);

	it('takes no order but those that there are', () => {
		for (const asked of [null, '', 'provider', '--uses', 'uses DESC'])
			expect(parseCredentialOrder(asked)).toEqual({ order: '', ascending: false });
	});

	it('tells where a credential comes from, where it was used and that it was there before anyone watched', async () => {
		const rows = await queryCredentialList(database.client, { ...filters, ...firstPage });
		expect(rows.find((row) => named(row.credential_hash) === 'synced')).toMatchObject({
			sync_state: 'synced',
			be: true,
			bs: true,
			transport_list: ['hybrid', 'internal'],
			used_on_os: ['iOS', 'macOS'],
			uses_count: 1,
			discoverable: true,
			status: 'active'
		});
		expect(rows.find((row) => named(row.credential_hash) === 'hello')).toMatchObject({
			registered_at: null,
			discoverable: null,
			last_used_at: '2026-11-02T10:00:03.200Z'
		});
	});
});

describe('the inventory as of a past day', () => {
	const on = (to: string, more = {}) =>
		queryCredentialList(database.client, { ...filters, ...firstPage, to, as_of: true, ...more });
	const found = (rows: Awaited<ReturnType<typeof on>>, name: keyof typeof HASH) =>
		rows.find((row) => Number.parseInt(row.credential_hash, 16) === HASH[name]);

	it('shows flags, uses and fate of that day, and what came first beside them', async () => {
		const before = await on('2026-11-06', { as_of: true });
		expect(found(before, 'synced')).toMatchObject({
			...{ sync_state: 'syncable', first_state: 'syncable', uses_count: 0, last_used_at: null },
			...{ used_on_os: ['iOS'], age_days: 5 }
		});
		expect(found(await on('2026-11-07'), 'synced')).toMatchObject({
			...{ sync_state: 'synced', first_state: 'syncable', uses_count: 1 },
			...{ last_used_at: '2026-11-07T10:00:03.000Z', used_on_os: ['iOS', 'macOS'] }
		});
		expect(found(before, 'revoked')).toMatchObject({ status: 'revoked' });
		const early = await on('2026-11-05');
		expect(early.map((row) => named(row.credential_hash)).sort()).toEqual([
			'changed',
			'hello',
			'illegal',
			'refused',
			'synced'
		]);
		expect(found(await on('2026-11-01'), 'hello')).toBeUndefined();
	});

	it.each([
		['before the first report', '2026-11-09', ['', null, '']],
		['on the day it was certified', '2026-11-10', ['FIDO_CERTIFIED_L1', '2026-11-10', 'L1']],
		['on the day before it was revoked', '2026-11-19', ['FIDO_CERTIFIED_L1', '2026-11-10', 'L1']],
		['on the day it was revoked', '2026-11-20', ['REVOKED', '2026-11-20', 'L1']]
	])('shows what FIDO had reported of a model: %s', async (_, day, [status, since, level]) => {
		expect(found(await on(day), 'illegal')).toMatchObject({
			...{ model_status: status, model_status_since: since },
			model_certification: level && `FIDO_CERTIFIED_${level}`
		});
		const standing = { '': 'unlisted', REVOKED: 'weak' }[status!] ?? 'certified';
		const listed = await on(day, { model: standing });
		expect(listed.map((row) => named(row.credential_hash))).toContain('illegal');
	});

	it('is the present where the day is today', async () => {
		const later = { to: '2026-11-30' };
		const now = await queryCredentialList(database.client, { ...filters, ...firstPage, ...later });
		const then = await on('2026-11-30');
		// The first that told of a use counts in the one, the server's word in the other.
		const same = (rows: typeof now) =>
			rows.map((row) => ({ ...row, last_used_at: undefined, last_activity_at: undefined }));
		expect(same(then)).toEqual(same(now));
	});

	it('counts in its summary what it lists', async () => {
		const summary = await queryCredentialSummary(database.client, {
			...{ ...filters, to: '2026-11-05', as_of: true }
		});
		expect(summary.reduce((sum, row) => sum + row.credentials, 0)).toBe(5);
		expect(summary.some(({ status }) => status === 'revoked')).toBe(false);
	});
});

it('tells how a credential verified its user, how its counter went, and what the server said of its attestation', async () => {
	const rows = await queryCredentialList(database.client, { ...filters, ...firstPage });
	const of = (name: string) => rows.find((row) => named(row.credential_hash) === name);
	expect(of('hello')).toMatchObject({
		...{ times_verified: 1, times_unverified: 1, counter: 'mixed', counter_regressions: 1 }
	});
	expect(of('changed')).toMatchObject({
		...{ attestation_format: 'packed', registration_verified: true, counter: 'unknown' },
		...{ times_verified: 0, times_unverified: 0 }
	});
	expect(of('refused')).toMatchObject({ attestation_format: '', registration_verified: false });
});

describe('the summary', () => {
	it('adds up to the list', async () => {
		const rows = await queryCredentialSummary(database.client, filters);
		expect(rows.reduce((sum, row) => sum + row.credentials, 0)).toBe(6);
		expect(rows).toContainEqual({
			status: 'active',
			sync_state: 'illegal',
			credentials: 1,
			flags_illegal: 1,
			eligibility_changed: 0
		});
	});
});

describe('one credential', () => {
	it('comes with its whole ledger row, and none for an unknown hash', async () => {
		const ask = (project: string, hash: number) =>
			queryCredentialDetail(database.client, { project, credential_hash: String(hash) });
		expect(await ask('inventory', HASH.synced)).toMatchObject([
			{
				bs_first: false,
				bs: true,
				backed_up_at: '2026-11-07T10:00:03.000Z',
				registration_verified: true,
				registration_os: 'iOS',
				revoked_at: null
			}
		]);
		expect(await ask('inventory', 999)).toEqual([]);
		expect(await ask('other', HASH.synced)).toEqual([]);
	});

	it.each([
		['synced', ['first', 'backed_up']],
		['illegal', ['illegal']],
		['changed', ['first', 'eligibility_changed']]
	] as const)('%s: its flags went %j', async (name, verdicts) => {
		const [history] = await queryCredentialHistory(database.client, {
			project: 'inventory',
			credential_hash: String(HASH[name])
		});
		expect(history?.changes.map(({ verdict }) => verdict)).toEqual(verdicts);
	});
});
