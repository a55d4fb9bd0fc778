import type { ClickHouseClient } from '@clickhouse/client';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Migration {
	/** Position in the order, from the file's name: `0002_ceremonies.sql` is 2. */
	number: number;
	name: string;
	checksum: string;
	statements: string[];
}

export class MigrationError extends Error {
	readonly code: 'checksum_mismatch' | 'schema_newer' | 'statement_failed';
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

/**
 * Brings the database to this version's schema; running it again changes nothing.
 * Refuses when a file that was applied has changed since, and when the database is ahead of this version.
 *
 * @returns the names of the migrations applied by this call
 */
export async function applyMigrations({
	client,
	migrations = readMigrations(),
	onProgress
}: {
	client: ClickHouseClient;
	migrations?: Migration[];
	onProgress?: (name: string) => void;
}): Promise<string[]> {
	await client.command({
		query: `CREATE TABLE IF NOT EXISTS migrations_applied_v1
			(number UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
			ENGINE = ReplacingMergeTree ORDER BY number`
	});
	const applied = await readApplied(client);
	refuseDrift(applied, migrations);

	const done: string[] = [];
	for (const migration of migrations.filter(({ number }) => !applied.has(number))) {
		onProgress?.(migration.name);
		await run(client, migration);
		done.push(migration.name);
	}
	return done;
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

async function run(client: ClickHouseClient, { number, name, checksum, statements }: Migration) {
	for (const query of statements) {
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
