import { Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { nodeSqliteDialect } from '../../../../settings/open-settings.ts';
import type { StoreSchema } from './store-schema.ts';

export type Store = Kysely<StoreSchema>;

/** Opens `<dataDir>/playground.sqlite`, bringing it to this version's schema. */
export async function openStore({ dataDir }: { dataDir: string }): Promise<Store> {
	mkdirSync(dataDir, { recursive: true });
	const store = new Kysely<StoreSchema>({
		dialect: nodeSqliteDialect(join(dataDir, 'playground.sqlite'))
	});
	const { error } = await new Migrator({
		db: store,
		provider: { getMigrations: () => Promise.resolve(MIGRATIONS) }
	}).migrateToLatest();
	if (error) throw error;
	return store;
}

const MIGRATIONS: Record<string, Migration> = {
	'0001_relying_party': {
		async up(db) {
			await db.schema
				.createTable('account')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('username', 'text', (column) => column.notNull().unique())
				.addColumn('user_handle', 'text', (column) => column.notNull().unique())
				.addColumn('password_hash', 'text')
				.addColumn('created_unix_ms', 'integer', (column) => column.notNull())
				.execute();
			await db.schema
				.createTable('credential')
				.addColumn('id', 'text', (column) => column.primaryKey())
				.addColumn('account_id', 'text', (column) =>
					column.notNull().references('account.id').onDelete('cascade')
				)
				.addColumn('public_key', 'blob', (column) => column.notNull())
				.addColumn('counter', 'integer', (column) => column.notNull())
				.addColumn('transports', 'text', (column) => column.notNull())
				.addColumn('aaguid', 'text', (column) => column.notNull())
				.addColumn('attachment', 'text')
				.addColumn('discoverable', 'integer')
				.addColumn('backup_eligible', 'integer', (column) => column.notNull())
				.addColumn('backup_state', 'integer', (column) => column.notNull())
				.addColumn('legacy', 'integer', (column) => column.notNull())
				.addColumn('created_unix_ms', 'integer', (column) => column.notNull())
				.addColumn('last_used_unix_ms', 'integer')
				.addColumn('removed_unix_ms', 'integer')
				.execute();
			await db.schema
				.createTable('session')
				.addColumn('token_hash', 'text', (column) => column.primaryKey())
				.addColumn('account_id', 'text', (column) =>
					column.references('account.id').onDelete('cascade')
				)
				.addColumn('expires_unix_ms', 'integer', (column) => column.notNull())
				.execute();
			await db.schema
				.createTable('challenge')
				.addColumn('challenge', 'text', (column) => column.primaryKey())
				.addColumn('session_hash', 'text', (column) =>
					column.notNull().references('session.token_hash').onDelete('cascade')
				)
				.addColumn('purpose', 'text', (column) => column.notNull())
				.addColumn('user_verification', 'text', (column) => column.notNull())
				.addColumn('conditional', 'integer', (column) => column.notNull())
				.addColumn('expires_unix_ms', 'integer', (column) => column.notNull())
				.execute();
			await db.schema
				.createTable('prompt_showing')
				.addColumn('account_id', 'text', (column) =>
					column.notNull().references('account.id').onDelete('cascade')
				)
				.addColumn('purpose', 'text', (column) => column.notNull())
				.addColumn('showings', 'integer', (column) => column.notNull())
				.addPrimaryKeyConstraint('prompt_showing_pk', ['account_id', 'purpose'])
				.execute();
			await db.schema
				.createTable('secret')
				.addColumn('name', 'text', (column) => column.primaryKey())
				.addColumn('value', 'text', (column) => column.notNull())
				.execute();
		}
	}
};
