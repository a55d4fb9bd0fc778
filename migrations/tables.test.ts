import type { ClickHouseClient } from '@clickhouse/client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyMigrations } from './apply.ts';
import { connectDatabase, createDatabase } from './connect.ts';
import { STORED_TABLES, storedTables } from './tables.ts';

let dataDir: string;
let client: ClickHouseClient;
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'passlens-tables-'));
	await createDatabase({ dataDir });
	client = await connectDatabase({ dataDir });
	await applyMigrations({ client });
});
afterAll(async () => {
	await client.close();
	await rm(dataDir, { recursive: true, force: true });
});

async function ask<Row>(query: string, query_params: Record<string, unknown> = {}) {
	const result = await client.query({ query, query_params, format: 'JSONEachRow' });
	return result.json<Row>();
}

test('every table of a migrated database is known, and every known table exists', async () => {
	const stored = await ask<{ name: string }>(
		`SELECT name FROM system.tables WHERE database = currentDatabase() AND engine NOT LIKE '%View' ORDER BY name`
	);
	const names = stored.map(({ name }) => name);
	const known = STORED_TABLES.map(({ name }) => name);
	const unknown = names.filter((name) => !known.includes(name));
	expect(
		unknown,
		`Add ${unknown.join(', ')} to migrations/tables.ts: what a row is, its role, its key, whose it is, its first and last day, its shard. Verify, erasure, retention, cluster and move go by that list.`
	).toEqual([]);
	expect(known.toSorted()).toEqual(names);
});

test.each(STORED_TABLES.filter(({ role }) => role !== 'bookkeeping'))(
	'what $name is said to have, it has: its key, its days, its owner, its shard',
	async ({ name, key, user, credential, userSets = [], since, until, shardBy }) => {
		const sql = [user, credential, shardBy].map((text) => `toUInt64(${text ?? 0})`);
		const days = [since, until].map((text) => `toDate(${text})`);
		const columns = [
			'project_id',
			...key,
			...sql,
			...days,
			...userSets.map((c) => `finalizeAggregation(${c})`)
		];
		expect(await ask(`SELECT ${columns.join(', ')} FROM ${name}`)).toEqual([]);
	}
);

test('a column that could hold a person is named, or its table is of nobody', async () => {
	const columns = await ask<{ table: string; name: string; type: string }>(
		`SELECT table, name, type FROM system.columns JOIN system.tables AS t ON t.database = columns.database AND t.name = columns.table
		WHERE columns.database = currentDatabase() AND t.engine NOT LIKE '%View'
			AND (columns.name ILIKE '%user%hash%' OR columns.name IN ('owner', 'users') OR columns.name ILIKE '%credential_hash%' OR columns.type LIKE 'AggregateFunction(%UInt64)')`
	);
	expect(columns.length).toBeGreaterThan(5);
	const unnamed = columns.filter(({ table, name }) => {
		const {
			user = '',
			credential = '',
			userSets = [],
			key = []
		} = STORED_TABLES.find((known) => known.name === table) ?? {};
		return ![user.split('.')[0], credential, ...userSets, ...key].includes(name);
	});
	expect(
		unnamed,
		'Say in migrations/tables.ts whose these are (user, credential or userSets), so that an erasure finds them.'
	).toEqual([]);
});

test.each(storedTables('state'))(
	'$name is fed by views from the raw events, in every column, with what merges in any order',
	async ({ name, key }) => {
		const views = await ask<{ view: string; reads: string; columns: string[] }>(
			`SELECT t.name AS view, extract(as_select, 'FROM \\\\w+\\\\.(\\\\w+)') AS reads, groupUniqArray(c.name) AS columns
			FROM system.tables AS t JOIN system.columns AS c ON c.database = t.database AND c.table = t.name
			WHERE t.database = currentDatabase() AND t.engine = 'MaterializedView'
				AND position(create_table_query, concat(' TO ', currentDatabase(), '.', {name: String}, ' ')) > 0
			GROUP BY view, reads`,
			{ name }
		);
		expect(views.map(({ reads }) => reads)).toContain('events_raw_v1');
		const columns = await ask<{ name: string; type: string; sorted: number }>(
			`SELECT name, type, is_in_sorting_key AS sorted FROM system.columns WHERE database = currentDatabase() AND table = {name: String}`,
			{ name }
		);
		const fed = new Set(views.flatMap((view) => view.columns));
		expect(columns.map((column) => column.name).filter((column) => !fed.has(column))).toEqual([]);
		const plain = columns.filter(
			({ type, sorted }) => !sorted && !type.includes('AggregateFunction(')
		);
		expect(plain).toEqual([]);
		const additive = columns.filter(({ type }) => /\((sum|count|avg|groupArray)\b/.test(type));
		expect(additive, 'A table that adds up is wrong the first time a sender retries.').toEqual([]);
		expect(columns.filter((c) => c.sorted).map((c) => c.name)).toEqual(
			expect.arrayContaining([...key])
		);
	}
);
