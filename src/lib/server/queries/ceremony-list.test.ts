import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { ceremony, promptShown, uuidv7 } from '../testing/sample-events.ts';
import { queryCeremonyDetail } from './ceremony-detail.ts';
import { queryCeremonyEvents } from './ceremony-events.ts';
import { queryCeremonyCauses, queryCeremonyOutcomes } from './ceremony-facets.ts';
import { queryCeremonyList } from './ceremony-list.ts';
import { queryCeremonyNeighbours } from './ceremony-neighbours.ts';
import { queryCeremonyPrompt } from './ceremony-prompt.ts';
import { queryComparableCeremonies } from './comparable-ceremonies.ts';

const filters = {
	project: 'list',
	from: '2026-11-01',
	to: '2026-11-30',
	ecosystem: '',
	platform: '',
	application: '',
	outcome: '' as const,
	cause: '',
	type: '' as const,
	mediation: '',
	search: ''
};
const firstPage = { before_at: '2100-01-01T00:00:00.000Z', before_id: '', limit: 50 };

const ann = { project_id: 'list', user_hash: 0xa, os_name: 'iOS', client_ecosystem: 'apple' };
const HASH = '00000000000000ff';
const ids = {
	registered: uuidv7('2026-11-02 10:00'),
	signedIn: uuidv7('2026-11-03 10:00'),
	cancelled: uuidv7('2026-11-04 10:00'),
	refused: uuidv7('2026-11-05 10:00'),
	untouched: uuidv7('2026-11-06 10:00')
};
const promptId = uuidv7('2026-11-02 09:59');

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
	const synced = { credential_hash: 0xff, backup_eligible: true, backup_state: true };
	await database.insert([
		promptShown(ann, '2026-11-02 09:59', { prompt_id: promptId, prompt_showing: 2 }),
		...ceremony(ann, {
			id: ids.registered,
			at: '2026-11-02 10:00',
			type: 'registration',
			request: { prompt_id: promptId, timeout_ms: 60_000, resident_key: 'required' },
			end: { ...synced, provider: 'Apple Passwords', transports: ['internal', 'hybrid'] },
			verdict: { verified: true }
		}),
		...ceremony(ann, {
			id: ids.signedIn,
			at: '2026-11-03 10:00',
			type: 'authentication',
			end: synced,
			verdict: { verified: true }
		}),
		...ceremony(ann, {
			id: ids.cancelled,
			at: '2026-11-04 10:00',
			type: 'authentication',
			end: {
				error_name: 'NotAllowedError',
				cause: 'user_cancelled',
				cause_confidence: 'possible',
				cause_evidence: ['A dialog opened']
			}
		}),
		...ceremony(
			{ ...ann, user_hash: 0xb },
			{
				id: ids.refused,
				at: '2026-11-05 10:00',
				type: 'authentication',
				end: { credential_hash: 0xee },
				verdict: { verified: false, verdict_reason: 'signature_invalid' }
			}
		),
		...ceremony(
			{ project_id: 'list', os_name: 'Android', client_ecosystem: 'google' },
			{
				id: ids.untouched,
				at: '2026-11-06 10:00',
				type: 'authentication',
				request: { mediation: 'conditional' },
				ends: false
			}
		)
	]);
	await database.rollUp('list');
});
afterAll(() => database.close());

const listed = async (changes: object = {}, page: object = {}) => {
	const rows = await queryCeremonyList(database.client, {
		...filters,
		...firstPage,
		...changes,
		...page
	});
	return rows.map((row) => Object.entries(ids).find(([, id]) => id === row.ceremony_id)?.[0]);
};

describe('queryCeremonyList', () => {
	it.each([
		['what users started, newest first', {}, ['refused', 'cancelled', 'signedIn', 'registered']],
		[
			'untouched ones too',
			{ outcome: 'all' },
			['untouched', 'refused', 'cancelled', 'signedIn', 'registered']
		],
		['one outcome', { outcome: 'rejected' }, ['refused']],
		['untouched ones alone', { outcome: 'untouched' }, ['untouched']],
		['one cause', { cause: 'user_cancelled' }, ['cancelled']],
		['one type', { type: 'registration' }, ['registered']],
		['one mediation', { mediation: 'conditional', outcome: 'all' }, ['untouched']],
		['one platform', { platform: 'Android', outcome: 'all' }, ['untouched']],
		['a user, by the beginning of the hash', { search: '000000000000000b' }, ['refused']],
		['a credential', { search: HASH }, ['signedIn', 'registered']],
		['days', { from: '2026-11-04', to: '2026-11-05' }, ['refused', 'cancelled']],
		['nothing for what could be SQL', { search: "' OR 1=1 --" }, []]
	])('lists %s', async (_title, changes, expected) => {
		expect(await listed(changes)).toEqual(expected);
	});

	it('finds one by its id, an untouched one too', async () => {
		expect(await listed({ search: ids.untouched })).toEqual(['untouched']);
	});

	it('goes on after the cursor without gap or repetition', async () => {
		const seen: unknown[] = [];
		let page = { ...firstPage, limit: 2 };
		for (let turn = 0; turn < 3; turn++) {
			const rows = await queryCeremonyList(database.client, {
				...filters,
				...page,
				outcome: 'all'
			});
			seen.push(...rows.map((row) => row.ceremony_id));
			const last = rows.at(-1)!;
			page = { before_at: last.occurred_at, before_id: last.ceremony_id, limit: 2 };
		}
		expect(seen).toEqual(Object.values(ids).reverse());
	});

	it('tells a sign-in’s provider from its credential’s registration, and hashes as 16 hex digits', async () => {
		const rows = await queryCeremonyList(database.client, {
			...filters,
			...firstPage,
			search: ids.signedIn
		});
		expect(rows).toMatchObject([
			{
				provider: 'Apple Passwords',
				outcome: 'succeeded',
				credential_hash: HASH,
				user_hash: '000000000000000a',
				occurred_at: '2026-11-03T10:00:00.000Z',
				backup_eligible: true,
				backup_state: true,
				user_verified: null,
				elapsed_ms: 3000
			}
		]);
	});
});

describe('the facets', () => {
	it('count outcomes under the other filters, untouched ones among them', async () => {
		const rows = await queryCeremonyOutcomes(database.client, { ...filters, outcome: 'rejected' });
		expect(Object.fromEntries(rows.map((row) => [row.outcome, row.ceremonies]))).toEqual({
			succeeded: 2,
			cancelled: 1,
			rejected: 1,
			untouched: 1
		});
	});

	it('name the causes there are', async () => {
		const rows = await queryCeremonyCauses(database.client, filters);
		expect(rows).toEqual([
			{ cause: 'signature_invalid', ceremonies: 1 },
			{ cause: 'user_cancelled', ceremonies: 1 }
		]);
	});
});

describe('one ceremony', () => {
	it('comes with its request, its end, its verdict and its flags', async () => {
		const [row] = await queryCeremonyDetail(database.client, {
			project: 'list',
			ceremony_id: ids.registered
		});
		expect(row).toMatchObject({
			ceremony_id: ids.registered,
			started_at: '2026-11-02T10:00:00.000Z',
			finished_at: '2026-11-02T10:00:03.000Z',
			verdict_at: '2026-11-02T10:00:03.200Z',
			outcome: 'succeeded',
			verified: true,
			timeout_ms: 60_000,
			resident_key: 'required',
			user_hash: '000000000000000a',
			credential_hash: HASH,
			backup_eligible: true,
			exclude_count: null,
			user_driven: true
		});
	});

	it('is none for an id of another project or of nobody', async () => {
		const ask = (project: string, ceremony_id: string) =>
			queryCeremonyDetail(database.client, { project, ceremony_id });
		expect(await ask('other', ids.registered)).toEqual([]);
		expect(await ask('list', uuidv7('2026-11-02 10:00'))).toEqual([]);
	});

	it('comes with the prompt that led to it and its raw events', async () => {
		const prompts = await queryCeremonyPrompt(database.client, {
			project: 'list',
			prompt_id: promptId
		});
		expect(prompts).toMatchObject([
			{ purpose: 'upgrade', showing: 2, shown_at: '2026-11-02T09:59:00.000Z', accepted_at: null }
		]);
		const events = await queryCeremonyEvents(database.client, {
			project: 'list',
			ceremony_id: ids.registered,
			from: '2026-11-02',
			to: '2026-11-02'
		});
		expect(events.map((event) => event.event_type)).toEqual([
			'ceremony.started',
			'ceremony.finished',
			'ceremony.verdict'
		]);
	});

	it('comes with what succeeded on the same client, asked in the same way, and how it asked', async () => {
		const comparable = (change: object = {}) =>
			queryComparableCeremonies(database.client, {
				...{ project: 'list', from: '2026-11-01', to: '2026-11-30' },
				...{ ceremony_type: 'registration', mediation: 'optional', os_name: 'iOS' },
				...{ browser_name: '', synthetic: false, limit: 10, ...change }
			});
		const [row, ...others] = await comparable();
		expect(others).toEqual([]);
		expect(row).toMatchObject({
			...{ ceremony_id: ids.registered, provider: 'Apple Passwords', found: 1 },
			options: { timeout: '60000', residentKey: 'required', excludeCredentials: '', hints: '' }
		});
		// The refused sign-in of the same client is none.
		expect(await comparable({ ceremony_type: 'authentication' })).toMatchObject([
			{ ceremony_id: ids.signedIn }
		]);
		expect(await comparable({ mediation: 'conditional' })).toEqual([]);
		expect(await comparable({ to: '2026-11-01' })).toEqual([]);
	});

	it('comes with the others of its user and of its credential', async () => {
		const rows = await queryCeremonyNeighbours(database.client, {
			project: 'list',
			ceremony_id: ids.registered,
			at: '2026-11-02T10:00:00.000Z',
			user_hash: String(0xa),
			credential_hash: String(0xff),
			limit: 10
		});
		expect(rows).toMatchObject([
			{ ceremony_id: ids.cancelled, same_user: true, same_credential: false },
			{ ceremony_id: ids.signedIn, same_user: true, same_credential: true }
		]);
	});
});
