import type { Migration } from 'kysely/migration';

/** Whether Passlens watches sign-ins to itself. */
export const ownSignInsMigrations: Record<string, Migration> = {
	'0231_own_sign_ins': {
		async up(db) {
			await db.schema
				.createTable('own_sign_ins')
				.addColumn('id', 'integer', (column) => column.primaryKey())
				.addColumn('watched', 'integer', (column) => column.notNull())
				.addColumn('server_key', 'text', (column) => column.notNull())
				.execute();
		}
	}
};
