import type { ClickHouseClient } from '@clickhouse/client';
import { UTC } from '../../settings/time-zones.ts';

/** The zone whose days each project's rollups are made by; one that counts by UTC is missing. */
export async function readProjectZones(client: ClickHouseClient): Promise<Map<string, string>> {
	const zones = await readPublished(client);
	return new Map([...zones].filter(([, zone]) => zone !== UTC));
}

export interface PublishedZones {
	/** Projects that have another zone from now on: the days that were made by the one before are stale. */
	changed: string[];
	/** Zones that the database does not know, of projects that go on as before. */
	unknown: string[];
}

/** Puts a new choice of zones where the rollups are made, so that whoever remakes a day goes by the same. */
export async function publishProjectZones({
	client,
	chosen
}: {
	client: ClickHouseClient;
	/** By project, as in the settings. */
	chosen: ReadonlyMap<string, string>;
}): Promise<PublishedZones> {
	const published = await readPublished(client);
	const differ = [...chosen].filter(([project, zone]) => zone !== (published.get(project) ?? UTC));
	if (differ.length === 0) return { changed: [], unknown: [] };
	const known = await findKnown(
		client,
		differ.map(([, zone]) => zone)
	);
	const changed = differ.filter(([, zone]) => known.has(zone));
	if (changed.length > 0)
		await client.insert({
			table: 'project_zones_v1',
			values: changed.map(([project_id, zone]) => ({
				...{ project_id, zone },
				chosen_at: new Date().toISOString().slice(0, -1)
			})),
			format: 'JSONEachRow'
		});
	return {
		changed: changed.map(([project]) => project),
		unknown: differ.filter(([, zone]) => !known.has(zone)).map(([, zone]) => zone)
	};
}

/**
 * Projects that count by the same days are asked for together: those of one zone, or all others, which count by UTC.
 * `projects` and `zone` are to be bound.
 */
export interface ZoneGroup {
	which: 'those' | 'others';
	projects: string[];
	zone: string;
}

export function groupByZone(zones: ReadonlyMap<string, string>): ZoneGroup[] {
	const groups = Map.groupBy(zones, ([, zone]) => zone);
	return [
		{ which: 'others', projects: [...zones.keys()], zone: UTC },
		...[...groups].map(([zone, of]): ZoneGroup => ({
			...{ which: 'those', zone },
			projects: of.map(([project]) => project)
		}))
	];
}

/** SQL: a row's project is of the group. */
export const OF_GROUP = {
	those: 'project_id IN {projects: Array(String)}',
	others: 'project_id NOT IN {projects: Array(String)}'
} as const;

/** SQL for the day of a raw event in the zone of the group's projects. */
export const DAY_OF_EVENT = {
	those: 'toDate(occurred_at, {zone: String})',
	others: 'event_date'
} as const;

async function readPublished(client: ClickHouseClient): Promise<Map<string, string>> {
	const result = await client.query({
		query: 'SELECT project_id AS project, zone FROM project_zones_v1 FINAL',
		format: 'JSONEachRow'
	});
	const rows = await result.json<{ project: string; zone: string }>();
	return new Map(rows.map(({ project, zone }) => [project, zone]));
}

async function findKnown(client: ClickHouseClient, zones: string[]): Promise<Set<string>> {
	const result = await client.query({
		query:
			'SELECT time_zone AS zone FROM system.time_zones WHERE time_zone IN {zones: Array(String)}',
		query_params: { zones },
		format: 'JSONEachRow'
	});
	return new Set((await result.json<{ zone: string }>()).map(({ zone }) => zone));
}
