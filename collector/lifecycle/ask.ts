import type { ClickHouseClient } from '@clickhouse/client';

/** Rows of a query; 64-bit numbers are decimal text. */
export async function ask<Row>(
	client: ClickHouseClient,
	query: string,
	query_params: Record<string, unknown> = {}
): Promise<Row[]> {
	const result = await client.query({ query, query_params, format: 'JSONEachRow' });
	return result.json<Row>();
}
