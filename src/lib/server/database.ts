import type { ClickHouseClient } from '@clickhouse/client';
import { connectReader, databaseOptionsFromEnvironment } from '../../../migrations/connect.ts';

let reader: Promise<ClickHouseClient> | undefined;

/** The dashboard's reading session, opened at first use and kept. */
export function database(): Promise<ClickHouseClient> {
	reader ??= connectReader(databaseOptionsFromEnvironment());
	return reader;
}

/** Ends the session, so that the database can be let go of. */
export async function closeDatabase(): Promise<void> {
	const open = await reader;
	reader = undefined;
	await open?.close();
}
