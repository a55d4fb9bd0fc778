import type { ClickHouseClient } from '@clickhouse/client';
import { resolve } from 'node:path';
import { EVENT_STRUCTURE } from './store-segment.ts';

/**
 * A segment's rows as JSON lines, without the columns that hold nothing. They hold pseudonyms, never a reference.
 *
 * @param client an embedded session: it reads the file itself
 * @throws what the database says of a file it cannot read
 */
export async function readSegment({
	client,
	path
}: {
	client: ClickHouseClient;
	path: string;
}): Promise<string> {
	const result = await client.query({
		query: `SELECT * FROM file({path: String}, 'Native', {structure: String})`,
		query_params: { path: resolve(path), structure: EVENT_STRUCTURE },
		format: 'JSONEachRow'
	});
	const rows = await result.json<Record<string, unknown>>();
	return rows
		.map((row) =>
			JSON.stringify(Object.fromEntries(Object.entries(row).filter(([, value]) => holds(value))))
		)
		.join('\n');
}

const NO_UUID = '00000000-0000-0000-0000-000000000000';

function holds(value: unknown): boolean {
	if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
	return value !== null && value !== '' && value !== NO_UUID && value !== '0';
}
