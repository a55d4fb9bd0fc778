import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TIMELINE_KINDS } from '../../users/timeline-kinds.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import {
	ceremony,
	passwordSignIn,
	promptShown,
	rawEvent,
	revoked,
	uuidv7,
	type RawEvent,
	type Shared
} from '../testing/sample-events.ts';
import { readUser } from './read-user.ts';

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
});
afterAll(() => database.close());

const PROJECT = 'timeline';
const USER = '81985529216486895';
const HASH = '0123456789abcdef';

/** What one user did on three days; whatever another did lies between. */
function story(): RawEvent[] {
	const of: Shared = { project_id: PROJECT, user_hash: USER, os_name: 'Android' };
	const other: Shared = { project_id: PROJECT, user_hash: 7 };
	const nobody: Shared = { project_id: PROJECT, os_name: 'Android' };
	const prompt_id = uuidv7('2026-11-01 09:00');
	const passkey = { credential_hash: 5, backup_eligible: true };
	return [
		passwordSignIn(of, '2026-11-01 08:59'),
		// Nobody knew yet who they are when it was shown.
		promptShown(nobody, '2026-11-01 09:00', { prompt_id, prompt_showing: 2 }),
		rawEvent(of, 'prompt.accepted', '2026-11-01 09:01', { prompt_id, prompt_purpose: 'upgrade' }),
		promptShown(other, '2026-11-01 09:02'),
		...ceremony(of, {
			at: '2026-11-01 09:05',
			type: 'registration',
			end: { ...passkey, backup_state: false, provider: 'Google Password Manager' },
			verdict: { verified: true }
		}),
		...ceremony(of, {
			at: '2026-11-02 10:00',
			type: 'authentication',
			end: { ...passkey, backup_state: true },
			verdict: { verified: true }
		}),
		...ceremony(other, { at: '2026-11-02 10:30', type: 'authentication' }),
		...ceremony(of, {
			at: '2026-11-03 11:00',
			type: 'authentication',
			request: { mediation: 'conditional' },
			ends: false
		}),
		...ceremony(of, {
			at: '2026-11-03 12:00',
			type: 'authentication',
			end: { error_name: 'NotAllowedError', cause: 'timed_out', cause_confidence: 'likely' }
		}),
		rawEvent(of, 'signin.finished', '2026-11-03 12:05', {
			signin_method: 'otp',
			client_outcome: 'succeeded',
			fallback_reason: 'ceremony_failed'
		}),
		revoked(of, '2026-11-03 13:00', 5)
	];
}

const read = (more: Partial<Parameters<typeof readUser>[0]> = {}) =>
	readUser({
		...{ client: database.client, project: PROJECT, user: USER, cursor: null, limit: 50 },
		...more
	});

describe('a user’s timeline', () => {
	beforeAll(async () => {
		// Backwards, and some of it twice: the answers must not tell.
		const events = story().toReversed();
		await database.insert(events.filter((_, index) => index % 2 === 0));
		await database.insert(events);
	});

	it('has every kind of thing that happened to them, newest first, and nobody else’s', async () => {
		const { entries, next } = await read();
		expect(entries.map(({ at, kind, what, outcome }) => [at, kind, what, outcome])).toEqual([
			['2026-11-03T13:00:00.000Z', 'credential', 'revoked', ''],
			['2026-11-03T12:05:00.000Z', 'signin', 'otp', 'succeeded'],
			['2026-11-03T12:00:00.000Z', 'ceremony', 'authentication', 'failed'],
			['2026-11-02T10:00:03.000Z', 'credential', 'backed_up', ''],
			['2026-11-02T10:00:00.000Z', 'ceremony', 'authentication', 'succeeded'],
			['2026-11-01T09:05:03.000Z', 'credential', 'registered', ''],
			['2026-11-01T09:05:00.000Z', 'ceremony', 'registration', 'succeeded'],
			['2026-11-01T09:00:00.000Z', 'prompt', 'upgrade', 'accepted'],
			['2026-11-01T08:59:00.000Z', 'signin', 'password', 'succeeded']
		]);
		expect(next).toBeUndefined();
	});

	it('tells cause, fallback, change of flags and showing', async () => {
		const { entries } = await read();
		const of = (kind: string, what: string) =>
			entries.find((one) => one.kind === kind && one.what === what);
		expect(entries.find(({ outcome }) => outcome === 'failed')).toMatchObject({
			reason: 'timed_out',
			confidence: 'likely',
			os_name: 'Android'
		});
		expect(of('signin', 'otp')).toMatchObject({ reason: 'ceremony_failed', ceremony_id: '' });
		expect(of('credential', 'backed_up')).toMatchObject({
			...{ be: true, bs: true, credential_hash: '0000000000000005' },
			ceremony_id: entries.find(({ at }) => at === '2026-11-02T10:00:00.000Z')?.id
		});
		expect(of('credential', 'revoked')).toMatchObject({ reason: 'superseded' });
		expect(of('prompt', 'upgrade')).toMatchObject({ showing: 2 });
	});

	it('comes page by page and by kind, each entry once', async () => {
		const whole = (await read()).entries;
		const paged = [];
		let cursor: string | null = null;
		do {
			const page = await read({ cursor, limit: 2 });
			paged.push(...page.entries);
			cursor = page.next ?? null;
		} while (cursor);
		expect(paged).toEqual(whole);
		for (const kind of TIMELINE_KINDS) {
			const { entries } = await read({ kind });
			expect(entries.length).toBeGreaterThan(0);
			expect(entries).toEqual(whole.filter((one) => one.kind === kind));
		}
	});

	it('says how they stand, what they hold and what to tell them', async () => {
		const { state, credentials, advice } = await read();
		expect(state).toMatchObject({ user_hash: HASH, passkeys: 0, prompts_seen: 0 });
		expect(credentials).toMatchObject([
			{ credential_hash: '0000000000000005', status: 'revoked', sync_state: 'synced' }
		]);
		expect(advice.map(({ because }) => because)).toEqual([
			'Timed out, on Android',
			'None of their passkeys works any more'
		]);
	});

	it('is empty of whom nothing is known, in another project too', async () => {
		for (const one of [{ user: '42' }, { project: 'another' }])
			expect(await read(one)).toMatchObject({
				...{ state: null, credentials: [], advice: [] },
				...{ entries: [], next: undefined }
			});
	});

	it('keeps entries of the same moment apart across pages', async () => {
		const of: Shared = { project_id: PROJECT, user_hash: 99 };
		const at = '2026-11-10 10:00';
		const ids = [randomUUID(), randomUUID(), randomUUID()];
		await database.insert(ids.map((prompt_id) => promptShown(of, at, { prompt_id })));
		const first = await read({ user: '99', limit: 2 });
		const second = await read({ user: '99', limit: 2, cursor: first.next! });
		const found = [...first.entries, ...second.entries].map(({ id }) => id);
		expect(found.toSorted()).toEqual(ids.toSorted());
	});
});
