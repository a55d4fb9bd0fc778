import type { ClickHouseClient } from '@clickhouse/client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { applyMigrations, readMigrations } from './apply.ts';
import { connectDatabase, createDatabase } from './connect.ts';

let dataDir: string;
let client: ClickHouseClient;
let number = 0;
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'passlens-migrations-'));
});
beforeEach(async () => {
	await client?.close();
	const options = { dataDir, database: `test_${++number}` };
	await createDatabase(options);
	client = await connectDatabase(options);
});
afterAll(async () => {
	await client.close();
	await rm(dataDir, { recursive: true, force: true });
});

const tables = async () => {
	const result = await client.query({
		query: 'SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name',
		format: 'JSONEachRow'
	});
	return (await result.json<{ name: string }>()).map(({ name }) => name);
};

test('all are applied in order, and applying them again changes nothing', async () => {
	const names = readMigrations().map(({ name }) => name);
	const progress: string[] = [];
	expect(await applyMigrations({ client, onProgress: (name) => progress.push(name) })).toEqual(
		names
	);
	expect(progress).toEqual(names);
	const before = await tables();
	expect(before).toEqual(
		expect.arrayContaining([
			'events_raw_v1',
			'ceremonies_v1',
			'credentials_v1',
			'daily_activity_v1'
		])
	);
	expect(await applyMigrations({ client })).toEqual([]);
	expect(await tables()).toEqual(before);
});

test('rows are filled into a new table from the others where there can be any', async () => {
	const table = { number: 1, name: '0001_table', checksum: 'a', statements: ONE_AND_TWO };
	const filled = {
		...{ number: 2, name: '0002_filled', checksum: 'b' },
		statements: ['-- From one.\nINSERT INTO two\nSELECT a FROM one']
	};
	const rows = async () => {
		const result = await client.query({ query: 'SELECT a FROM two', format: 'JSONEachRow' });
		return result.json();
	};
	// In a new database there is nothing to fill in, so it is not tried: the missing column is not missed.
	const broken = { ...filled, statements: ['INSERT INTO two SELECT nonsense FROM one'] };
	expect(await applyMigrations({ client, migrations: [table, broken] })).toHaveLength(2);
	expect(await rows()).toEqual([]);
	await client.command({ query: 'DROP TABLE migrations_applied_v1' });
	await client.command({ query: 'DROP TABLE one' });
	await client.command({ query: 'DROP TABLE two' });

	await applyMigrations({ client, migrations: [table] });
	await client.command({ query: 'INSERT INTO one VALUES (7)' });
	await applyMigrations({ client, migrations: [table, filled] });
	expect(await rows()).toEqual([{ a: 7 }]);
});

const ONE_AND_TWO = ['one', 'two'].map(
	(name) => `CREATE TABLE ${name} (a UInt8) ENGINE = MergeTree ORDER BY a`
);

test('the numbers rise, each once', () => {
	const numbers = readMigrations().map((migration) => migration.number);
	expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
});

test('they land in the database that was asked for, and beside another', async () => {
	await applyMigrations({ client });
	const result = await client.query({
		query: `SELECT DISTINCT database FROM system.tables WHERE name = 'events_raw_v1' AND database LIKE 'test_%' ORDER BY database`,
		format: 'JSONEachRow'
	});
	expect(await result.json()).toContainEqual({ database: `test_${number}` });
});

test('a file that was changed after it had been applied is refused by name', async () => {
	await applyMigrations({ client });
	const [first, ...rest] = readMigrations();
	await expect(
		applyMigrations({ client, migrations: [{ ...first!, checksum: 'changed' }, ...rest] })
	).rejects.toMatchObject({
		code: 'checksum_mismatch',
		message: expect.stringContaining(first!.name)
	});
});

test('a database ahead of this version is refused by name', async () => {
	await applyMigrations({ client });
	const newest = readMigrations().at(-1)!;
	await expect(
		applyMigrations({ client, migrations: readMigrations().slice(0, -1) })
	).rejects.toMatchObject({ code: 'schema_newer', message: expect.stringContaining(newest.name) });
});

test('a statement that fails stops there, is named, and can be tried again', async () => {
	const good = {
		number: 1,
		name: '0001_good',
		checksum: 'a',
		statements: ['CREATE TABLE good (a UInt8) ENGINE = Memory']
	};
	const bad = { number: 2, name: '0002_bad', checksum: 'b', statements: ['CREATE NONSENSE'] };
	await expect(applyMigrations({ client, migrations: [good, bad] })).rejects.toMatchObject({
		code: 'statement_failed',
		message: expect.stringContaining('0002_bad')
	});
	const mended = { ...bad, statements: ['CREATE TABLE mended (a UInt8) ENGINE = Memory'] };
	expect(await applyMigrations({ client, migrations: [good, mended] })).toEqual(['0002_bad']);
});

test.each(['a b', 'a;b', 'a`b', ''])('the database name %j is refused', async (database) => {
	await expect(createDatabase({ dataDir, database })).rejects.toThrow(/plain name/);
});
