import type { ClickHouseClient } from '@clickhouse/client';
import { randomBytes } from 'node:crypto';
import { applyMigrations } from '../../migrations/apply.ts';
import {
	connectDatabase,
	createDatabase,
	DEFAULT_DATABASE,
	type DatabaseOptions
} from '../../migrations/connect.ts';
import { STORED_TABLES, storedTables } from '../../migrations/tables.ts';
import { ask } from './ask.ts';
import type { DayRange } from './day-range.ts';

/** A database of its own beside the real one, with the same tables, filled from the real one's raw events alone. */
export interface ScratchDatabase {
	/** A session in the scratch database; the real one is reached by its name. */
	client: ClickHouseClient;
	name: string;
	/** Name of the real database. */
	source: string;
	/** Takes out every row, as if it had just been made. */
	empty(): Promise<void>;
	/** Deletes it with everything in it. */
	drop(): Promise<void>;
}

/** What stays when a scratch database is emptied. */
const MIGRATIONS = 'migrations_applied_v1';

/**
 * Makes an empty database with this version's tables on the server that `options` name. The very views and refreshes that
 * keep the real tables make these, so whatever is added to them is recomputed too. It takes more than a second of a processor.
 */
export async function openScratchDatabase(options: DatabaseOptions): Promise<ScratchDatabase> {
	const source = options.database ?? DEFAULT_DATABASE;
	const name = `${source}_scratch_${randomBytes(6).toString('hex')}`;
	// One server's own tables, on a cluster as well: what is recomputed is read back by this session alone.
	const own: DatabaseOptions = { url: options.url, dataDir: options.dataDir, database: name };
	await createDatabase(own);
	const client = await connectDatabase(own);
	await applyMigrations({ client });
	return {
		client,
		name,
		source,
		async empty() {
			for (const table of STORED_TABLES)
				if (table.name !== MIGRATIONS)
					await client.command({ query: `TRUNCATE TABLE ${table.name}` });
		},
		async drop() {
			await client.command({ query: `DROP DATABASE IF EXISTS ${name} SYNC` });
			await client.close();
		}
	};
}

/** Rows of one insert: enough to be cheap, few enough to show progress. */
const ROWS_AT_ONCE = 200_000;

/** Which raw events are meant: SQL over `events_raw_v1` and the values bound in it. */
export interface EventCondition {
	/** @param raw the table to ask in subqueries */
	condition: (raw: string) => string;
	parameters: Record<string, unknown>;
}

/**
 * Copies a project's raw events in, each once, and with them arises every state table.
 *
 * @returns events copied
 */
export async function copyEvents({
	scratch,
	projectId,
	which,
	onProgress
}: {
	scratch: ScratchDatabase;
	projectId: string;
	/** All of the project's when left out. */
	which?: EventCondition | undefined;
	onProgress?: ((done: number, total: number) => void) | undefined;
}): Promise<number> {
	const { client, source } = scratch;
	const raw = `${source}.events_raw_v1`;
	const query_params = { ...which?.parameters, project: projectId };
	const wanted = `project_id = {project: String} AND (${which?.condition(raw) ?? 'true'})`;
	const counts = await ask<{ day: string; events: string }>(
		client,
		`SELECT toString(event_date) AS day, count() AS events FROM ${raw} WHERE ${wanted} GROUP BY day ORDER BY day`,
		query_params
	);
	const total = counts.reduce((sum, { events }) => sum + Number(events), 0);
	const columns = await eventColumns(client);
	let done = 0;
	for (const [from, to, rows] of inChunks(counts)) {
		await client.command({
			query: `INSERT INTO events_raw_v1 (${columns}) SELECT ${columns} FROM ${raw} FINAL
				WHERE event_date BETWEEN {chunk_from: Date} AND {chunk_to: Date} AND ${wanted}`,
			query_params: { ...query_params, chunk_from: from, chunk_to: to }
		});
		onProgress?.((done += rows), total);
	}
	return done;
}

/** The events of these days, and every event of any row that one of them went into. */
export function aboutDays(days: DayRange): EventCondition {
	const inDays = `event_date BETWEEN {from: Date} AND {to: Date}`;
	const keys = [...new Set(storedTables('state').flatMap(({ key }) => key))];
	const same = (key: string, raw: string) =>
		`${key} IN (SELECT ${key} FROM ${raw} WHERE project_id = {project: String} AND ${inDays} AND ${key} != defaultValueOfArgumentType(${key}))`;
	return {
		condition: (raw) => [inDays, ...keys.map((key) => same(key, raw))].join(' OR '),
		parameters: { ...days }
	};
}

async function eventColumns(client: ClickHouseClient): Promise<string> {
	const columns = await ask<{ name: string }>(
		client,
		`SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'events_raw_v1' AND default_kind = ''`
	);
	return columns.map(({ name }) => name).join(', ');
}

function* inChunks(counts: { day: string; events: string }[]): Generator<[string, string, number]> {
	let from: string | undefined;
	let rows = 0;
	for (const { day, events } of counts) {
		from ??= day;
		rows += Number(events);
		if (rows < ROWS_AT_ONCE && day !== counts.at(-1)?.day) continue;
		yield [from, day, rows];
		from = undefined;
		rows = 0;
	}
}
