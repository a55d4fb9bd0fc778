import type { ClickHouseClient } from '@clickhouse/client';
import {
	DAY_OF_EVENT,
	groupByZone,
	OF_GROUP,
	readProjectZones,
	type ZoneGroup
} from './project-zones.ts';
import type { ProjectDay } from './refresh-daily-activity.ts';

/**
 * Days whose figures may have changed because of what was received since a moment: the days it happened on, and the days
 * of everything else known about the same ceremonies, prompts and sessions, because those count on the day they began. Days are
 * those of each project's zone.
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

/** Days that were not remade since their events arrived, their tables changed or their project's zone was chosen, or were while ceremonies were still open: asked at start and after a choice. */
export async function findStaleDays({
	client
}: {
	client: ClickHouseClient;
}): Promise<ProjectDay[]> {
	return ask(client, STALE, {});
}

async function ask(
	client: ClickHouseClient,
	queries: Record<ZoneGroup['which'], string>,
	parameters: Record<string, unknown>
): Promise<ProjectDay[]> {
	const days: ProjectDay[] = [];
	for (const { which, ...group } of groupByZone(await readProjectZones(client))) {
		const result = await client.query({
			query: queries[which],
			query_params: { ...parameters, ...group },
			format: 'JSONEachRow'
		});
		days.push(...(await result.json<ProjectDay>()));
	}
	return days;
}

const ZERO = `toUUID('00000000-0000-0000-0000-000000000000')`;
const ARRIVED = `events_raw_v1 WHERE received_at >= fromUnixTimestamp64Milli({since: Int64})`;
const same = (id: string) =>
	`(${id} != ${ZERO} AND (project_id, ${id}) IN (SELECT project_id, ${id} FROM ${ARRIVED}))`;

/**
 * SQL: the days that count ceremonies of certain credentials, by the condition on `project_id` and `credential_hash`. Where a ceremony
 * ended after midnight it counts on the day before, which its id tells, unless the clock that made it was wrong. By the days of
 * the bound `zone`.
 */
export const daysOfCredentials = (which: string) => `SELECT project_id AS projectId,
		toString(arrayJoin(arrayDistinct([toDate(observed_at, {zone: String}),
			if(abs(dateDiff('day', UUIDv7ToDateTime(ceremony_id, 'UTC'), observed_at)) <= 1, toDate(UUIDv7ToDateTime(ceremony_id, 'UTC'), {zone: String}), toDate(observed_at, {zone: String}))]))) AS day
	FROM credential_observations_state_v1
	WHERE ${which}`;

/** A registration that comes after sign-ins with its credential tells their provider, and whether they were a virtual authenticator's. */
const OF_THE_SAME_CREDENTIAL = `(project_id, credential_hash) IN (SELECT project_id, credential_hash FROM ${ARRIVED}
		AND credential_hash != 0 AND ceremony_type = 'registration' AND (provider != '' OR test_authenticator))`;

/** Project and day of a row. */
const own = (which: ZoneGroup['which']) =>
	`SELECT DISTINCT project_id AS projectId, toString(${DAY_OF_EVENT[which]}) AS day FROM`;

// A ceremony lasts at most a day, and so do most visits: two days to each side hold what belongs together. On the days that something
// arrived for nothing else is looked for: they are remade in any case, and mostly they are the only ones there are.
const changed = (which: ZoneGroup['which']) => `${own(which)} ${ARRIVED} AND ${OF_GROUP[which]}
	UNION DISTINCT
	${own(which)} events_raw_v1
	WHERE event_date BETWEEN (SELECT min(event_date) - 2 FROM ${ARRIVED}) AND (SELECT max(event_date) + 2 FROM ${ARRIVED})
	AND project_id IN (SELECT project_id FROM ${ARRIVED}) AND ${OF_GROUP[which]}
	AND (project_id, ${DAY_OF_EVENT[which]}) NOT IN (SELECT project_id, ${DAY_OF_EVENT[which]} FROM ${ARRIVED})
	AND (${same('ceremony_id')} OR ${same('session_id')} OR ${same('prompt_id')})
	UNION DISTINCT ${daysOfCredentials(`${OF_THE_SAME_CREDENTIAL} AND ${OF_GROUP[which]}`)}`;

const CHANGED = { those: changed('those'), others: changed('others') };

const stale = (
	which: ZoneGroup['which']
) => `SELECT project_id AS projectId, toString(own_day) AS day
	FROM (SELECT project_id, ${DAY_OF_EVENT[which]} AS own_day, max(received_at) AS newest FROM events_raw_v1
		WHERE ${OF_GROUP[which]} GROUP BY project_id, own_day) AS days
	LEFT JOIN rollup_days_v1 AS rolled_up ON days.project_id = rolled_up.project_id AND days.own_day = rolled_up.day
	WHERE toUnixTimestamp64Milli(newest) + 360000 > made
	UNION DISTINCT
	-- Also where the raw events are gone: the days are remade from the tables made of them.
	SELECT project_id, toString(day) FROM rollup_days_v1 WHERE NOT current AND ${OF_GROUP[which]}
	UNION DISTINCT
	-- What was a day by another zone has part of its rows on the day before or after by this one.
	SELECT project_id, toString(beside) FROM (SELECT project_id, arrayJoin([day - 1, day + 1]) AS beside FROM rollup_days_v1
		WHERE NOT by_zone AND ${OF_GROUP[which]}) WHERE beside <= today() + 1`;

const STALE = { those: stale('those'), others: stale('others') };
