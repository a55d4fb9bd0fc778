import type { ClickHouseClient } from '@clickhouse/client';
import { storedTables, type StoredTable } from '../../migrations/tables.ts';
import { WRITTEN_AGAIN } from '../../migrations/written-again.ts';
import { ask } from '../lifecycle/ask.ts';
import { remakeRows } from '../lifecycle/repair.ts';
import { keySql } from '../lifecycle/row-keys.ts';
import type { ScratchDatabase } from '../lifecycle/scratch-database.ts';
import { DERIVED_TYPES, type Derived } from './derive-again.ts';

/** An event and what is to stand in it. */
export interface Change {
	eventId: string;
	ceremonyId: string;
	derived: Derived;
}

const NAMES = Object.keys(DERIVED_TYPES) as (keyof Derived)[];
const AT = 'indexOf({ids: Array(UUID)}, event_id)';
const REPLACED = NAMES.map((name) => `{${name}: Array(${DERIVED_TYPES[name]})}[${AT}] AS ${name}`);

/**
 * Writes the events again, everything else in them as it was. They take the place of the old ones, because their identity is
 * the same, and the causes in them that of the older ones in every table, because the newest rules' is kept.
 */
export async function writeEvents({
	client,
	projectId,
	days,
	changes
}: {
	client: ClickHouseClient;
	projectId: string;
	/** Those that the events lie on. */
	days: readonly string[];
	changes: readonly Change[];
}): Promise<void> {
	await client.command({
		query: `INSERT INTO events_raw_v1 SELECT * REPLACE (${REPLACED.join(', ')}) FROM events_raw_v1 FINAL WHERE ${CHANGED}`,
		query_params: {
			project: projectId,
			days,
			ids: changes.map(({ eventId }) => eventId),
			ceremonies: [...new Set(changes.map(({ ceremonyId }) => ceremonyId))],
			...Object.fromEntries(
				NAMES.map((name) => [name, changes.map(({ derived }) => derived[name])])
			)
		},
		clickhouse_settings: WRITTEN_AGAIN
	});
}

const CHANGED = `project_id = {project: String} AND event_date IN {days: Array(Date)}
	AND ceremony_id IN {ceremonies: Array(UUID)} AND event_id IN {ids: Array(UUID)}`;

/**
 * Remakes the rows that events with these AAGUIDs went into, of every table that keeps what the tables of providers tell: those
 * keep the greatest or the weightiest value, which may be the old one.
 */
export async function remakeTold({
	client,
	scratch,
	projectId,
	days,
	aaguids
}: {
	client: ClickHouseClient;
	scratch: ScratchDatabase;
	projectId: string;
	days: readonly string[];
	aaguids: readonly string[];
}): Promise<void> {
	for (const table of await findTablesFed(client)) {
		const rows = await ask<{ key: string }>(
			client,
			`SELECT DISTINCT ${keySql(table)} AS key FROM events_raw_v1
			WHERE project_id = {project: String} AND event_date IN {days: Array(Date)} AND aaguid IN {aaguids: Array(String)}`,
			{ project: projectId, days, aaguids }
		);
		await remakeRows({ client, scratch, table, projectId, keys: rows.map(({ key }) => key) });
	}
}

/** Credentials that events with these AAGUIDs tell of: hashes as decimal text. */
export async function findTold({
	client,
	projectId,
	days,
	aaguids
}: {
	client: ClickHouseClient;
	projectId: string;
	days: readonly string[];
	aaguids: readonly string[];
}): Promise<string[]> {
	const rows = await ask<{ credential: string }>(
		client,
		`SELECT DISTINCT toString(credential_hash) AS credential FROM events_raw_v1
		WHERE project_id = {project: String} AND event_date IN {days: Array(Date)} AND aaguid IN {aaguids: Array(String)} AND credential_hash != 0`,
		{ project: projectId, days, aaguids }
	);
	return rows.map(({ credential }) => credential);
}

const OF_PROVIDERS = /\be\.(provider|credential_ecosystem|legacy_class|test_authenticator)\b/;

/** State tables whose materialized view reads what the tables of providers tell. */
async function findTablesFed(client: ClickHouseClient): Promise<StoredTable[]> {
	const views = await ask<{ create_table_query: string }>(
		client,
		`SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView'`
	);
	const fed = views.filter(({ create_table_query }) => OF_PROVIDERS.test(create_table_query));
	return storedTables('state').filter(({ name }) =>
		fed.some(({ create_table_query }) => create_table_query.includes(`.${name} `))
	);
}
