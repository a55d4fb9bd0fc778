import type { ClickHouseClient } from '@clickhouse/client';
import type { ProjectDay } from './refresh-daily-activity.ts';

/**
 * Days whose figures may have changed because of what was received since a moment: the days it happened on, and the days
 * of everything else known about the same ceremonies, prompts and sessions, because those count on the day they began.
 */
export async function findChangedDays({
	client,
	since
}: {
	client: ClickHouseClient;
	/** Unix epoch in milliseconds, by the collector's clock. */
	since: number;
}): Promise<ProjectDay[]> {
	return ask(client, CHANGED, { since });
}

/** Days that were not remade since their events arrived or their tables changed, or were while ceremonies were still open: asked once, at start. */
export async function findStaleDays({
	client
}: {
	client: ClickHouseClient;
}): Promise<ProjectDay[]> {
	return ask(client, STALE, {});
}

async function ask(client: ClickHouseClient, query: string, query_params: Record<string, unknown>) {
	const result = await client.query({ query, query_params, format: 'JSONEachRow' });
	return result.json<ProjectDay>();
}

const ZERO = `toUUID('00000000-0000-0000-0000-000000000000')`;
const ARRIVED = `events_raw_v1 WHERE received_at >= fromUnixTimestamp64Milli({since: Int64})`;
const same = (id: string) =>
	`(${id} != ${ZERO} AND (project_id, ${id}) IN (SELECT project_id, ${id} FROM ${ARRIVED}))`;

/**
 * SQL: the days that count ceremonies of certain credentials, by the condition on `project_id` and `credential_hash`. Where a ceremony
 * ended after midnight it counts on the day before, which its id tells, unless the clock that made it was wrong.
 */
export const daysOfCredentials = (which: string) => `SELECT project_id AS projectId,
		toString(arrayJoin(arrayDistinct([toDate(observed_at),
			if(abs(dateDiff('day', UUIDv7ToDateTime(ceremony_id, 'UTC'), observed_at)) <= 1, toDate(UUIDv7ToDateTime(ceremony_id, 'UTC')), toDate(observed_at))]))) AS day
	FROM credential_observations_state_v1
	WHERE ${which}`;

/** A registration that comes after sign-ins with its credential tells their provider, and whether they were a virtual authenticator's. */
const OF_THE_SAME_CREDENTIAL =
	daysOfCredentials(`(project_id, credential_hash) IN (SELECT project_id, credential_hash FROM ${ARRIVED}
		AND credential_hash != 0 AND ceremony_type = 'registration' AND (provider != '' OR test_authenticator))`);

// A ceremony lasts at most a day, and so do most visits: two days to each side hold what belongs together.
const CHANGED = `SELECT DISTINCT project_id AS projectId, toString(event_date) AS day FROM events_raw_v1
	WHERE event_date BETWEEN (SELECT min(event_date) - 2 FROM ${ARRIVED}) AND (SELECT max(event_date) + 2 FROM ${ARRIVED})
	AND project_id IN (SELECT project_id FROM ${ARRIVED})
	AND (received_at >= fromUnixTimestamp64Milli({since: Int64})
		OR ${same('ceremony_id')} OR ${same('session_id')} OR ${same('prompt_id')})
	UNION DISTINCT ${OF_THE_SAME_CREDENTIAL}`;

const STALE = `SELECT project_id AS projectId, toString(event_date) AS day
	FROM (SELECT project_id, event_date, max(received_at) AS newest FROM events_raw_v1 GROUP BY project_id, event_date) AS days
	LEFT JOIN rollup_days_v1 AS rolled_up ON days.project_id = rolled_up.project_id AND days.event_date = rolled_up.day
	WHERE toUnixTimestamp64Milli(newest) + 360000 > made
	UNION DISTINCT
	-- Also where the raw events are gone: the days are remade from the tables made of them.
	SELECT project_id, toString(day) FROM rollup_days_v1 WHERE NOT current`;
