import { createClient } from '@clickhouse/client';
import { expect, it } from 'vitest';
import { explainDatabaseError } from './explain-database-error.ts';

it('a database that does not answer is told as such, with what to do', async () => {
	// Nobody listens on the port of “discard”.
	const client = createClient({ url: 'http://127.0.0.1:9' });
	const error = await client.query({ query: 'SELECT 1' }).catch((reason: unknown) => reason);
	await client.close();
	expect(explainDatabaseError(error)).toMatch(/does not answer.*CLICKHOUSE_URL.*reload/);
});

it('an error that is none of the database’s has no words of its own', () => {
	expect(explainDatabaseError(new Error('no'))).toBeUndefined();
});
