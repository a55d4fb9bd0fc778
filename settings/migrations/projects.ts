import type { ColumnDefinitionBuilder, RawBuilder } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Projects: their keys and origins, what is kept of them, and what a configuration file sets. `now` is the moment a row is made, Unix epoch in milliseconds. */
export const projectsMigrations = (now: RawBuilder<number>): Record<string, Migration> => ({
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
	'0210_project_time_zone': {
		async up(db) {
			await db.schema
				.alterTable('project')
				.addColumn('time_zone', 'text', (column) => column.notNull().defaultTo('UTC'))
				.execute();
		}
	},
	'0240_consent_first': {
		async up(db) {
			await db.schema
				.alterTable('project_privacy')
				.addColumn('consent_first', 'integer', (column) => column.notNull().defaultTo(0))
				.execute();
		}
	}
});
