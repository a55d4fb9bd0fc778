import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from 'kysely/migration';

const text = (column: ColumnDefinitionBuilder) => column.notNull();
const moment = (column: ColumnDefinitionBuilder) => column.notNull();

/** From where collectors have their tables, who asked for a look, and what each collector told of it. */
export const tablesMigrations: Record<string, Migration> = {
	'0260_table_sources': {
		async up(db) {
			await db.schema
				.createTable('table_source')
				.addColumn('name', 'text', (column) => column.primaryKey())
				.addColumn('value', 'text', text)
				.execute();
			await db.schema
				.createTable('table_check')
				.addColumn('name', 'text', (column) => column.primaryKey())
				.addColumn('requested_unix_ms', 'bigint', moment)
				.execute();
			await db.schema
				.createTable('collector_table')
				.addColumn('collector', 'text', text)
				.addColumn('name', 'text', text)
				.addColumn('set_by', 'text', text)
				.addColumn('answered_unix_ms', 'bigint', moment)
				.addColumn('told_unix_ms', 'bigint', moment)
				.addPrimaryKeyConstraint('collector_table_pk', ['collector', 'name'])
				.execute();
		}
	}
};
