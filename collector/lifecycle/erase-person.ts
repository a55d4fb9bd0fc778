import type { ClickHouseClient } from '@clickhouse/client';
import type { DatabaseOptions } from '../../migrations/connect.ts';
import { mutate } from '../../migrations/mutate.ts';
import { storedTables, type StoredTable } from '../../migrations/tables.ts';
import { refreshDailyActivity } from '../store/refresh-daily-activity.ts';
import { UTC } from '../../settings/time-zones.ts';
import { readProjectZones } from '../store/project-zones.ts';
import { daysAround } from '../store/zone-days.ts';
import { ask } from './ask.ts';
import { eventsOf, findTraces, type Person, type Traces } from './find-traces.ts';
import { EVERYTHING, readHorizons } from './horizons.ts';
import { remakeFinishedOf } from './remake-finished.ts';
import { remakeRows } from './repair.ts';
import { keySql } from './row-keys.ts';
import { openScratchDatabase } from './scratch-database.ts';
import { removeFromRollups } from './user-sets.ts';

/** Rows that still name somebody after everything was done: the database did not do what it was told. */
export class ErasureError extends Error {
	readonly code = 'erasure_incomplete';
}

export interface Erased {
	/** Raw events deleted. */
	events: number;
	traces: Traces;
}

/**
 * Deletes a person from every table: their raw events, the rows made of those, their place in the rollups. Rows they share
 * with others, such as a visit on a shared device, are remade from what is left. Doing it again is harmless.
 *
 * @throws ErasureError when a row still names them
 */
export async function erasePerson({
	client,
	database,
	person
}: {
	client: ClickHouseClient;
	database: DatabaseOptions;
	person: Person;
}): Promise<Erased> {
	const traces = await findTraces(client, person);
	const theirs = eventsOf(person, traces);
	const horizons = (await readHorizons(client)).get(person.projectId) ?? EVERYTHING;
	const where = `project_id = {project: String} AND (${theirs.condition('')})`;
	const [count] = await ask<{ events: string }>(
		client,
		`SELECT count() AS events FROM events_raw_v1 WHERE ${where}`,
		theirs.parameters
	);
	const days = new Set<string>();
	const keysOf = new Map<StoredTable, string[]>();
	for (const table of storedTables('state')) {
		const rows = await findRows({
			client,
			table,
			person,
			traces,
			where,
			rawFrom: horizons.rawFrom
		});
		keysOf.set(
			table,
			rows.map(({ key }) => key)
		);
		for (const { first, last } of rows) days.add(first).add(last);
	}
	for (const { day } of await ask<{ day: string }>(
		client,
		`SELECT DISTINCT toString(event_date) AS day FROM events_raw_v1 WHERE ${where}`,
		theirs.parameters
	))
		days.add(day);

	await mutate({
		client,
		table: 'events_raw_v1',
		change: `DELETE WHERE ${where}`,
		parameters: theirs.parameters
	});
	await remakeTables({ client, database, projectId: person.projectId, keysOf });
	await remakeFinishedOf({ client, ...person, credentials: credentialsIn(keysOf) });
	const zone = (await readProjectZones(client)).get(person.projectId) ?? UTC;
	const own = daysAround([...days], zone);
	if (own.length > 0)
		await refreshDailyActivity({ client, projectId: person.projectId, days: own });
	const left = await removeFromRollups({ client, person, credentials: traces.credentials, zone });
	if (left > 0) throw new ErasureError(`${left} rows of the rollups still hold the person.`);
	await makeSure({ client, person });
	return { events: Number(count?.events ?? 0), traces };
}

interface AffectedRow {
	key: string;
	first: string;
	last: string;
}

/**
 * Rows that name the person, are of a credential of theirs, or hold one of their events. Of the last, those that began before
 * the raw events there are and name somebody else stay as they are: they could not be remade, and say nothing of the person.
 */
function findRows({
	client,
	table,
	person,
	traces,
	where,
	rawFrom
}: {
	client: ClickHouseClient;
	table: StoredTable;
	person: Person;
	traces: Traces;
	where: string;
	rawFrom: string;
}): Promise<AffectedRow[]> {
	const named = [
		table.user && `${table.user} = {user: UInt64}`,
		table.credential && `has({credentials: Array(String)}, toString(${table.credential}))`
	].filter(Boolean);
	return ask<AffectedRow>(
		client,
		`SELECT ${keySql(table)} AS key, toString(${table.since}) AS first, toString(${table.until}) AS last
		FROM ${table.name} FINAL
		WHERE project_id = {project: String} AND (${named.join(' OR ')}
			OR ${table.since} >= {raw_from: Date} AND key IN (SELECT ${keySql(table)} FROM events_raw_v1 WHERE ${where}))`,
		{ ...eventsOf(person, traces).parameters, raw_from: rawFrom }
	);
}

/** Of the rows that were remade: the credentials whose finished rows are made of them. */
function credentialsIn(keysOf: ReadonlyMap<StoredTable, string[]>): string[] {
	const keys = [...keysOf].flatMap(([{ key }, rows]) => {
		const at = key.indexOf('credential_hash');
		return at < 0 ? [] : rows.map((row) => row.split(' ')[at]!);
	});
	return [...new Set(keys)];
}

async function remakeTables({
	client,
	database,
	projectId,
	keysOf
}: {
	client: ClickHouseClient;
	database: DatabaseOptions;
	projectId: string;
	keysOf: Map<StoredTable, string[]>;
}): Promise<void> {
	if ([...keysOf.values()].every((keys) => keys.length === 0)) return;
	const scratch = await openScratchDatabase(database);
	try {
		for (const [table, keys] of keysOf)
			await remakeRows({ client, scratch, table, projectId, keys });
	} finally {
		await scratch.drop();
	}
}

/** Looks for the person in every table, states written after the first look included. */
async function makeSure({ client, person }: { client: ClickHouseClient; person: Person }) {
	for (const { name, role, user } of [
		...storedTables('raw'),
		...storedTables('state'),
		...storedTables('finished')
	]) {
		if (!user) continue;
		const time =
			role === 'raw' ? 'AND occurred_at <= fromUnixTimestamp64Milli({until: Int64})' : '';
		// A state may name them again only by what happened since.
		const since =
			role === 'raw'
				? ''
				: `AND {user: UInt64} NOT IN (SELECT user_hash FROM events_raw_v1 WHERE project_id = {project: String})`;
		const [row] = await ask<{ rows: string }>(
			client,
			`SELECT count() AS rows FROM ${name} WHERE project_id = {project: String} AND ${user} = {user: UInt64} ${time} ${since}`,
			{ project: person.projectId, user: person.userHash, until: person.until }
		);
		if (row?.rows !== '0')
			throw new ErasureError(
				`${row?.rows} rows of ${name} still name the person: run the erasure again.`
			);
	}
}
