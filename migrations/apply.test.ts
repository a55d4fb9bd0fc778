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
