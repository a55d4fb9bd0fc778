import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What was taken: names for errors, classes of models, runs of newer rules, erasures, the demonstration. */
export const eventsMigrations: Record<string, Migration> = {
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
	'0197_legacy_class_rules': {
		async up(db) {
			await db.schema
				.createTable('legacy_class_rule')
				.addColumn('aaguid', 'text', (column) => column.primaryKey())
				.addColumn('legacy_class', 'text', (column) => column.notNull())
				.execute();
		}
	},
	'0241_legacy_versions': {
		async up(db) {
			await db.schema
				.createTable('legacy_version')
				.addColumn('system', 'text', (column) => column.primaryKey())
				.addColumn('last_version', 'text', (column) => column.notNull())
				.execute();
		}
	}
};
