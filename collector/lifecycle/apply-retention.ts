import type { ClickHouseClient } from '@clickhouse/client';
import { mutate, ownRows } from '../../migrations/mutate.ts';
import { storedTables, type StoredTable } from '../../migrations/tables.ts';
import { listRetention, type Retention } from '../../settings/retention.ts';
import type { Settings } from '../../settings/open-settings.ts';
import { UTC } from '../../settings/time-zones.ts';
import { readProjectZones } from '../store/project-zones.ts';
import { firstWholeDay } from '../store/zone-days.ts';
import { ask } from './ask.ts';
import { EVERYTHING, readHorizons, type Horizons } from './horizons.ts';
import { dropFinished, remakeFinishedBefore } from './remake-finished.ts';

/** What was deleted of a table. */
export interface Expired {
	projectId: string;
	table: string;
	rows: number;
}

/**
 * Deletes what projects no longer keep. The horizon moves first and for good: from then on no day before it is remade, so
 * what was made of events that are gone stays as it was. A row is kept by the last day it tells of.
 */
export async function applyRetention({
	client,
	settings,
	today = new Date().toISOString().slice(0, 10)
}: {
	client: ClickHouseClient;
	settings: Settings;
	/** `YYYY-MM-DD`, UTC. */
	today?: string;
}): Promise<Expired[]> {
	const horizons = await readHorizons(client);
	const zones = await readProjectZones(client);
	const expired: Expired[] = [];
	for (const [projectId, retention] of await listRetention(settings)) {
		const next = moveOn(horizons.get(projectId) ?? EVERYTHING, retention, today);
		await client.insert({
			table: 'retention_horizons_v1',
			values: [{ project_id: projectId, raw_from: next.rawFrom, derived_from: next.derivedFrom }],
			format: 'JSONEachRow'
		});
		for (const table of storedTables('raw'))
			expired.push(...(await expire({ client, table, projectId, before: next.rawFrom })));
		for (const table of storedTables('state'))
			expired.push(...(await expire({ client, table, projectId, before: next.derivedFrom })));
		expired.push(...(await expireFinished({ client, projectId, before: next.derivedFrom })));
		// A day of the project's own zone goes with its first hour.
		const before = firstWholeDay(next.derivedFrom, zones.get(projectId) ?? UTC);
		for (const table of storedTables('rollup'))
			expired.push(...(await expire({ client, table, projectId, before })));
	}
	return expired;
}

/** A horizon never moves back: what is gone does not come again by keeping more from now on. */
function moveOn(now: Horizons, { rawDays, derivedDays }: Retention, today: string): Horizons {
	const from = (days: number | undefined, least: string) => {
		if (days === undefined) return least;
		const day = new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10);
		return day > least ? day : least;
	};
	return { rawFrom: from(rawDays, now.rawFrom), derivedFrom: from(derivedDays, now.derivedFrom) };
}

/** A finished row goes with the state it is made of. */
async function expireFinished({
	client,
	projectId,
	before
}: {
	client: ClickHouseClient;
	projectId: string;
	before: string;
}): Promise<Expired[]> {
	if (before === EVERYTHING.derivedFrom) return [];
	const rows = await dropFinished({ client, projectId });
	await remakeFinishedBefore({ client, projectId, before });
	return rows > 0 ? [{ projectId, table: 'credential_rows_state_v1', rows }] : [];
}

async function expire({
	client,
	table,
	projectId,
	before
}: {
	client: ClickHouseClient;
	table: StoredTable;
	projectId: string;
	before: string;
}): Promise<Expired[]> {
	if (before === EVERYTHING.rawFrom) return [];
	const parameters = { project: projectId, before };
	const gone = `project_id = {project: String} AND ${table.until} < {before: Date}`;
	// The parts of a row that are not merged yet tell of different days: the newest decides.
	const where = (own: string) =>
		table.role === 'state'
			? `project_id = {project: String} AND (${table.key.join(', ')}) IN (SELECT ${table.key.join(', ')} FROM ${own} FINAL WHERE ${gone})`
			: gone;
	const [row] = await ask<{ rows: string }>(
		client,
		`SELECT count() AS rows FROM ${table.name} WHERE ${where(table.name)}`,
		parameters
	);
	const rows = Number(row?.rows ?? 0);
	if (rows === 0) return [];
	const change = `DELETE WHERE ${where(ownRows(client, table.name))}`;
	await mutate({ client, table: table.name, change, parameters });
	return [{ projectId, table: table.name, rows }];
}
