/**
 * Fills an embedded database with so many ceremonies, in a process of its own: `node make-ceremonies.ts <directory> <ceremonies>`.
 * Up to a million are made as raw events and go through every materialized view. A larger number is that million many times over,
 * copied from table to table with other people, credentials and ids in each copy: the state tables have then the shape and the
 * contents that the views would have given them, and the raw events are left at a million. Goes on where an earlier run was ended.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refreshDailyActivity } from '../../collector/store/refresh-daily-activity.ts';
import { applyMigrations } from '../../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../../migrations/connect.ts';
import { openSettings } from '../../settings/open-settings.ts';
import { createProject } from '../../settings/projects.ts';
import { CEREMONIES_A_USER, DAYS, INSERT_EVENTS } from './generate-sql.ts';

export const PROJECT = 'size';
const BASE = 1_000_000;
const CHUNK = 100_000;
const COPIES_AT_ONCE = 9;

const [dataDir, ceremonies] = [process.argv[2]!, Number(process.argv[3])];
if (ceremonies > BASE && ceremonies % BASE !== 0)
	throw new RangeError(`More than a million ceremonies are made in millions, not ${ceremonies}.`);
mkdirSync(dataDir, { recursive: true });
const markFile = join(dataDir, 'made.json');
const made = (
	existsSync(markFile)
		? JSON.parse(readFileSync(markFile, 'utf8'))
		: { until: Date.now(), ceremonies: 0, copies: 1, rolledUp: false }
) as { until: number; ceremonies: number; copies: number; rolledUp: boolean };

await createDatabase({ dataDir });
const client = await connectDatabase({ dataDir });
await applyMigrations({ client });
await makeProject();
await makeBase(Math.min(ceremonies, BASE));
await copyBase(Math.round(ceremonies / BASE));
if (!made.rolledUp) {
	say('rolling up');
	await refreshDailyActivity({ client, projectId: PROJECT });
	mark({ rolledUp: true });
}
await client.close();
process.exit(0);

async function makeProject() {
	if (existsSync(markFile)) return;
	const settings = await openSettings({ dataDir });
	await createProject(settings, { id: PROJECT, name: 'Size (synthetic)' });
	await settings.destroy();
	mark({});
}

async function makeBase(base: number) {
	for (let first = made.ceremonies; first < base; first += CHUNK) {
		say(`${first.toLocaleString('en')} of ${base.toLocaleString('en')} made`);
		const count = Math.min(CHUNK, base - first);
		await client.command({
			query: INSERT_EVENTS,
			query_params: {
				project: PROJECT,
				first,
				count,
				start: made.until - DAYS * 86_400_000,
				span: (DAYS * 86_400_000) / base,
				users: Math.ceil(base / CEREMONIES_A_USER),
				ceremonies: base
			},
			clickhouse_settings: { min_insert_block_size_rows: '400000' }
		});
		mark({ ceremonies: first + count });
	}
}

async function copyBase(copies: number) {
	if (made.copies >= copies) return;
	const tables = await stateTables();
	for (const table of tables) await setAside(table);
	while (made.copies < copies) {
		const next = Math.min(copies, made.copies + COPIES_AT_ONCE);
		say(`${made.copies} of ${copies} million copied`);
		for (const table of tables) await copyTable(client, table, made.copies, next);
		mark({ copies: next });
	}
	for (const table of tables) await client.command({ query: `DROP TABLE IF EXISTS ${table}_base` });
}

/** Every table that materialized views fill: all but raw events and what is rolled up from the rest. */
async function stateTables(): Promise<string[]> {
	const found = await client.query({
		query: `SELECT DISTINCT extract(create_table_query, 'TO (?:\\w+\\.)?(\\w+)') AS target FROM system.tables
			WHERE database = currentDatabase() AND engine = 'MaterializedView' ORDER BY target`,
		format: 'JSONEachRow'
	});
	return (await found.json<{ target: string }>()).map(({ target }) => target);
}

/** The first million, merged, as the copies are made from it. */
async function setAside(table: string) {
	await client.command({ query: `CREATE TABLE IF NOT EXISTS ${table}_base AS ${table}` });
	const { data } = await (
		await client.query({ query: `SELECT count() AS rows FROM ${table}_base` })
	).json<{ rows: string }>();
	if (data[0]!.rows !== '0') return;
	await client.command({ query: `OPTIMIZE TABLE ${table} FINAL` });
	await client.command({ query: `INSERT INTO ${table}_base SELECT * FROM ${table}` });
}

/** The first million under other ids: times, and the times within UUIDs, stay. What is 0 (none) stays 0. */
async function copyTable(client: ClickHouseClient, table: string, from: number, to: number) {
	const found = await client.query({
		query: `SELECT name, type FROM system.columns
			WHERE database = currentDatabase() AND table = {table: String} AND default_kind != 'MATERIALIZED'`,
		query_params: { table },
		format: 'JSONEachRow'
	});
	const columns = await found.json<{ name: string; type: string }>();
	const sql = columns.map(({ name, type }) => `${copyOf(name, type)} AS ${name}`).join(', ');
	await client.command({
		query: `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')})
			SELECT ${sql} FROM (SELECT arrayJoin(range({from: UInt32}, {to: UInt32})) AS copy, * FROM ${table}_base)`,
		query_params: { from, to },
		clickhouse_settings: { max_insert_threads: '2' }
	});
}

function copyOf(name: string, type: string): string {
	// A set of ids that is only counted stays as it is: as many of other ids.
	if (type.startsWith('AggregateFunction(')) return name;
	if (type === 'UUID' || type.endsWith(', UUID)'))
		return `if(${name} = toUUID('00000000-0000-0000-0000-000000000000'), ${name}, reinterpretAsUUID(bitXor(reinterpretAsUInt128(${name}),
			bitShiftLeft(toUInt128(bitAnd(cityHash64(copy), 0x3fffffffffffffff)), 64))))`;
	const hash = (column: string) => `if(${column} = 0, toUInt64(0), cityHash64(${column}, copy))`;
	if (name === 'user_hash' || name === 'credential_hash') return hash(name);
	return name === 'owner' ? `(owner.1, ${hash('owner.2')})` : name;
}

function mark(changes: Partial<typeof made>) {
	Object.assign(made, changes);
	writeFileSync(markFile, JSON.stringify(made));
}

function say(text: string) {
	process.stderr.write(`  ${text}\n`);
}
