import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { storedTables, STORED_TABLES } from '../../migrations/tables.ts';
import { requestErasure } from '../../settings/erasures.ts';
import { findPseudonymKey } from '../../settings/projects.ts';
import { pseudonymise } from '../../settings/pseudonymise.ts';
import { encodeBlock } from '../store/encode-block.ts';
import { refreshDailyActivity } from '../store/refresh-daily-activity.ts';
import { readSegment } from '../store/read-segment.ts';
import { ref, startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { untilErased } from './people.ts';
import { membersOf } from './user-sets.ts';
import { verify } from './verify.ts';

// Each run recomputes everything in a database of its own.
vi.setConfig({ testTimeout: 120_000 });

let collector: TestCollector;
let hashOf: (userRef: string) => string;
beforeAll(async () => {
	collector = await startTestCollector();
	const key = await findPseudonymKey(collector.settings, 'shop');
	hashOf = (userRef) => pseudonymise({ key }).user(userRef);
});
afterAll(() => collector?.close());

/** Somebody's visit: seen, offered, registered, signed in; the page's events and the server's, in two batches. */
function visit({
	user = ref(),
	at = Date.now() - 5_000,
	session = uuidV7(at),
	credential = ref()
} = {}) {
	const ceremony = { ceremony_id: uuidV7(at), ceremony_type: 'registration', session_id: session };
	const signIn = {
		ceremony_id: uuidV7(at + 1),
		ceremony_type: 'authentication',
		session_id: session
	};
	const prompt = { session_id: session, prompt_id: uuidV7(at), purpose: 'enroll', mode: 'manual' };
	const event = (type: string, fields: object) => ({
		id: uuidV7(at),
		type,
		time_unix_ms: at,
		...fields
	});
	const credentialFacts = { credential_ref: credential, backup_eligible: true, backup_state: true };
	return {
		user,
		session,
		page: [
			event('client.capabilities', {
				session_id: session,
				webauthn: true,
				platform_authenticator: true,
				capabilities: {}
			}),
			event('prompt.shown', { ...prompt, user_ref: user }),
			// These name nobody: the page does not know yet who it is.
			event('ceremony.started', { ...ceremony, request: {} }),
			event('ceremony.finished', {
				...ceremony,
				request: {},
				outcome: 'succeeded',
				elapsed_ms: 5,
				credential: credentialFacts
			}),
			event('ceremony.finished', {
				...signIn,
				request: {},
				outcome: 'succeeded',
				elapsed_ms: 5,
				credential: credentialFacts
			}),
			event('signin.finished', {
				session_id: session,
				user_ref: user,
				tags: { plan: 'pro' },
				method: 'password',
				outcome: 'succeeded'
			})
		],
		server: [
			event('ceremony.verdict', {
				...ceremony,
				session_id: undefined,
				user_ref: user,
				verified: true,
				credential: { credential_ref: credential }
			})
		]
	};
}

async function take({ page, server }: ReturnType<typeof visit>) {
	const answers = [await collector.send(page), await collector.send(server, { as: 'server' })];
	for (const answer of answers) expect(await answer.json()).toMatchObject({ refused: [] });
	await collector.stored();
}

const call = (method: 'GET' | 'DELETE', user: string, key = collector.serverKey) =>
	fetch(`${collector.url}/v1/users/${user}`, {
		method,
		headers: { authorization: `Bearer ${key}` }
	});

/** Erases by API, and waits for what it answered too early: a loaded machine must not make a test fail. */
async function erase(user: string) {
	const answer = await call('DELETE', user);
	expect([200, 202]).toContain(answer.status);
	const { requested_unix_ms } = (await answer.json()) as { requested_unix_ms: number };
	const { id } = await collector.settings
		.selectFrom('user_erasure')
		.select('id')
		.where('user_hash', '=', hashOf(user))
		.where('requested_unix_ms', '=', requested_unix_ms)
		.executeTakeFirstOrThrow();
	return untilErased({ settings: collector.settings, id, patienceMs: 100_000 });
}

/** How many rows of each table hold one of these values, in any column, the members of sets included. */
async function rowsWith(hash: string, ids: string[]) {
	const found: Record<string, number> = {};
	for (const { name, userSets = [] } of STORED_TABLES) {
		const states = await collector.query<{ name: string }>(
			`SELECT name FROM system.columns WHERE database = currentDatabase() AND table = '${name}' AND type LIKE 'AggregateFunction%'`
		);
		const text =
			states.length > 0 ? `* EXCEPT (${states.map((column) => column.name).join(', ')})` : '*';
		const holds = [
			...userSets.map((set) => `has(${membersOf(set)}, ${hash})`),
			...[hash, ...ids].map((id) => `position(toString(tuple(${text})), '${id}') > 0`)
		];
		const [row] = await collector.query<{ rows: string }>(
			`SELECT count() AS rows FROM ${name} WHERE ${holds.join(' OR ')}`
		);
		if (row?.rows !== '0') found[name] = Number(row?.rows);
	}
	return found;
}

const rollupHas = (hash: string) =>
	collector.query(
		`SELECT count() > 0 AS there FROM daily_activity_state_v2 WHERE has(${membersOf('users')}, ${hash})`
	);

test('an erased person is in no row of any table and in no set, and everybody else is as before', async () => {
	const ada = visit();
	const bob = visit();
	await take(ada);
	await take(bob);
	// Both at one device: a visit that is remade for whoever is left.
	await take(visit({ user: bob.user, session: ada.session, at: Date.now() - 1_000 }));
	await expect.poll(() => rollupHas(hashOf(ada.user)), { timeout: 60_000 }).toEqual([{ there: 1 }]);
	const ceremony = ada.page.find(({ type }) => type === 'ceremony.started') as unknown as {
		ceremony_id: string;
	};
	const ids = [ceremony.ceremony_id];
	const before = await rowsWith(hashOf(ada.user), ids);
	expect(Object.keys(before)).toEqual(
		expect.arrayContaining(['events_raw_v1', 'users_state_v1', 'daily_activity_state_v2'])
	);

	// Theirs, and two of the shared visit that name nobody and whose ceremony nobody else owns.
	expect(await erase(ada.user)).toMatchObject({ events: 9, erasedAt: expect.any(Number) });

	expect(await rowsWith(hashOf(ada.user), ids)).toEqual({});
	expect(
		await collector.query(
			`SELECT toString(user_hash) AS user FROM sessions_v1 WHERE session_id = '${ada.session}'`
		)
	).toEqual([{ user: hashOf(bob.user) }]);
	for (const { view, user } of storedTables('state'))
		if (view && user)
			expect(
				(await collector.query(`SELECT 1 FROM ${view} WHERE user_hash = ${hashOf(bob.user)}`))
					.length,
				view
			).toBeGreaterThan(0);
	const [result] = await verify({
		client: collector.client,
		database: { dataDir: collector.dataDir }
	});
	expect(result!.differences).toEqual([]);
});

test('what happened before an erasure does not come back by a retry or late; what happens after is of somebody new', async () => {
	const eve = visit();
	await take(eve);
	expect((await erase(eve.user)).erasedAt).toBeDefined();
	// The same events again, a verdict that comes late, and one that names nobody but is of the same visit.
	const again = await collector.send(eve.page);
	expect(again.status).toBe(202);
	expect(await again.json()).toMatchObject({ accepted: eve.page.length, refused: [] });
	await collector.send(eve.server, { as: 'server' });
	await collector.send(eve.page.slice(2, 3).map((event) => ({ ...event, id: uuidV7() })));
	await collector.stored();
	expect(await rowsWith(hashOf(eve.user), [eve.session])).toEqual({});

	await take(visit({ user: eve.user, at: Date.now() }));
	expect(
		await collector.query(`SELECT 1 AS one FROM users_v1 WHERE user_hash = ${hashOf(eve.user)}`)
	).toEqual([{ one: 1 }]);
});

test('an erasure asked for by another process is done as well, with what the spool and the segments set aside still hold', async () => {
	const kim = visit();
	const others = visit();
	await take(kim);
	const dead = join(collector.dataDir, 'spool', 'dead');
	await mkdir(dead, { recursive: true });
	const row = (user: string) => ({ project_id: 'shop', user_hash: hashOf(user), occurred_at: 1 });
	const letters = {
		'1-mixed': encodeBlock([row(kim.user), row(others.user)]),
		'2-theirs': encodeBlock([row(kim.user)]),
		'3-broken': encodeBlock([row(kim.user), row(others.user)]).subarray(0, -4),
		'4-others': encodeBlock([row(others.user)])
	};
	for (const [name, block] of Object.entries(letters))
		await writeFile(join(dead, `${name}.rows`), block);
	await collector.send(visit({ user: kim.user }).page);
	const { id } = await requestErasure(collector.settings, {
		projectId: 'shop',
		userHash: hashOf(kim.user)
	});
	const erasure = await untilErased({ settings: collector.settings, id, patienceMs: 100_000 });
	expect(erasure.events).toBeGreaterThan(7);
	expect(await rowsWith(hashOf(kim.user), [kim.session])).toEqual({});
	expect((await readdir(dead)).sort()).toEqual(['1-mixed.rows', '4-others.rows']);
	const client = collector.client;
	const left = await readSegment({ client, path: join(dead, '1-mixed.rows') });
	expect(left).toContain(hashOf(others.user));
	expect(left).not.toContain(hashOf(kim.user));
	await collector.stored();
});

test('a day whose raw events are gone keeps its counts, and no longer knows who was in them', async () => {
	const pat = visit();
	await take(pat);
	await expect.poll(() => rollupHas(hashOf(pat.user)), { timeout: 60_000 }).toEqual([{ there: 1 }]);
	const gone = {
		query: `ALTER TABLE events_raw_v1 DELETE WHERE true`,
		clickhouse_settings: { mutations_sync: '2' as const }
	};
	// Whatever the collector is remaking at this moment comes to the same.
	await refreshDailyActivity({ client: collector.client, projectId: 'shop' });
	await collector.client.command({
		query: `INSERT INTO retention_horizons_v1 VALUES ('shop', today() + 1, today() + 1)`
	});
	await collector.client.command(gone);
	const counts = `SELECT activity, detail, sum(occurrences) AS occurrences, uniqExactMerge(users) AS users FROM daily_activity_v1 GROUP BY ALL ORDER BY ALL`;
	const before = await collector.query<{ occurrences: string }>(counts);
	expect((await erase(pat.user)).erasedAt).toBeDefined();
	expect(await rowsWith(hashOf(pat.user), [pat.session])).toEqual({});
	const after = await collector.query<{ occurrences: string }>(counts);
	expect(after.map(({ occurrences }) => occurrences)).toEqual(
		before.map(({ occurrences }) => occurrences)
	);
	expect(after).not.toEqual(before);
});

test('what is kept of a person is given out, and of nobody else', async () => {
	const zoe = visit({ at: Date.now() });
	const max = visit({ at: Date.now() });
	await take(zoe);
	await take(max);
	const answer = await call('GET', zoe.user);
	const given = (await answer.json()) as { events: unknown[]; records: Record<string, unknown[]> };
	expect(given.events).toHaveLength(7);
	expect(given.records.ceremonies_v1).toHaveLength(2);
	expect(Object.keys(given.records)).toEqual(
		storedTables('state').map(({ view, name }) => view ?? name)
	);
	expect(JSON.stringify(given)).not.toContain(max.session);
});

test.each([
	[
		'with a public key',
		() => call('DELETE', ref(), collector.ingestKey),
		403,
		'server_key_required'
	],
	['with an unknown key', () => call('GET', ref(), 'sk_unknown'), 401, 'key_unknown'],
	[
		"with the site's own reference",
		() => call('DELETE', 'ada@example.com'),
		400,
		'user_ref_invalid'
	]
])('a request %s is refused', async (_, ask, status, code) => {
	const answer = await ask();
	expect(answer.status).toBe(status);
	expect(await answer.json()).toMatchObject({ type: expect.stringContaining(code) });
});
