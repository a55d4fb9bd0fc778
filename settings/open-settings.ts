import { Kysely, SqliteDialect, sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SettingsSchema } from './schema.ts';

export type Settings = Kysely<SettingsSchema>;

/** Opens `<dataDir>/passlens.sqlite`, bringing it to this version's schema. Several processes may hold it open. */
export async function openSettings({ dataDir }: { dataDir: string }): Promise<Settings> {
	mkdirSync(dataDir, { recursive: true });
	const settings = new Kysely<SettingsSchema>({
		dialect: nodeSqliteDialect(join(dataDir, 'passlens.sqlite'))
	});
	const { error } = await new Migrator({
		db: settings,
		provider: { getMigrations: () => Promise.resolve(MIGRATIONS) }
	}).migrateToLatest();
	if (error) throw error;
	return settings;
}

/** Kysely's SQLite dialect over Node's own SQLite: it asks only for `prepare` and `close`. */
export function nodeSqliteDialect(path: string): SqliteDialect {
	const database = new DatabaseSync(path, { timeout: 5_000 });
	database.exec('PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;');
	return new SqliteDialect({
		database: {
			close: () => database.close(),
			prepare: (query) => {
				const statement = database.prepare(query);
				return {
					reader: statement.columns().length > 0,
					all: (parameters) => statement.all(...(parameters as never[])),
					run: (parameters) => statement.run(...(parameters as never[])),
					iterate: (parameters) => statement.iterate(...(parameters as never[]))
				};
			}
		}
	});
}

const now = sql<number>`(unixepoch('subsec') * 1000)`;

const MIGRATIONS: Record<string, Migration> = {
	'0001_projects': {
		async up(db) {
			await db.schema
				.createTable('project')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('name', 'text', (column) => column.notNull())
				.addColumn('pseudonym_key', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'integer', (column) => column.notNull().defaultTo(now))
				.execute();
			await db.schema
				.createTable('project_key')
				.addColumn('key', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('kind', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'integer', (column) => column.notNull().defaultTo(now))
				.addColumn('revoked_unix_ms', 'integer')
				.execute();
			await db.schema
				.createTable('project_origin')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('origin', 'text', (column) => column.notNull())
				.addPrimaryKeyConstraint('project_origin_pk', ['project_id', 'origin'])
				.execute();
		}
	},
	'0002_key_environments': {
		async up(db) {
			for (const column of ['environment', 'hint'])
				await db.schema.alterTable('project_key').addColumn(column, 'text').execute();
		}
	}
};
