import { PostgresDialect } from 'kysely';

/** The type of our whole numbers in PostgreSQL; the driver gives it as text, because it may exceed what a number holds. Ours never do. */
const BIGINT = 20;

/** Kysely's dialect over `pg`, loaded only when a server is used. @param url `postgres://user:password@host:5432/database` */
export async function postgresDialect(url: string): Promise<PostgresDialect> {
	const { default: pg } = await import('pg');
	const pool = new pg.Pool({
		connectionString: url,
		max: 4,
		connectionTimeoutMillis: 5_000,
		types: {
			getTypeParser: (type, format) =>
				type === BIGINT
					? Number
					: (pg.types.getTypeParser(type, format) as (text: string) => unknown)
		}
	});
	// An idle connection that breaks is replaced at the next question; unheard, its error would end the process.
	pool.on('error', () => undefined);
	return new PostgresDialect({ pool });
}
