import { sql, type ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from 'kysely/migration';

type Database = Parameters<Migration['up']>[0];

const needed = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.primaryKey();
const ofPerson = (column: ColumnDefinitionBuilder) =>
	column.notNull().references('person.id').onDelete('cascade');

/** The tables of who may see the dashboard (`access-schema.ts`). @param postgres whether it is PostgreSQL, else SQLite */
export const accessMigrations = (postgres: boolean): Record<string, Migration> => ({
	'0130_people': {
		async up(db) {
			await db.schema
				.createTable('person')
				.addColumn('id', 'text', key)
				.addColumn('name', 'text', needed)
				.addColumn('user_handle', 'text', (column) => column.notNull().unique())
				.addColumn('created_unix_ms', 'bigint', needed)
				.execute();
			await db.schema
				.createTable('person_passkey')
				.addColumn('id', 'text', key)
				.addColumn('person_id', 'text', ofPerson)
				.addColumn('name', 'text', needed)
				.addColumn('public_key', 'text', needed)
				.addColumn('counter', 'bigint', needed)
				.addColumn('transports', 'text', needed)
				.addColumn('aaguid', 'text', needed)
				.addColumn('backup_eligible', 'integer', needed)
				.addColumn('backup_state', 'integer', needed)
				.addColumn('created_unix_ms', 'bigint', needed)
				.addColumn('last_used_unix_ms', 'bigint')
				.execute();
			await db.schema
				.createTable('person_session')
				.addColumn('id', 'text', key)
				.addColumn('person_id', 'text', ofPerson)
				.addColumn('device', 'text', needed)
				.addColumn('created_unix_ms', 'bigint', needed)
				.addColumn('seen_unix_ms', 'bigint', needed)
				.addColumn('expires_unix_ms', 'bigint', needed)
				.execute();
			await db.schema
				.createTable('person_challenge')
				.addColumn('id', 'text', key)
				.addColumn('browser', 'text', needed)
				.addColumn('purpose', 'text', needed)
				.addColumn('subject', 'text', needed)
				.addColumn('user_handle', 'text', needed)
				.addColumn('expires_unix_ms', 'bigint', needed)
				.execute();
			await db.schema
				.createTable('invitation')
				.addColumn('id', 'text', key)
				.addColumn('kind', 'text', needed)
				.addColumn('name', 'text', needed)
				.addColumn('person_id', 'text')
				.addColumn('roles', 'text', needed)
				.addColumn('created_by', 'text', needed)
				.addColumn('created_unix_ms', 'bigint', needed)
				.addColumn('expires_unix_ms', 'bigint', needed)
				.execute();
			await db.schema
				.createTable('project_role')
				.addColumn('person_id', 'text', ofPerson)
				.addColumn('project_id', 'text', needed)
				.addColumn('role', 'text', needed)
				.addPrimaryKeyConstraint('project_role_pk', ['person_id', 'project_id'])
				.execute();
		}
	},
	'0131_audit_log': {
		async up(db) {
			await db.schema
				.createTable('audit_entry')
				.addColumn('number', 'integer', key)
				.addColumn('at_unix_ms', 'bigint', needed)
				.addColumn('actor_kind', 'text', needed)
				.addColumn('actor_id', 'text', needed)
				.addColumn('actor', 'text', needed)
				.addColumn('action', 'text', needed)
				.addColumn('project_id', 'text', needed)
				.addColumn('subject', 'text', needed)
				.addColumn('detail', 'text', needed)
				.addColumn('previous_hash', 'text', needed)
				.addColumn('hash', 'text', needed)
				.execute();
			await (postgres ? refuseInPostgres(db) : refuseInSqlite(db));
		}
	},
	'0132_api_keys': {
		async up(db) {
			await db.schema
				.createTable('api_key')
				.addColumn('id', 'text', key)
				.addColumn('name', 'text', needed)
				.addColumn('hint', 'text', needed)
				.addColumn('project_id', 'text', needed)
				.addColumn('actions', 'text', needed)
				.addColumn('created_by', 'text', needed)
				.addColumn('created_unix_ms', 'bigint', needed)
				.addColumn('expires_unix_ms', 'bigint', needed)
				.addColumn('used_unix_ms', 'bigint')
				.execute();
		}
	},
	'0220_sign_in_provider': {
		async up(db) {
			await db.schema
				.createTable('sign_in_provider')
				.addColumn('name', 'text', key)
				.addColumn('definition', 'text', needed)
				.execute();
			await db.schema
				.createTable('person_identity')
				.addColumn('issuer', 'text', needed)
				.addColumn('subject', 'text', needed)
				.addColumn('person_id', 'text', ofPerson)
				.addColumn('email', 'text', needed)
				.addColumn('created_unix_ms', 'bigint', needed)
				.addColumn('last_used_unix_ms', 'bigint', needed)
				.addPrimaryKeyConstraint('person_identity_pk', ['issuer', 'subject'])
				.execute();
			await db.schema
				.createTable('person_group_role')
				.addColumn('person_id', 'text', ofPerson)
				.addColumn('project_id', 'text', needed)
				.addColumn('role', 'text', needed)
				.addPrimaryKeyConstraint('person_group_role_pk', ['person_id', 'project_id', 'role'])
				.execute();
			await db.schema.alterTable('invitation').addColumn('email', 'text').execute();
		}
	},
	'0221_fresh_sign_in': {
		// Sessions that are there already count as signed in long ago, by a passkey: there was nothing else.
		async up(db) {
			await db.schema
				.alterTable('person_session')
				.addColumn('way', 'text', (column) => column.notNull().defaultTo('passkey'))
				.execute();
			await db.schema
				.alterTable('person_session')
				.addColumn('fresh_unix_ms', 'bigint', (column) => column.notNull().defaultTo(0))
				.execute();
		}
	},
	'0290_person_notices': {
		// Who is not there any more is told nothing.
		async up(db) {
			await db.schema
				.createTable('person_notice')
				.addColumn('id', 'text', key)
				.addColumn('person_id', 'text', ofPerson)
				.addColumn('email', 'text', needed)
				.addColumn('change', 'text', needed)
				.addColumn('subject', 'text', needed)
				.addColumn('changed_unix_ms', 'bigint', needed)
				.addColumn('attempts', 'integer', needed)
				.addColumn('next_unix_ms', 'bigint', needed)
				.execute();
		}
	}
});

// Against mistakes and against whoever has only this program's statements: whoever owns the file can drop a trigger, and the chain tells.
async function refuseInSqlite(db: Database): Promise<void> {
	await sql`
		CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
		BEGIN SELECT RAISE(ABORT, 'The audit log is only ever added to.'); END`.execute(db);
	await sql`
		CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
		BEGIN SELECT RAISE(ABORT, 'The audit log is only ever added to.'); END`.execute(db);
}

async function refuseInPostgres(db: Database): Promise<void> {
	await sql`
		CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN RAISE EXCEPTION 'The audit log is only ever added to.'; END $$`.execute(db);
	await sql`
		CREATE TRIGGER audit_entry_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
		FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`.execute(db);
}
