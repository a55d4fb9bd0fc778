import type { ClickHouseClient } from '@clickhouse/client';

/** One day of one project. */
export interface ProjectDay {
	projectId: string;
	/** `YYYY-MM-DD`, UTC. */
	day: string;
}

/**
 * Remakes days of the daily rollup from the tables of ceremonies, prompts, sessions and sign-ins.
 * The rows of the new generation go in first and the generation itself last, so a reader sees the old day or the new one.
 *
 * @param projectId all projects when left out
 * @param days `YYYY-MM-DD`, UTC; every day that has events when left out
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
	const targets = await findDays({ client, projectId, days });
	const open: ProjectDay[] = [];
	for (const [project, projectDays] of targets)
		for (let at = 0; at < projectDays.length; at += DAYS_AT_ONCE)
			open.push(...(await refresh(client, project, projectDays.slice(at, at + DAYS_AT_ONCE))));
	return open;
}

/** Sets of users are held in memory while they are built. */
const DAYS_AT_ONCE = 31;

async function findDays({
	client,
	projectId,
	days
}: {
	client: ClickHouseClient;
	projectId: string | undefined;
	days: readonly string[] | undefined;
}): Promise<Map<string, string[]>> {
	if (projectId !== undefined && days) return new Map([[projectId, [...days]]]);
	const result = await client.query({
		query: `SELECT project_id AS project, groupUniqArray(toString(event_date)) AS days FROM events_raw_v1
			WHERE ({all_projects: Bool} OR project_id = {project: String}) GROUP BY project_id`,
		query_params: { project: projectId ?? '', all_projects: projectId === undefined },
		format: 'JSONEachRow'
	});
	const found = await result.json<{ project: string; days: string[] }>();
	return new Map(
		found.map(({ project, days: known }) => [project, days ? [...days] : known.sort()])
	);
}

async function refresh(
	client: ClickHouseClient,
	project: string,
	days: string[]
): Promise<ProjectDay[]> {
	const generation = Date.now();
	const query_params = { project, days, generation };
	await client.command({ query: INSERT_ROWS, query_params });
	await client.command({ query: INSERT_GENERATIONS, query_params });
	const result = await client.query({ query: OPEN_DAYS, query_params, format: 'JSONEachRow' });
	const open = await result.json<{ open_day: string }>();
	return open.map(({ open_day }) => ({ projectId: project, day: open_day }));
}

const DAYS = '{days: Array(Date)}';

/** The ids that have an event on one of the days: the views cannot be searched by day, the raw events can. */
const touched = (column: string) =>
	`${column} IN (SELECT ${column} FROM events_raw_v1 WHERE project_id = {project: String} AND event_date IN ${DAYS})`;

const CEREMONIES = `ceremonies_v1 WHERE project_id = {project: String} AND day IN ${DAYS}
	AND (ceremony_hour, ceremony_id) IN (SELECT toStartOfHour(UUIDv7ToDateTime(ceremony_id, 'UTC')), ceremony_id
		FROM events_raw_v1 WHERE project_id = {project: String} AND event_date IN ${DAYS}
		AND event_type IN ('ceremony.started', 'ceremony.finished', 'ceremony.verdict'))`;

const viewOf = (view: string, column: string) =>
	`${view} WHERE project_id = {project: String} AND day IN ${DAYS} AND ${touched(column)}`;

const SESSIONS = viewOf('sessions_v1', 'session_id');
const PROMPTS = viewOf('prompts_v1', 'prompt_id');
const SIGNINS = viewOf('signins_v1', 'event_id');

const CLIENT =
	'application, environment, release, os_name, browser_name, client_ecosystem, synthetic';

/** One kind of activity: what it is called, its detail, where its rows are, and which of them count. */
const activity = (name: string, detail: string, from: string, condition = 'true', occurrence = 1) =>
	`SELECT day, ${name} AS activity, toString(${detail}) AS detail, ${CLIENT}, user_hash, ${occurrence} AS occurrence
	FROM ${from} AND ${condition}`;

const ACTIVITIES = [
	// A visit is seen once, and so is the user of anything else that happened, visit or not.
	activity(`'seen'`, `''`, SESSIONS),
	activity(`'seen'`, `''`, CEREMONIES, 'user_hash != 0', 0),
	activity(`'seen'`, `''`, PROMPTS, 'user_hash != 0', 0),
	activity(`'seen'`, `''`, SIGNINS, 'user_hash != 0', 0),
	activity(`'eligible'`, `''`, SESSIONS, 'passkey_capable = true'),
	activity(`'prompt_shown'`, 'purpose', PROMPTS, 'shown_at IS NOT NULL'),
	activity(`'prompt_accepted'`, 'purpose', PROMPTS, 'accepted_at IS NOT NULL'),
	activity(`'prompt_dismissed'`, 'purpose', PROMPTS, 'dismissed_at IS NOT NULL'),
	activity('ceremony_type', 'outcome', CEREMONIES, 'user_driven'),
	activity(`concat(ceremony_type, '_verified')`, `''`, CEREMONIES, 'verified = true'),
	activity(`'automatic_registration'`, 'outcome', CEREMONIES, `automatic AND outcome != 'pending'`),
	activity(`'untouched'`, 'ceremony_type', CEREMONIES, `outcome = 'untouched'`),
	activity(`'signin'`, 'method', SIGNINS, `outcome = 'succeeded' AND method != 'passkey'`),
	activity(`'fallback'`, 'fallback_reason', SIGNINS, `fallback_reason != ''`)
];

const INSERT_ROWS = `INSERT INTO daily_activity_state_v1
	(project_id, day, activity, detail, ${CLIENT}, generation, occurrences, users)
	SELECT {project: String}, day, activity, detail, ${CLIENT}, {generation: UInt64},
		sum(occurrence), uniqExactStateIf(toUInt64(user_hash), user_hash != 0)
	FROM (${ACTIVITIES.join('\nUNION ALL\n')})
	GROUP BY day, activity, detail, ${CLIENT}`;

const INSERT_GENERATIONS = `INSERT INTO daily_generations_v1 (project_id, day, generation)
	SELECT {project: String}, arrayJoin(${DAYS}), {generation: UInt64}`;

const OPEN_DAYS = `SELECT DISTINCT toString(day) AS open_day FROM ${CEREMONIES} AND outcome = 'pending'`;
