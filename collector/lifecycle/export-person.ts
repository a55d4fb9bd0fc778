import type { ClickHouseClient } from '@clickhouse/client';
import { storedTables } from '../../migrations/tables.ts';
import { ask } from './ask.ts';
import { eventsOf, findTraces, type Person } from './find-traces.ts';
import { keySql } from './row-keys.ts';

/** Everything that is kept of a person, as it is kept: pseudonyms, no names. */
export interface PersonExport {
	project_id: string;
	exported_unix_ms: number;
	/** Their raw events, oldest first. */
	events: Record<string, unknown>[];
	/** By view: what was made of them. */
	records: Record<string, Record<string, unknown>[]>;
}

/** Collects what is kept of a person. The rollups hold counts and sets of pseudonyms, nothing more of anybody. */
export async function exportPerson({
	client,
	person
}: {
	client: ClickHouseClient;
	person: Person;
}): Promise<PersonExport> {
	const traces = await findTraces(client, person);
	const { condition, parameters } = eventsOf(person, traces);
	const where = `project_id = {project: String} AND (${condition('')})`;
	const records: PersonExport['records'] = {};
	for (const table of storedTables('state')) {
		const named = [
			table.user && `${table.user} = {user: UInt64}`,
			table.credential && `has({credentials: Array(String)}, toString(${table.credential}))`
		].filter(Boolean);
		const keys = `SELECT ${keySql(table)} FROM ${table.name} FINAL WHERE project_id = {project: String} AND (${named.join(' OR ')})`;
		records[table.view ?? table.name] = await ask(
			client,
			`SELECT * FROM ${table.view ?? `${table.name} FINAL`} WHERE project_id = {project: String} AND ${keySql(table)} IN (${keys})`,
			parameters
		);
	}
	const events = await ask<Record<string, unknown>>(
		client,
		`SELECT * FROM events_raw_v1 FINAL WHERE ${where} ORDER BY occurred_at, event_id`,
		parameters
	);
	return { project_id: person.projectId, exported_unix_ms: person.until, events, records };
}
