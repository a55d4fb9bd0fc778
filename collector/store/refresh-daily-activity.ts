import type { ClickHouseClient } from '@clickhouse/client';
import { EVERYTHING, readHorizons } from '../lifecycle/horizons.ts';

/** One day of one project. */
export interface ProjectDay {
	projectId: string;
	/** `YYYY-MM-DD`, UTC. */
	day: string;
}

/**
 * Remakes days of the daily rollups (activity and ceremonies) from the tables of ceremonies, prompts, sessions and sign-ins.
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
	const horizons = await readHorizons(client);
	const open: ProjectDay[] = [];
	for (const [project, projectDays] of targets) {
		const { derivedFrom } = horizons.get(project) ?? EVERYTHING;
		// A late event must not remake a day of which the rest is gone.
		const kept = projectDays.filter((day) => day >= derivedFrom);
		for (let at = 0; at < kept.length; at += DAYS_AT_ONCE)
			open.push(...(await refresh(client, project, kept.slice(at, at + DAYS_AT_ONCE))));
	}
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
	await client.command({ query: INSERT_CEREMONIES, query_params });
	await client.command({ query: INSERT_GENERATIONS, query_params });
	const result = await client.query({ query: OPEN_DAYS, query_params, format: 'JSONEachRow' });
	const open = await result.json<{ open_day: string }>();
	return open.map(({ open_day }) => ({ projectId: project, day: open_day }));
}

const DAYS = '{days: Array(Date)}';

const viewOf = (view: string) => `${view} WHERE project_id = {project: String} AND day IN ${DAYS}`;

const CEREMONIES = viewOf('ceremonies_v1');
const SESSIONS = viewOf('sessions_v1');
const PROMPTS = viewOf('prompts_v1');
const SIGNINS = viewOf('signins_v1');

const CLIENT =
	'application, environment, release, os_name, browser_name, client_ecosystem, synthetic';

/** What a row of a view counts as: the activity's name, its detail, how often, and whether it does. All are SQL. */
type Activity = readonly [name: string, detail: string, occurrences: 0 | 1, condition: string];

/** One pass over a view, whatever the number of activities: planning a view costs more than reading a day of it. */
const activitiesOf = (view: string, list: readonly Activity[]) => {
	const tuples = list.map(
		([name, detail, occurrences, condition]) =>
			`(toString(${name}), toString(${detail}), toUInt8(${occurrences}), toBool(ifNull(${condition}, false)))`
	);
	return `SELECT day, ${CLIENT}, user_hash, arrayJoin(arrayFilter(item -> item.4, [${tuples.join(', ')}])) AS counted
	FROM ${view}`;
};

const ACTIVITIES = [
	activitiesOf(SESSIONS, [
		[`'seen'`, `''`, 1, 'true'],
		[`'eligible'`, `''`, 1, 'passkey_capable']
	]),
	// Who did anything was seen, visit or not; the visit itself is counted above.
	activitiesOf(CEREMONIES, [
		[`'seen'`, `''`, 0, 'user_hash != 0'],
		['ceremony_type', 'outcome', 1, 'user_driven'],
		[`concat(ceremony_type, '_verified')`, `''`, 1, 'verified'],
		[`'automatic_registration'`, 'outcome', 1, `automatic AND outcome != 'pending'`],
		[`'untouched'`, 'ceremony_type', 1, `outcome = 'untouched'`]
	]),
	activitiesOf(PROMPTS, [
		[`'seen'`, `''`, 0, 'user_hash != 0'],
		[`'prompt_shown'`, 'purpose', 1, 'shown_at IS NOT NULL'],
		[`'prompt_accepted'`, 'purpose', 1, 'accepted_at IS NOT NULL'],
		[`'prompt_dismissed'`, 'purpose', 1, 'dismissed_at IS NOT NULL']
	]),
	activitiesOf(SIGNINS, [
		[`'seen'`, `''`, 0, 'user_hash != 0'],
		[`'signin'`, 'method', 1, `outcome = 'succeeded' AND method != 'passkey'`],
		[`'fallback'`, 'fallback_reason', 1, `fallback_reason != ''`]
	])
];

const INSERT_ROWS = `INSERT INTO daily_activity_state_v1
	(project_id, day, activity, detail, ${CLIENT}, generation, occurrences, users)
	SELECT {project: String}, day, counted.1 AS activity, counted.2 AS detail, ${CLIENT}, {generation: UInt64},
		sum(counted.3), uniqExactStateIf(toUInt64(user_hash), user_hash != 0)
	FROM (${ACTIVITIES.join('\nUNION ALL\n')})
	GROUP BY day, activity, detail, ${CLIENT}`;

const CROSS_DEVICE = `user_driven AND (ifNull(cross_device, false) OR has(hints, 'hybrid') OR cause = 'hybrid_transport_failed')`;

const TIMED = `ceremony_type = 'authentication' AND outcome = 'succeeded' AND user_driven AND mediation != 'conditional' AND elapsed_ms IS NOT NULL`;

const KIND = `${CLIENT}, country, provider, test_authenticator, ceremony_type, mediation, outcome, cause, automatic, user_driven`;

/**
 * The page's own clock where it told; else from start to end by the corrected clocks. A start that was lost says nothing
 * against the end there is: 0. NULL: no end.
 */
const ENDED_AFTER_MS = `multiIf(elapsed_ms IS NOT NULL, toInt64(elapsed_ms), coalesce(finished_at, verdict_at) IS NULL, NULL,
	started_at IS NULL, 0, dateDiff('millisecond', started_at, coalesce(finished_at, verdict_at)))`;

/** Conditions on a ceremony, each a column of the rollup that counts it. */
const COUNTED = {
	completed: `client_outcome = 'succeeded'`,
	decided: 'verified IS NOT NULL',
	verified: 'ifNull(verified, false)',
	completed_decided: `client_outcome = 'succeeded' AND verified IS NOT NULL`,
	decided_seen: 'verified IS NOT NULL AND (started_at IS NOT NULL OR finished_at IS NOT NULL)',
	overdue: `user_driven AND mediation != 'conditional' AND ifNull(${ENDED_AFTER_MS} > 300000, true)`,
	cross_device: CROSS_DEVICE,
	cross_device_hinted: `${CROSS_DEVICE} AND has(hints, 'hybrid')`,
	cross_device_succeeded: `${CROSS_DEVICE} AND ifNull(cross_device, false) AND outcome = 'succeeded'`,
	timed: TIMED
};

const INSERT_CEREMONIES = `INSERT INTO daily_ceremonies_state_v1
	(project_id, day, ${KIND}, generation, ceremonies, ${Object.keys(COUNTED).join(', ')}, times)
	SELECT {project: String}, day, ${KIND}, {generation: UInt64}, count(),
		${Object.keys(COUNTED)
			.map((_, index) => `countIf(is[${index + 1}])`)
			.join(
				', '
			)}, quantilesExactStateIf(0.5, 0.75, 0.95)(ifNull(elapsed_ms, 0), is[${Object.keys(COUNTED).length}])
	FROM (SELECT day, ${KIND}, elapsed_ms, [${Object.values(COUNTED)
		.map((condition) => `toBool(${condition})`)
		.join(', ')}] AS is FROM ${CEREMONIES})
	GROUP BY day, ${KIND}`;

const INSERT_GENERATIONS = `INSERT INTO daily_generations_v1 (project_id, day, generation)
	SELECT {project: String}, arrayJoin(${DAYS}), {generation: UInt64}`;

const OPEN_DAYS = `SELECT DISTINCT toString(day) AS open_day FROM ${CEREMONIES} AND outcome = 'pending'`;
