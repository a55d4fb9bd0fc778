import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from 'kysely/migration';

const text = (column: ColumnDefinitionBuilder) => column.notNull();
const number = (column: ColumnDefinitionBuilder) => column.notNull();

/** Streams of security-relevant events, what they tell, and how far the looks for it have come. */
export const streamsMigrations: Record<string, Migration> = {
	'0230_streams': {
		async up(db) {
			await db.schema
				.createTable('stream')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('name', 'text', text)
				.addColumn('kind', 'text', text)
				.addColumn('target', 'text', text)
				.addColumn('format', 'text', text)
				.addColumn('secret', 'text', text)
				.addColumn('authorization_header', 'text', text)
				.addColumn('projects', 'text', text)
				.addColumn('topics', 'text', text)
				.addColumn('paused', 'integer', number)
				.addColumn('file', 'text', text)
				.addColumn('position', 'bigint', number)
				.addColumn('sent_unix_ms', 'bigint')
				.addColumn('sent', 'bigint', number)
				.addColumn('left_out', 'bigint', number)
				.addColumn('failures', 'integer', number)
				.addColumn('next_unix_ms', 'bigint', number)
				.addColumn('last_error', 'text', text)
				.addColumn('created_unix_ms', 'bigint', number)
				.execute();
			await db.schema
				.createTable('stream_event')
				.addColumn('number', 'bigint', (column) => column.primaryKey())
				.addColumn('uid', 'text', (column) => column.notNull().unique())
				.addColumn('topic', 'text', text)
				.addColumn('project_id', 'text', text)
				.addColumn('user_hash', 'text', text)
				.addColumn('body', 'text', text)
				.addColumn('found_unix_ms', 'bigint', number)
				.execute();
			await db.schema
				.createIndex('stream_event_found')
				.on('stream_event')
				.column('found_unix_ms')
				.execute();
			await db.schema
				.createTable('stream_source')
				.addColumn('name', 'text', (column) => column.primaryKey())
				.addColumn('state', 'text', text)
				.execute();
		}
	}
};
