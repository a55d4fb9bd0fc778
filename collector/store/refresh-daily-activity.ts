import type { ClickHouseClient } from '@clickhouse/client';
import { EVERYTHING, readHorizons } from '../lifecycle/horizons.ts';
import { UTC } from '../../settings/time-zones.ts';
import { takeGenerations } from './generations.ts';
import { DAY_OF_EVENT, groupByZone, OF_GROUP, readProjectZones } from './project-zones.ts';
import { refreshCredentialRows } from './refresh-credential-rows.ts';
import { readRolledUpTags } from './rolled-up-tags.ts';
import { insertDays, OPEN_DAYS } from './rollup-sql.ts';
import { daysAround, firstWholeDay } from './zone-days.ts';

/** One day of one project. */
export interface ProjectDay {
	projectId: string;
	/** `YYYY-MM-DD`, in the project's zone. */
	day: string;
}

/**
 * Remakes days of the rollups (activity by hour and day, ceremonies, their endings, acts, users' days) from the tables of ceremonies, prompts, sessions
 * and sign-ins; where it remakes all days, the finished rows of credentials as well.
 * The rows of the new generation go in first, into the slot that readers do not look at, and the generation itself last, so a reader
 * sees the old day or the new one.
 *
 * @param projectId all projects when left out
 * @param days `YYYY-MM-DD`, in the project's zone; every day that has events when left out
 * @returns the days that hold ceremonies which are still open: they change once more, without an event, when those are abandoned
 */
export async function refreshDailyActivity({
	client,
	projectId,
	days
}: {
	client: ClickHouseClient;
	projectId?: string;
	days?: readonly string[];
}): Promise<ProjectDay[]> {
	if (!days) await refreshCredentialRows({ client, projectId });
	const zones = await readProjectZones(client);
	const targets = await findDays({ client, projectId, days, zones });
	const horizons = await readHorizons(client);
	const tags = await readRolledUpTags(client);
	const open: ProjectDay[] = [];
	for (const [project, projectDays] of targets) {
		const { derivedFrom } = horizons.get(project) ?? EVERYTHING;
		const wholeFrom = firstWholeDay(derivedFrom, zones.get(project) ?? UTC);
		// A late event must not remake a day of which the rest is gone. Of many days the newest are asked for first.
		const kept = projectDays.filter((day) => day >= wholeFrom).toSorted();
		for (let end = kept.length; end > 0; end -= DAYS_AT_ONCE)
			open.push(
				...(await refresh(client, {
					project,
					days: kept.slice(Math.max(0, end - DAYS_AT_ONCE), end),
					tags: tags.get(project) ?? []
				}))
			);
	}
	return open;
}

/** Sets of users are held in memory while they are built. */
const DAYS_AT_ONCE = 31;

async function findDays({
	client,
	projectId,
	days,
	zones
}: {
	client: ClickHouseClient;
	projectId: string | undefined;
	days: readonly string[] | undefined;
	zones: ReadonlyMap<string, string>;
}): Promise<Map<string, string[]>> {
	if (projectId !== undefined && days) return new Map([[projectId, [...days]]]);
	const found: [string, string[]][] = [];
	for (const { which, ...group } of groupByZone(zones)) {
		const result = await client.query({
			query: `SELECT project_id AS project, groupUniqArray(toString(${DAY_OF_EVENT[which]})) AS known FROM events_raw_v1
				WHERE ({all_projects: Bool} OR project_id = {project: String}) AND ${OF_GROUP[which]} GROUP BY project_id`,
			query_params: {
				...{ project: projectId ?? '', all_projects: projectId === undefined },
				...group
			},
			format: 'JSONEachRow'
		});
		const rows = await result.json<{ project: string; known: string[] }>();
		found.push(...rows.map(({ project, known }) => [project, known] as [string, string[]]));
	}
	return new Map(found.map(([project, known]) => [project, days ? [...days] : known.sort()]));
}

async function refresh(
	client: ClickHouseClient,
	{ project, days, tags }: { project: string; days: string[]; tags: readonly string[] }
): Promise<ProjectDay[]> {
	const generations = await takeGenerations(client, { project, days });
	// Read after the numbers were taken: a day that another zone's choice overtook is older than that choice, and so stale.
	const zone = (await readProjectZones(client)).get(project) ?? UTC;
	const utc_days = daysAround(days, zone);
	const query_params = { project, zone, days, utc_days, generations, tags };
	for (const query of insertDays(tags.length > 0 ? 'chosen' : 'none'))
		await client.command({ query, query_params });
	const result = await client.query({ query: OPEN_DAYS, query_params, format: 'JSONEachRow' });
	const open = await result.json<{ open_day: string }>();
	return open.map(({ open_day }) => ({ projectId: project, day: open_day }));
}
