import type { ClickHouseClient } from '@clickhouse/client';
import { mutate } from '../../migrations/mutate.ts';
import { STORED_TABLES, storedTables, type StoredTable } from '../../migrations/tables.ts';
import { refreshCredentialRows } from '../store/refresh-credential-rows.ts';
import { refreshDailyActivity } from '../store/refresh-daily-activity.ts';
import type { Difference } from './compare-table.ts';
import { dropFinished } from './remake-finished.ts';
import { aboutKeys, inGroups, keyIn, keyText } from './row-keys.ts';
import { copyEvents, type ScratchDatabase } from './scratch-database.ts';

/**
 * Puts recomputed rows in the place of those that differ, then remakes the days that differ. Events may go on arriving:
 * those that came meanwhile are recomputed too before the rows go in, and to merge an event twice changes nothing.
 */
export async function repair({
	client,
	scratch,
	projectId,
	differences,
	onProgress
}: {
	client: ClickHouseClient;
	scratch: ScratchDatabase;
	projectId: string;
	differences: readonly Difference[];
	onProgress?: (doing: string) => void;
}): Promise<void> {
	const byTable = Map.groupBy(differences, ({ table }) => table);
	for (const table of storedTables('state')) {
		const rows = byTable.get(table.name);
		if (!rows) continue;
		onProgress?.(`remaking rows of ${table.name}`);
		await remakeRows({ client, scratch, table, projectId, keys: keysOf(table, rows, false) });
		// Events that are gone told the rest of these: they are added to, never replaced.
		for (const keys of inGroups(keysOf(table, rows, true)))
			await copyRows({ client, scratch, table, projectId, keys });
	}
	const unfinished = [...storedTables('state'), ...storedTables('finished')];
	if (unfinished.some(({ name }) => byTable.has(name))) {
		onProgress?.('remaking finished rows');
		await dropFinished({ client, projectId });
		await refreshCredentialRows({ client, projectId });
	}
	const rollups = STORED_TABLES.filter(({ role }) => role === 'rollup').map(({ name }) => name);
	const days = differences
		.filter(({ table }) => rollups.includes(table))
		.map(({ key }) => key.day!);
	if (days.length === 0) return;
	onProgress?.('remaking days of the rollups');
	await refreshDailyActivity({ client, projectId, days: [...new Set(days)].sort() });
}

function keysOf(table: StoredTable, rows: readonly Difference[], partial: boolean): string[] {
	const wanted = rows.filter((row) => row.partial === partial);
	return [...new Set(wanted.map(({ key }) => keyText(table, key)))];
}

/** Deletes rows of a state table and puts in what the raw events there are now make of them: nothing, where there are none. */
export async function remakeRows({
	client,
	scratch,
	table,
	projectId,
	keys
}: {
	client: ClickHouseClient;
	scratch: ScratchDatabase;
	table: StoredTable;
	projectId: string;
	keys: readonly string[];
}): Promise<void> {
	for (const group of inGroups(keys)) {
		const parameters = { project: projectId, keys: group };
		await mutate({ client, table: table.name, change: `DELETE WHERE ${keyIn(table)}`, parameters });
		await copyEvents({ scratch, projectId, which: aboutKeys(table, group) });
		await copyRows({ client, scratch, table, projectId, keys: group });
	}
}

async function copyRows({
	client,
	scratch,
	table,
	projectId,
	keys
}: {
	client: ClickHouseClient;
	scratch: ScratchDatabase;
	table: StoredTable;
	projectId: string;
	keys: string[];
}): Promise<void> {
	await client.command({
		query: `INSERT INTO ${table.name} SELECT * FROM ${scratch.name}.${table.name} WHERE ${keyIn(table)}`,
		query_params: { project: projectId, keys }
	});
}
