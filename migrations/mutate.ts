import type { ClickHouseClient } from '@clickhouse/client';
import { connectDatabase, optionsOf } from './connect.ts';
import { localName } from './for-cluster.ts';
import { nodesOf } from './migrate-database.ts';

/**
 * Changes rows of a sharded table for good and waits until it is done: `DELETE WHERE …` or `UPDATE … WHERE …`, values bound.
 * On a cluster every shard changes its own rows. They are gone from every query then; the files that held them are deleted
 * some minutes later.
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
	const options = optionsOf(client);
	if (!options?.cluster) return alter(client, `${table} ${change}`, parameters);
	const own = localName(table);
	if (!options.cluster.nodes)
		return alter(client, `${own} ON CLUSTER '${options.cluster.name}' ${change}`, parameters);
	for (const node of nodesOf(options)) {
		const shard = await connectDatabase(node);
		try {
			await alter(shard, `${own} ${change}`, parameters);
		} finally {
			await shard.close();
		}
	}
}

/** The name under which a server keeps its own rows of a sharded table: a change may ask no other. */
export function ownRows(client: ClickHouseClient, table: string): string {
	return optionsOf(client)?.cluster ? localName(table) : table;
}

async function alter(
	client: ClickHouseClient,
	statement: string,
	parameters: Record<string, unknown>
): Promise<void> {
	await client.command({
		query: `ALTER TABLE ${statement}`,
		query_params: parameters,
		clickhouse_settings: { mutations_sync: '2' }
	});
}
