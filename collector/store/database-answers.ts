import type { ClickHouseClient } from '@clickhouse/client';

const WITHIN_MS = 2_000;

/** Whether the database answers the simplest question soon. */
export async function databaseAnswers(client: ClickHouseClient): Promise<boolean> {
	const { promise: tooLate, resolve } = Promise.withResolvers<boolean>();
	const timer = setTimeout(() => resolve(false), WITHIN_MS);
	const answered = ping(client).then(
		() => true,
		() => false
	);
	try {
		return await Promise.race([answered, tooLate]);
	} finally {
		clearTimeout(timer);
	}
}

/** Read to its end, so that the connection is free again. */
async function ping(client: ClickHouseClient): Promise<unknown> {
	const answer = await client.query({ query: 'SELECT 1', format: 'JSONEachRow' });
	return answer.json();
}
