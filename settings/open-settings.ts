import { Kysely, SqliteDialect, sql, type ColumnDefinitionBuilder, type RawBuilder } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, Migrator, type Migration } from 'kysely/migration';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { accessMigrations } from './access/access-migrations.ts';
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

type Now = RawBuilder<number>;
/** The moment a row is made, Unix epoch in milliseconds. */
const SQLITE_NOW: Now = sql<number>`(unixepoch('subsec') * 1000)`;
const POSTGRES_NOW: Now = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** Every step of the schema by its name, in which they are ordered. */
export function settingsMigrations(dialect: 'sqlite' | 'postgres'): Record<string, Migration> {
	return migrationsWith(dialect === 'postgres' ? POSTGRES_NOW : SQLITE_NOW);
}

const migrationsWith = (now: Now): Record<string, Migration> => ({
	'0001_projects': {
		async up(db) {
			await db.schema
				.createTable('project')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('name', 'text', (column) => column.notNull())
				.addColumn('pseudonym_key', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull().defaultTo(now))
				.execute();
			await db.schema
				.createTable('project_key')
				.addColumn('key', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('kind', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull().defaultTo(now))
				.addColumn('revoked_unix_ms', 'bigint')
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
	},
	'0005_signature_names': {
		async up(db) {
			await db.schema
				.createTable('signature_name')
				.addColumn('revision', 'integer', (column) => column.primaryKey())
				.addColumn('error_name', 'text', (column) => column.notNull())
				.addColumn('error_signature', 'text', (column) => column.notNull())
				.addColumn('error_code', 'text', (column) => column.notNull())
				.addColumn('cause', 'text')
				.addColumn('confidence', 'text', (column) => column.notNull())
				.addColumn('note', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.execute();
		}
	},
	'0041_retention': {
		async up(db) {
			await db.schema
				.createTable('project_retention')
				.addColumn('project_id', 'text', (column) =>
					column.primaryKey().references('project.id').onDelete('cascade')
				)
				.addColumn('raw_days', 'integer')
				.addColumn('derived_days', 'integer')
				.execute();
		}
	},
	'0040_erasures': {
		async up(db) {
			await db.schema
				.createTable('user_erasure')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('user_hash', 'text', (column) => column.notNull())
				.addColumn('requested_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('erased_unix_ms', 'bigint')
				.addColumn('events', 'bigint')
				.execute();
			await db.schema
				.createTable('erased_identifier')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('identifier', 'text', (column) => column.notNull())
				.addColumn('until_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('forget_unix_ms', 'bigint')
				.addPrimaryKeyConstraint('erased_identifier_pk', ['project_id', 'identifier'])
				.execute();
		}
	},
	'0080_rolled_up_tags': {
		async up(db) {
			await db.schema
				.createTable('project_rolled_up_tag')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('tag', 'text', (column) => column.notNull())
				.addPrimaryKeyConstraint('project_rolled_up_tag_pk', ['project_id', 'tag'])
				.execute();
		}
	},
	'0070_signature_authors': {
		async up(db) {
			await db.schema
				.alterTable('signature_name')
				.addColumn('author', 'text', (column) => column.notNull().defaultTo(''))
				.execute();
		}
	},
	'0071_reclassifications': {
		async up(db) {
			const count = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);
			const text = (value: string) => (column: ColumnDefinitionBuilder) =>
				column.notNull().defaultTo(value);
			await db.schema
				.createTable('reclassification')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('requested_by', 'text', (column) => column.notNull())
				.addColumn('requested_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('collector', 'text')
				.addColumn('told_unix_ms', 'bigint')
				.addColumn('project_id', 'text', text(''))
				.addColumn('done', 'bigint', count)
				.addColumn('total', 'bigint', count)
				.addColumn('looked', 'bigint', count)
				.addColumn('written', 'bigint', count)
				.addColumn('moves', 'text', text('[]'))
				.addColumn('finished_unix_ms', 'bigint')
				.addColumn('last_error', 'text', text(''))
				.execute();
		}
	},
	'0100_failure_triage': {
		async up(db) {
			const text = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo('');
			await db.schema
				.createTable('failure_triage')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('revision', 'integer', (column) => column.notNull())
				.addColumn('group_id', 'text', (column) => column.notNull())
				.addColumn('decision', 'text', (column) => column.notNull())
				.addColumn('after_release', 'text', text)
				.addColumn('owner', 'text', text)
				.addColumn('note', 'text', text)
				.addColumn('author', 'text', text)
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.addPrimaryKeyConstraint('failure_triage_pk', ['project_id', 'revision'])
				.execute();
		}
	},
	'0120_demo_runs': {
		async up(db) {
			await db.schema
				.createTable('demo_run')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('action', 'text', (column) => column.notNull())
				.addColumn('end_day', 'text', (column) => column.notNull())
				.addColumn('requested_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('done', 'integer', (column) => column.notNull().defaultTo(0))
				.addColumn('total', 'integer', (column) => column.notNull().defaultTo(0))
				.addColumn('events', 'bigint', (column) => column.notNull().defaultTo(0))
				.addColumn('finished_unix_ms', 'bigint')
				.addColumn('last_error', 'text', (column) => column.notNull().defaultTo(''))
				.execute();
		}
	},
	'0172_evidence': {
		async up(db) {
			await db.schema
				.createTable('evidence_key')
				.addColumn('id', 'integer', (column) => column.primaryKey())
				.addColumn('private_key', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.execute();
			await db.schema
				.createTable('evidence_export')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('as_of', 'text', (column) => column.notNull())
				.addColumn('sums', 'text', (column) => column.notNull())
				.addColumn('note', 'text', (column) => column.notNull())
				.addColumn('author', 'text', (column) => column.notNull())
				.addColumn('made_unix_ms', 'bigint', (column) => column.notNull())
				.addPrimaryKeyConstraint('evidence_export_pk', ['project_id', 'sums'])
				.execute();
		}
	},
	'0171_finding_triage': {
		async up(db) {
			const text = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo('');
			await db.schema
				.createTable('finding_triage')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('revision', 'integer', (column) => column.notNull())
				.addColumn('finding_id', 'text', (column) => column.notNull())
				.addColumn('decision', 'text', (column) => column.notNull())
				.addColumn('note', 'text', text)
				.addColumn('author', 'text', text)
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.addPrimaryKeyConstraint('finding_triage_pk', ['project_id', 'revision'])
				.execute();
		}
	},
	'0170_policy_versions': {
		async up(db) {
			await db.schema
				.createTable('policy_version')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('revision', 'integer', (column) => column.notNull())
				.addColumn('document', 'text', (column) => column.notNull())
				.addColumn('note', 'text', (column) => column.notNull())
				.addColumn('author', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.addPrimaryKeyConstraint('policy_version_pk', ['project_id', 'revision'])
				.execute();
		}
	},
	'0110_annotations': {
		async up(db) {
			await db.schema
				.createTable('annotation')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('day', 'text', (column) => column.notNull())
				.addColumn('kind', 'text', (column) => column.notNull())
				.addColumn('text', 'text', (column) => column.notNull())
				.addColumn('author', 'text', (column) => column.notNull())
				.addColumn('source', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('changed_unix_ms', 'bigint')
				.execute();
			await db.schema
				.createIndex('annotation_by_day')
				.on('annotation')
				.columns(['project_id', 'day'])
				.execute();
		}
	},
	'0111_segments': {
		async up(db) {
			await db.schema
				.createTable('segment')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('name', 'text', (column) => column.notNull())
				.addColumn('query', 'text', (column) => column.notNull())
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.addUniqueConstraint('segment_name', ['project_id', 'name'])
				.execute();
		}
	},
	'0140_configured_settings': {
		async up(db) {
			await db.schema
				.createTable('project_trace_link')
				.addColumn('project_id', 'text', (column) =>
					column.primaryKey().references('project.id').onDelete('cascade')
				)
				.addColumn('trace_url', 'text', (column) => column.notNull())
				.execute();
			await db.schema
				.createTable('configured_setting')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('setting', 'text', (column) => column.notNull())
				.addColumn('file', 'text', (column) => column.notNull())
				.addPrimaryKeyConstraint('configured_setting_pk', ['project_id', 'setting'])
				.execute();
		}
	},
	'0150_alerts': {
		async up(db) {
			const text = (column: ColumnDefinitionBuilder) => column.notNull();
			const ofProject = (column: ColumnDefinitionBuilder) =>
				column.notNull().references('project.id').onDelete('cascade');
			await db.schema
				.createTable('alert_rule')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', ofProject)
				.addColumn('name', 'text', text)
				.addColumn('rule', 'text', text)
				.addColumn('channels', 'text', text)
				.addColumn('author', 'text', text)
				.addColumn('changed_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('silenced_until_unix_ms', 'bigint')
				.addColumn('silenced_by', 'text', (column) => column.notNull().defaultTo(''))
				.addColumn('evaluated_unix_ms', 'bigint')
				.addColumn('last_error', 'text', text)
				.execute();
			await db.schema
				.createTable('alert_channel')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', ofProject)
				.addColumn('name', 'text', text)
				.addColumn('kind', 'text', text)
				.addColumn('target', 'text', text)
				.addColumn('secret', 'text', text)
				.addColumn('created_unix_ms', 'bigint', (column) => column.notNull())
				.execute();
			await db.schema
				.createTable('alert_firing')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', ofProject)
				.addColumn('rule_id', 'text', text)
				.addColumn('rule_name', 'text', text)
				.addColumn('subject', 'text', text)
				.addColumn('bucket', 'text', text)
				.addColumn('last_bucket', 'text', text)
				.addColumn('title', 'text', text)
				.addColumn('text', 'text', text)
				.addColumn('path', 'text', text)
				.addColumn('fired_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('resolved_unix_ms', 'bigint')
				.addUniqueConstraint('alert_firing_once', ['rule_id', 'subject', 'bucket'])
				.execute();
			await db.schema
				.createTable('alert_delivery')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', ofProject)
				.addColumn('firing_id', 'text', text)
				.addColumn('channel_id', 'text', text)
				.addColumn('event', 'text', text)
				.addColumn('attempts', 'integer', (column) => column.notNull())
				.addColumn('next_unix_ms', 'bigint')
				.addColumn('sent_unix_ms', 'bigint')
				.addColumn('last_error', 'text', text)
				.addUniqueConstraint('alert_delivery_once', ['firing_id', 'channel_id', 'event'])
				.execute();
			await db.schema
				.createTable('process_lease')
				.addColumn('name', 'text', (column) => column.primaryKey())
				.addColumn('holder', 'text', text)
				.addColumn('until_unix_ms', 'bigint', (column) => column.notNull())
				.execute();
		}
	},
	'0180_digests': {
		async up(db) {
			const text = (column: ColumnDefinitionBuilder) => column.notNull();
			await db.schema
				.createTable('person_digest')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('person_id', 'text', (column) =>
					column.notNull().references('person.id').onDelete('cascade')
				)
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('email', 'text', text)
				.addColumn('sent_on', 'text', text)
				.addColumn('tried_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('last_error', 'text', text)
				.addUniqueConstraint('person_digest_once', ['person_id', 'project_id'])
				.execute();
		}
	},
	'0195_project_privacy': {
		async up(db) {
			await db.schema
				.createTable('project_privacy')
				.addColumn('project_id', 'text', (column) =>
					column.primaryKey().references('project.id').onDelete('cascade')
				)
				.addColumn('country', 'integer', (column) => column.notNull())
				.addColumn('user_references', 'integer', (column) => column.notNull())
				.addColumn('every_tag', 'integer', (column) => column.notNull())
				.execute();
			await db.schema
				.createTable('project_kept_tag')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('tag', 'text', (column) => column.notNull())
				.addPrimaryKeyConstraint('project_kept_tag_pk', ['project_id', 'tag'])
				.execute();
		}
	},
	'0196_configured_tables': {
		async up(db) {
			await db.schema
				.createTable('configured_table')
				.addColumn('name', 'text', (column) => column.primaryKey())
				.addColumn('file', 'text', (column) => column.notNull())
				.execute();
		}
	},
	'0197_legacy_class_rules': {
		async up(db) {
			await db.schema
				.createTable('legacy_class_rule')
				.addColumn('aaguid', 'text', (column) => column.primaryKey())
				.addColumn('legacy_class', 'text', (column) => column.notNull())
				.execute();
		}
	},
	'0200_evidence_schedule': {
		async up(db) {
			const text = (column: ColumnDefinitionBuilder) => column.notNull();
			await db.schema
				.createTable('evidence_schedule')
				.addColumn('project_id', 'text', (column) =>
					column.primaryKey().references('project.id').onDelete('cascade')
				)
				.addColumn('every', 'text', text)
				.addColumn('author', 'text', text)
				.addColumn('last_as_of', 'text', text)
				.addColumn('last_folder', 'text', text)
				.addColumn('last_error', 'text', text)
				.execute();
		}
	},
	'0185_site_checks': {
		async up(db) {
			const text = (column: ColumnDefinitionBuilder) => column.notNull();
			await db.schema
				.createTable('site_check')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('site', 'text', text)
				.addColumn('findings', 'text', text)
				.addColumn('first_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('last_unix_ms', 'bigint', (column) => column.notNull())
				.execute();
			await db.schema
				.createIndex('site_check_of_site')
				.on('site_check')
				.columns(['project_id', 'site', 'first_unix_ms'])
				.execute();
		}
	},
	'0190_trace_services': {
		async up(db) {
			await db.schema
				.createTable('project_trace_service')
				.addColumn('project_id', 'text', (column) =>
					column.notNull().references('project.id').onDelete('cascade')
				)
				.addColumn('service', 'text', (column) => column.notNull())
				.addPrimaryKeyConstraint('project_trace_service_pk', ['project_id', 'service'])
				.execute();
		}
	},
	'0191_span_export': {
		async up(db) {
			await db.schema
				.createTable('span_export')
				.addColumn('name', 'text', (column) => column.primaryKey())
				.addColumn('at_unix_ms', 'bigint', (column) => column.notNull())
				.addColumn('ceremony_id', 'text', (column) => column.notNull())
				.execute();
		}
	},
	...accessMigrations(now === POSTGRES_NOW)
});
