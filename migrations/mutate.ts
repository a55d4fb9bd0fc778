import type { ClickHouseClient } from '@clickhouse/client';

/**
 * Changes rows of a table for good and waits until it is done: `DELETE WHERE …` or `UPDATE … WHERE …`, values bound.
 * The rows are gone from every query then; the files that held them are deleted some minutes later.
 */
export async function mutate({
	client,
	table,
	change,
	parameters = {}
}: {
	client: ClickHouseClient;
	table: string;
	change: string;
	parameters?: Record<string, unknown>;
}): Promise<void> {
	await client.command({
		query: `ALTER TABLE ${table} ${change}`,
		query_params: parameters,
		clickhouse_settings: { mutations_sync: '2' }
	});
}
