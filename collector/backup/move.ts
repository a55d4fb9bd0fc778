import type { ClickHouseClient } from '@clickhouse/client';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import {
	connectDatabase,
	DEFAULT_DATABASE,
	type DatabaseOptions
} from '../../migrations/connect.ts';
import { migrateDatabase } from '../../migrations/migrate-database.ts';
import { STORED_TABLES, type StoredTable } from '../../migrations/tables.ts';
import { WRITTEN_AGAIN } from '../../migrations/written-again.ts';
import { ask } from '../lifecycle/ask.ts';
import { BackupError } from './manifest.ts';

/** How the rows of a table compare when all were moved. */
export interface MovedTable {
	table: string;
	/** Rows in the one and in the other, merged. */
	here: number;
	there: number;
	/** Same number and same keys. */
	same: boolean;
}

export interface MoveOptions {
	/** The embedded database: brought to this version, and held by this process. */
	from: DatabaseOptions;
	/** A server, or one of a cluster's. Empty, unless a move to it was begun. */
	to: DatabaseOptions;
	/** Ends after the rows it is at; the next run goes on from there. */
	signal?: AbortSignal | undefined;
	onProgress?: (progress: { table: string; rows: number; total: number }) => void;
}

/** What one server's and one collector's: they say nothing of events, and the other has its own. */
const STAYS = ['migrations_applied_v1', 'collector_health_v1', 'collector_refusals_v1'];

/** Rows of one insert. */
const ROWS_AT_ONCE = 50_000;

/**
 * Moves every table's rows from the embedded database to a server. The raw events make most of the state tables there by
 * themselves; the state's own rows follow, because they tell of events that retention has deleted, and merge with those.
 * So a part that is moved twice, after a kill, is there once.
 *
 * @returns the comparison; undefined when it was stopped before the end
 * @throws BackupError when the other database holds rows of somebody else
 */
export async function moveToServer({
	from,
	to,
	signal,
	onProgress = () => undefined
}: MoveOptions): Promise<MovedTable[] | undefined> {
	await migrateDatabase(to);
	const here = await connectDatabase(from);
	const there = await connectDatabase(to);
	const done = openProgress(from.dataDir, to);
	try {
		if (done.isNew()) await refuseUsed(there);
		const tables = STORED_TABLES.filter(({ name }) => !STAYS.includes(name));
		for (const table of tables) {
			const parts = await partsOf(here, table);
			const total = parts.reduce((sum, { rows }) => sum + rows, 0);
			let rows = 0;
			for (const part of parts) {
				if (signal?.aborted) return undefined;
				if (!done.has(table.name, part)) {
					await movePart({ here, there, table, part });
					done.add(table.name, part);
				}
				onProgress({ table: table.name, rows: (rows += part.rows), total });
			}
		}
		const compared: MovedTable[] = [];
		for (const table of tables) compared.push(await compare({ here, there, table }));
		if (compared.every(({ same }) => same)) done.clear();
		return compared;
	} finally {
		await here.close();
		await there.close();
	}
}

/** Rows of a table that are moved together: by a hash, so that it is the same part in whatever order they lie. */
interface Part {
	number: number;
	of: number;
	rows: number;
}

async function partsOf(here: ClickHouseClient, table: StoredTable): Promise<Part[]> {
	const [counted] = await ask<{ rows: string }>(here, `SELECT count() AS rows FROM ${table.name}`);
	const rows = Number(counted!.rows);
	const of = Math.max(1, Math.ceil(rows / ROWS_AT_ONCE));
	return Array.from({ length: of }, (_, number) => ({ number, of, rows: Math.round(rows / of) }));
}

/** SQL of a hash of a row's sorting key. */
async function hashOf(client: ClickHouseClient, table: StoredTable): Promise<string> {
	const [found] = await ask<{ sorting_key: string }>(
		client,
		'SELECT sorting_key FROM system.tables WHERE database = currentDatabase() AND name = {name: String}',
		{ name: table.name }
	);
	return `cityHash64(${found!.sorting_key})`;
}

async function movePart({
	here,
	there,
	table,
	part
}: {
	here: ClickHouseClient;
	there: ClickHouseClient;
	table: StoredTable;
	part: Part;
}): Promise<void> {
	const columns = await ask<{ name: string }>(
		here,
		`SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {name: String} AND default_kind != 'MATERIALIZED'`,
		{ name: table.name }
	);
	const names = columns.map(({ name }) => name).join(', ');
	const { stream } = await here.exec({
		query: `SELECT ${names} FROM ${table.name} WHERE ${await hashOf(here, table)} % {of: UInt32} = {number: UInt32} FORMAT Native`,
		query_params: { of: part.of, number: part.number }
	});
	const rows = await buffer(stream);
	if (rows.length === 0) return;
	const answer = await there.exec({
		query: `INSERT INTO ${table.name} (${names}) FORMAT Native`,
		values: Readable.from([rows]),
		clickhouse_settings: {
			...WRITTEN_AGAIN,
			async_insert: 0,
			wait_end_of_query: 1,
			// A part moved again after a kill must reach the tables that the first attempt had not got to; what adds up must not get it twice.
			...(table.role === 'bookkeeping'
				? { insert_deduplication_token: `${part.number} of ${part.of}` }
				: { insert_deduplicate: 0 })
		}
	});
	await buffer(answer.stream);
}

async function compare({
	here,
	there,
	table
}: {
	here: ClickHouseClient;
	there: ClickHouseClient;
	table: StoredTable;
}): Promise<MovedTable> {
	const query = `SELECT count() AS rows, toString(sum(${await hashOf(here, table)})) AS keys FROM ${table.name} FINAL`;
	const read = async (client: ClickHouseClient) =>
		(await ask<{ rows: string; keys: string }>(client, query))[0]!;
	const [one, other] = [await read(here), await read(there)];
	return {
		table: table.name,
		here: Number(one.rows),
		there: Number(other.rows),
		same: one.rows === other.rows && one.keys === other.keys
	};
}

async function refuseUsed(there: ClickHouseClient): Promise<void> {
	const [found] = await ask<{ rows: string }>(there, 'SELECT count() AS rows FROM events_raw_v1');
	if (found?.rows !== '0')
		throw new BackupError(
			'not_empty',
			'The server has events already, and not from a move that was begun here. Name another database with CLICKHOUSE_DATABASE.'
		);
}

const progressSchema = z.object({ to: z.string(), done: z.array(z.string()) });

/** What was moved, in a file of the data directory, so that a move that was ended goes on. */
function openProgress(dataDir: string, { url, database = DEFAULT_DATABASE }: DatabaseOptions) {
	const path = join(dataDir, 'move.json');
	const { host } = new URL(url!);
	const to = `${host}/${database}`;
	const known = existsSync(path)
		? progressSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
		: undefined;
	const done = new Set(known?.to === to ? known.done : []);
	const nameOf = (table: string, { number, of }: Part) => `${table} ${number + 1} of ${of}`;
	return {
		isNew: () => done.size === 0,
		has: (table: string, part: Part) => done.has(nameOf(table, part)),
		add(table: string, part: Part): void {
			done.add(nameOf(table, part));
			writeFileSync(path, JSON.stringify({ to, done: [...done] }), { flush: true });
		},
		clear: () => rmSync(path, { force: true })
	};
}
