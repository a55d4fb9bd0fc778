import type { ClickHouseClient } from '@clickhouse/client';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forCluster, type ClusterOptions } from './for-cluster.ts';

export interface Migration {
	/** Position in the order, from the file's name: `0002_ceremonies.sql` is 2. */
	number: number;
	name: string;
	checksum: string;
	statements: string[];
}

export class MigrationError extends Error {
	readonly code: 'checksum_mismatch' | 'schema_newer' | 'statement_failed' | 'backup_needed';
	constructor(code: MigrationError['code'], message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

const DIRECTORY = import.meta.dirname;

/** Reads the numbered files. Statements are separated by a semicolon at the end of a line. */
export function readMigrations(directory: string = DIRECTORY): Migration[] {
	return readdirSync(directory)
		.filter((file) => /^\d{4}_.+\.sql$/.test(file))
		.sort()
		.map((file) => {
			const sql = readFileSync(join(directory, file), 'utf8');
			return {
				number: Number(file.slice(0, 4)),
				name: file.replace(/\.sql$/, ''),
				checksum: createHash('sha256').update(sql).digest('hex'),
				statements: sql
					.split(/;\s*$/m)
					.map((statement) => statement.trim())
					.filter((statement) => statement.replace(/^--.*$/gm, '').trim() !== '')
			};
		});
}

/** What is done before steps that take rows away from a database which has some, with their names. It may refuse by throwing. */
export type BeforeLoss = (names: string[]) => Promise<void>;

/**
 * Brings the database to this version's schema; running it again changes nothing.
 * Refuses when a file that was applied has changed since, and when the database is ahead of this version.
 * Before steps that take rows away `beforeLoss` makes a backup; without one they are refused.
 *
 * @returns the names of the migrations applied by this call
 */
export async function applyMigrations({
	client,
	migrations = readMigrations(),
	cluster,
	beforeLoss = refuseLoss,
	upTo = Infinity,
	onProgress
}: {
	client: ClickHouseClient;
	beforeLoss?: BeforeLoss | undefined;
	migrations?: Migration[];
	/** The server is one of this cluster's. Without Keeper, apply them to each: rows that a migration inserts go in by one, the last. */
	cluster?: (ClusterOptions & { inserts?: boolean }) | undefined;
	/** The number of the last migration to apply; all when left out. */
	upTo?: number | undefined;
	onProgress?: (name: string) => void;
}): Promise<string[]> {
	for (const query of rewrite(APPLIED, cluster)) await client.command({ query });
	const applied = await readApplied(client);
	refuseDrift(applied, migrations);

	const missing = migrations.filter(({ number }) => !applied.has(number));
	const losing = missing.filter(takesRowsAway).map(({ name }) => name);
	if (losing.length > 0 && (await holdsEvents(client))) await beforeLoss(losing);

	const done: string[] = [];
	const isNew = applied.size === 0;
	for (const migration of missing.filter(({ number }) => number <= upTo)) {
		onProgress?.(migration.name);
		await run(client, migration, { cluster, isNew });
		done.push(migration.name);
	}
	return done;
}

/** Whether a migration drops or empties a table, deletes rows, or drops a column. Views hold nothing. */
export function takesRowsAway({ statements }: Pick<Migration, 'statements'>): boolean {
	return statements.some((statement) => LOSS.test(statement.replace(/^\s*--.*$/gm, '')));
}

const LOSS =
	/^\s*(DROP TABLE|TRUNCATE|DELETE)\b|\bDROP COLUMN\b|^\s*ALTER TABLE\s+\S+\s+DELETE\b/im;

interface Target {
	cluster?: (ClusterOptions & { inserts?: boolean }) | undefined;
	/** Nothing is in it yet. */
	isNew: boolean;
}

/** What a migration runs there. A new database holds nothing that could be filled into other tables; a new server of a cluster asks the others. */
function statementsFor({ statements }: Migration, { cluster, isNew }: Target): string[] {
	return statements
		.filter((statement) => cluster || !isNew || !FILLS.test(statement.replace(/^\s*--.*$/gm, '')))
		.flatMap((statement) => rewrite(statement, cluster));
}

const FILLS = /^\s*INSERT INTO\b[^;]*\bSELECT\b/i;

async function holdsEvents(client: ClickHouseClient): Promise<boolean> {
	const result = await client.query({
		query: `SELECT sum(total_rows) AS events FROM system.tables WHERE database = currentDatabase() AND name LIKE 'events_raw_%'`,
		format: 'JSONEachRow'
	});
	const [row] = await result.json<{ events: string }>();
	return Number(row?.events) > 0;
}

function refuseLoss(names: string[]): Promise<void> {
	throw new MigrationError(
		'backup_needed',
		`${names.join(', ')} take rows away, so a backup comes first. "npm run migrate" makes it and goes on, as a start of Passlens does.`
	);
}

async function readApplied(client: ClickHouseClient) {
	const result = await client.query({
		query: 'SELECT number, name, checksum FROM migrations_applied_v1 FINAL ORDER BY number',
		format: 'JSONEachRow'
	});
	const rows = await result.json<{ number: number; name: string; checksum: string }>();
	return new Map(rows.map((row) => [Number(row.number), row]));
}

function refuseDrift(applied: Map<number, { name: string; checksum: string }>, known: Migration[]) {
	for (const [number, row] of applied) {
		const migration = known.find((candidate) => candidate.number === number);
		if (!migration) {
			throw new MigrationError(
				'schema_newer',
				`The database has migration ${row.name}, which this version of Passlens does not know. Start the version that made it, or a newer one.`
			);
		}
		if (migration.checksum !== row.checksum) {
			throw new MigrationError(
				'checksum_mismatch',
				`Migration ${row.name} was changed after it had been applied. Restore the file and put the change into a new migration.`
			);
		}
	}
}

const APPLIED = `CREATE TABLE IF NOT EXISTS migrations_applied_v1
	(number UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
	ENGINE = ReplacingMergeTree ORDER BY number`;

/** A statement as this database takes it. */
function rewrite(statement: string, cluster?: ClusterOptions & { inserts?: boolean }): string[] {
	if (!cluster) return [statement];
	return forCluster(statement, cluster)
		.filter(({ runs }) => runs === 'everywhere' || cluster.inserts !== false)
		.map(({ sql }) => sql);
}

/** What applying would do: the migrations that are missing, with each statement as it would be run. Changes nothing. */
export async function planMigrations({
	client,
	migrations = readMigrations(),
	cluster
}: {
	/** Absent: nothing is there yet. */
	client?: ClickHouseClient | undefined;
	migrations?: Migration[];
	cluster?: ClusterOptions | undefined;
}): Promise<Migration[]> {
	const applied = client ? await readApplied(client).catch(() => new Map()) : new Map();
	refuseDrift(applied, migrations);
	const target = { cluster, isNew: applied.size === 0 };
	return migrations
		.filter(({ number }) => !applied.has(number))
		.map((migration) => ({ ...migration, statements: statementsFor(migration, target) }));
}

async function run(client: ClickHouseClient, migration: Migration, target: Target) {
	const { number, name, checksum } = migration;
	for (const query of statementsFor(migration, target)) {
		try {
			await client.command({ query });
		} catch (cause) {
			throw new MigrationError('statement_failed', `Migration ${name} failed: ${String(cause)}`, {
				cause
			});
		}
	}
	await client.command({
		query:
			'INSERT INTO migrations_applied_v1 (number, name, checksum) VALUES ({number: UInt32}, {name: String}, {checksum: String})',
		query_params: { number, name, checksum }
	});
}
