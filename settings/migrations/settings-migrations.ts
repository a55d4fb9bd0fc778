import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { accessMigrations } from '../access/access-migrations.ts';
import { eventsMigrations } from './events.ts';
import { ownSignInsMigrations } from './own-sign-ins.ts';
import { pagesMigrations } from './pages.ts';
import { projectsMigrations } from './projects.ts';
import { streamsMigrations } from './streams.ts';
import { tablesMigrations } from './tables.ts';

/** The moment a row is made, Unix epoch in milliseconds. */
const NOW = {
	sqlite: sql<number>`(unixepoch('subsec') * 1000)`,
	postgres: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
};

/** Every step of the schema by its name, in which they are ordered. */
export function settingsMigrations(dialect: 'sqlite' | 'postgres'): Record<string, Migration> {
	return {
		...projectsMigrations(NOW[dialect]),
		...eventsMigrations,
		...pagesMigrations,
		...streamsMigrations,
		...ownSignInsMigrations,
		...tablesMigrations,
		...accessMigrations(dialect === 'postgres')
	};
}
