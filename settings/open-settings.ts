import { Kysely, SqliteDialect, sql } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, Migrator, type Migration } from 'kysely/migration';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { settingsMigrations } from './migrations/settings-migrations.ts';
import { postgresDialect } from './postgres-dialect.ts';
import type { SettingsSchema } from './schema.ts';
import { SettingsError } from './settings-error.ts';

export type Settings = Kysely<SettingsSchema>;

/**
 * Opens the settings, bringing them to this version's schema: a PostgreSQL database when `settingsUrl` names one, which any number of
 * collectors and dashboards on any number of machines may share, else `<dataDir>/passlens.sqlite`, which several processes of
 * one machine may hold open.
 *
 * @param settingsUrl `postgres://…`; the environment's DATABASE_URL when left out
 * @param migrate false: as they are, whatever their schema
 * @throws SettingsError when a newer version made them
 */
export async function openSettings({
	dataDir,
	settingsUrl = process.env.DATABASE_URL,
	migrate = true
}: {
	dataDir: string;
	settingsUrl?: string | undefined;
	migrate?: boolean;
}): Promise<Settings> {
	const settings = new Kysely<SettingsSchema>({
		dialect: settingsUrl ? await postgresDialect(settingsUrl) : sqliteIn(dataDir)
	});
	if (!migrate) return settings;
	try {
		await migrateSettings(settings, settingsMigrations(settingsUrl ? 'postgres' : 'sqlite'));
	} catch (error) {
		await settings.destroy();
		throw error;
	}
	return settings;
}

/** Applies what is missing, in order. @throws SettingsError when there is something that `migrations` do not know */
export async function migrateSettings(
	settings: Settings,
	migrations: Record<string, Migration>
): Promise<void> {
	const migrator = new Migrator({
		db: settings,
		// Parts of one release are written side by side: one may be applied before another that sorts earlier.
		allowUnorderedMigrations: true,
		provider: { getMigrations: () => Promise.resolve(migrations) }
	});
	await refuseNewer(settings, migrations);
	const { error } = await migrator.migrateToLatest();
	if (error) throw error;
}

async function refuseNewer(
	settings: Settings,
	migrations: Record<string, Migration>
): Promise<void> {
	const tables = await settings.introspection.getTables({ withInternalKyselyTables: true });
	if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return;
	const { rows } = await sql<{
		name: string;
	}>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)} order by name`.execute(settings);
	const unknown = rows.find(({ name }) => !Object.hasOwn(migrations, name));
	if (unknown)
		throw new SettingsError(
			'settings_newer',
			`The settings have migration ${unknown.name}, which this version of Passlens does not know. Start the version that made it or a newer one, or restore a backup from before.`
		);
}

function sqliteIn(dataDir: string): SqliteDialect {
	mkdirSync(dataDir, { recursive: true });
	return nodeSqliteDialect(join(dataDir, 'passlens.sqlite'));
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
