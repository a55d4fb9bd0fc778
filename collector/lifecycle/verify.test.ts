import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { storedTables } from '../../migrations/tables.ts';
import { EXAMPLES, FAILED_CEREMONY_EXAMPLE } from '../../sdk/event/examples.ts';
import { refreshDailyActivity } from '../store/refresh-daily-activity.ts';
import { startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { NO_ROW } from './compare-table.ts';
import { openScratchDatabase, type ScratchDatabase } from './scratch-database.ts';
import { verify } from './verify.ts';

// Each run recomputes everything.
vi.setConfig({ testTimeout: 120_000 });

let collector: TestCollector;
let scratch: ScratchDatabase;
beforeAll(async () => {
	collector = await startTestCollector();
	const { 'ceremony.verdict': verdict, 'credential.revoked': revoked, ...page } = EXAMPLES;
	const failed = { ...FAILED_CEREMONY_EXAMPLE, ceremony_id: uuidV7(), id: uuidV7() };
	const time_unix_ms = Date.now() - 1_000;
	const tags = { role: 'admin' };
	const at = (events: object[]) => events.map((event) => ({ ...event, time_unix_ms, tags }));
	await collector.send(at([...Object.values(page), failed]));
	await collector.send(at([verdict, revoked]), { as: 'server' });
	await collector.stored();
	// Nothing may be remade behind the planted differences.
	await collector.stop();
	await client().command({ query: 'OPTIMIZE TABLE events_raw_v1 FINAL' });
	// What came in the last minute may be under way, and a day with events this new is about to be remade: neither is compared.
	vi.setSystemTime(Date.now() + 600_000);
	await refreshDailyActivity({ client: client() });
	scratch = await openScratchDatabase(database());
}, 60_000);
afterAll(async () => {
	vi.useRealTimers();
	await scratch?.drop();
	await collector?.close();
});

const client = () => collector.client;
const database = () => ({ dataDir: collector.dataDir });
function run(options: object = {}) {
	// A day is never remade twice in the same millisecond, not even by a clock that stands still.
	vi.setSystemTime(Date.now() + 1_000);
	return verify({ client: client(), database: database(), scratch, ...options });
}

test.each([
	['of its own, which is gone afterwards', undefined],
	['that was given to it, which is empty afterwards', () => scratch]
])(
	'in a scratch database %s, a database whose tables are what the raw events make of them has no difference',
	async (_, given) => {
		const [result, ...others] = await run({ scratch: given?.() });
		expect(others).toEqual([]);
		expect(result).toMatchObject({ projectId: 'shop', differences: [], waiting: 0 });
		expect(result!.events).toBeGreaterThan(10);
		const left = `SELECT name, database FROM system.tables WHERE database LIKE 'passlens_scratch_%'`;
		expect(await collector.query(`${left} AND database != '${scratch.name}'`)).toEqual([]);
		expect(await collector.query(`${left} AND total_rows > 0`)).toEqual([
			{ name: 'migrations_applied_v1', database: scratch.name }
		]);
	}
);

const query = (sql: string) =>
	client().command({ query: sql, clickhouse_settings: { mutations_sync: '2' } });

/** A value of a key that no row has. */
const OTHER_KEY = {
	UUID: `toUUID('0190163d-8694-739b-aea5-966c26f8ad91')`,
	UInt64: 'toUInt64(42)'
};

const STATES = storedTables('state').map(({ name }) => name);

async function columnsOf(table: string) {
	return collector.query<{ name: string; type: string }>(
		`SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = '${table}'`
	);
}

/** Verifies, repairs, and makes sure that nothing is left to repair. @returns what differed */
async function found() {
	const [result] = await run({ repair: true });
	expect((await run())[0]!.differences).toEqual([]);
	return result!.differences;
}

test('a row too many is listed in whichever table it is, and taken out', async () => {
	for (const { name, key } of storedTables('state')) {
		const last = key.at(-1)!;
		const { type } = (await columnsOf(name)).find((column) => column.name === last)!;
		const other = OTHER_KEY[type as keyof typeof OTHER_KEY];
		await query(`INSERT INTO ${name} SELECT * REPLACE (${other} AS ${last}) FROM ${name} LIMIT 1`);
	}
	const differences = await found();
	expect(differences.map(({ table }) => table)).toEqual(STATES);
	for (const difference of differences)
		expect(difference).toMatchObject({ projectId: 'shop', expected: NO_ROW, found: 'a row' });
});

test('another value is listed in whichever table it is, with its key and both values, and put right', async () => {
	const planted: object[] = [];
	for (const { name } of storedTables('state')) {
		const columns = await columnsOf(name);
		const textual = columns.find(
			({ type }) =>
				type === 'SimpleAggregateFunction(max, LowCardinality(String))' ||
				type.includes('groupUniqArrayArray')
		);
		// A table of keys has no such value.
		if (!textual) continue;
		const column = textual.name;
		const list = columns.some((each) => each.name === column && each.type.includes('Array'));
		await query(
			`INSERT INTO ${name} SELECT * REPLACE (${list ? `['zzz']` : `'zzz'`} AS ${column}) FROM ${name} LIMIT 1`
		);
		planted.push({
			table: name,
			column,
			found: expect.stringContaining('zzz'),
			expected: expect.not.stringContaining('zzz')
		});
	}
	expect(await found()).toMatchObject(planted);
});

test('a set with another member, the newest of two values, and tags are compared as well', async () => {
	await query(`INSERT INTO credentials_state_v2 SELECT * REPLACE (
		arrayReduce('uniqExactState', [toUUID('0190163d-8694-739b-aea5-966c26f8ad91')]) AS uses,
		(now64(3, 'UTC') + 9, toInt8(1)) AS backup_state) FROM credentials_state_v2 LIMIT 1`);
	await query(
		`INSERT INTO sessions_state_v1 SELECT * REPLACE (map('role', 'zzz') AS tags) FROM sessions_state_v1 LIMIT 1`
	);
	expect((await found()).map(({ column }) => column)).toEqual(['uses', 'backup_state', 'tags']);
});

test('missing rows are listed in whichever table they are, and put back', async () => {
	const rollups = storedTables('rollup').filter(({ current }) => current);
	const tables = [...STATES, ...rollups.map(({ name }) => name)];
	for (const name of tables) await query(`TRUNCATE TABLE ${name}`);
	const differences = await found();
	expect([...new Set(differences.map(({ table }) => table))]).toEqual(tables);
	for (const difference of differences)
		expect(difference).toMatchObject({ expected: 'a row', found: NO_ROW });
});

test('a day of the rollup with other counts, other users or a row too many is listed, and remade', async () => {
	const planted = [
		['occurrences + 1 AS occurrences', `'seen'`],
		[`arrayReduce('uniqExactState', [toUInt64(7)]) AS users`, `'eligible'`],
		[`'juggling' AS detail`, `'prompt_shown'`]
	];
	for (const [change, activity] of planted)
		await query(`INSERT INTO daily_activity_state_v2 SELECT * REPLACE (${change}) FROM daily_activity_state_v2 FINAL
			WHERE activity = ${activity} AND generation = (SELECT max(generation) FROM daily_generations_v1) LIMIT 1`);
	await query('OPTIMIZE TABLE daily_activity_state_v2 FINAL');
	const today = new Date().toISOString().slice(0, 10);
	const differences = await found();
	expect(differences).toMatchObject(
		differences.map(() => ({ table: 'daily_activity_state_v2', key: { day: today } }))
	);
	const listed = differences.map(
		({ key, column, found: value }) => `${key.activity} ${key.detail} ${column ?? value}`
	);
	expect(listed.sort()).toEqual([
		'eligible  users',
		'prompt_shown juggling a row',
		'seen  occurrences'
	]);
});

test('a range of days compares only what happened in it, with all that belongs to it', async () => {
	const today = new Date().toISOString().slice(0, 10);
	const days = { from: today, to: today };
	expect(await run({ days })).toMatchObject([{ differences: [] }]);
	await query(`ALTER TABLE users_state_v1 DELETE WHERE true`);
	expect((await run({ days: { from: '2026-01-01', to: '2026-01-02' } }))[0]!.differences).toEqual(
		[]
	);
	expect((await run({ days }))[0]!.differences.map(({ table }) => table)).toEqual([
		'users_state_v1'
	]);
	await run({ days, repair: true });
	expect((await run())[0]!.differences).toEqual([]);
});

test('a row whose events are partly gone by retention is only held to contain what the others tell', async () => {
	await query(
		`INSERT INTO retention_horizons_v1 VALUES ('shop', today() + 1, toDate('1970-01-01'))`
	);
	await query(
		`INSERT INTO users_state_v1 SELECT * REPLACE (first_seen_at - INTERVAL 90 DAY AS first_seen_at) FROM users_state_v1 LIMIT 1`
	);
	expect((await run())[0]!.differences).toEqual([]);
	await query(`ALTER TABLE users_state_v1 UPDATE os_names = [] WHERE true`);
	const [{ differences }] = (await run()) as [Awaited<ReturnType<typeof run>>[number]];
	expect(differences).toMatchObject([
		{ table: 'users_state_v1', column: 'os_names', found: '[]', partial: true }
	]);
	await run({ repair: true });
	expect((await run())[0]!.differences).toEqual([]);
	expect(
		await collector.query(
			'SELECT count() AS rows FROM users_v1 WHERE first_seen_at < now() - INTERVAL 80 DAY'
		)
	).toEqual([{ rows: '1' }]);
});
