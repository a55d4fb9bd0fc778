import { join } from 'node:path';
import { applyMigrations } from '../../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../../migrations/connect.ts';
import { EVENT_COLUMNS } from '../../collector/store/event-row.ts';

/** Rows a second that the database takes when nothing else is to be done. */
export interface AsIs {
	/** Into the table and all that is made from it. */
	everyTable: number;
	/** Into a table of the same columns and order that feeds nothing. */
	tableAlone: number;
	/** Microseconds of processor time that a row into every table costs in that statement, merges afterwards not counted. */
	processorTime: number;
}

/** Enough that a small part of it does not decide, few enough that it takes seconds. */
const MOST_ROWS = 1_000_000;

/**
 * Takes the rows that the collector left in a directory and inserts them again, into an empty database beside it, as fast as the
 * database can: from one file in its own format, written by itself, in one statement.
 */
export async function insertAsIs({ dataDir }: { dataDir: string }): Promise<AsIs> {
	const database = { dataDir, database: 'as_is' };
	await createDatabase(database);
	const client = await connectDatabase(database);
	await applyMigrations({ client });
	const names = Object.keys(EVENT_COLUMNS).join(', ');
	const structure = Object.entries(EVENT_COLUMNS)
		.map(([name, type]) => `${name} ${type}`)
		.join(', ');
	const path = join(dataDir, 'as-is.native');
	const run = (query: string) =>
		client.command({
			query,
			query_params: { path, structure },
			// As the collector inserts (store-segment.ts).
			clickhouse_settings: { optimize_on_insert: 0 }
		});
	await run(`INSERT INTO FUNCTION file({path: String}, 'Native', {structure: String})
		SELECT ${names} FROM passlens.events_raw_v1 LIMIT ${MOST_ROWS}`);
	const counted = await client.query({
		query: `SELECT count() AS n FROM file({path: String}, 'Native', {structure: String})`,
		query_params: { path, structure },
		format: 'JSONEachRow'
	});
	const [{ n }] = (await counted.json()) as [{ n: string }];
	await run('CREATE TABLE alone AS events_raw_v1');
	const rate = async (table: string) => {
		const started = performance.now();
		await run(
			`INSERT INTO ${table} (${names}) SELECT ${names} FROM file({path: String}, 'Native', {structure: String})`
		);
		return Number(n) / ((performance.now() - started) / 1000);
	};
	const tableAlone = await rate('alone');
	const before = process.cpuUsage();
	const everyTable = await rate('events_raw_v1');
	const { user, system } = process.cpuUsage(before);
	await client.close();
	return { tableAlone, everyTable, processorTime: (user + system) / Number(n) };
}
