import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { SYNC_STATES, type SyncState } from '../../format/names.ts';
import {
	bucketOf,
	bucketStart,
	listBuckets,
	shiftDay,
	type DayRange,
	type Filters
} from '../../filters.ts';
import { toShare } from '../../format/number.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { COUNTED, filterParameters, REAL, toParameters, WHERE_CREDENTIAL } from './filter-sql.ts';
import { isCollected } from './overview-outcomes.ts';

/** The state that flags say, as migrations/0020 writes them: 1 + 2·BE + BS. */
const stateOf = (flags: string) =>
	`transform(${flags}, [1, 2, 3, 4], ['device_bound', 'illegal', 'syncable', 'synced'], 'unknown')`;

/**
 * Common table expressions ending in `steps`: of every credential, whose it is, whether the filters take it and the days on which its
 * sync state changed, in order; the state '' ends it. Constant text: values are bound.
 * Of those whose flags never changed, which are most, what each ceremony showed is not read.
 */
export const STATES_SQL = `
ledger AS
(
	SELECT credential_hash, user_hash, provider, credential_legacy_class AS legacy_class, ${WHERE_CREDENTIAL} AS in_filter,
		toDate(first_seen_at, {zone: String}) AS first_day, toDate(revoked_at, {zone: String}) AS revoked_day
	FROM credentials_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND first_day <= {to: Date} AND status != 'refused'
),
flags AS
(
	SELECT
		credential_hash,
		toDate(observed_at, {zone: String}) AS day,
		argMax(${stateOf('flags')}, (observed_at, ceremony_id)) AS state
	FROM credential_observations_v1
	WHERE project_id = {project: String} AND toDate(observed_at, {zone: String}) <= {to: Date} AND flags > 0
		AND credential_hash IN (SELECT credential_hash FROM credential_flags_v1 WHERE project_id = {project: String} AND changed)
	GROUP BY credential_hash, day
),
known AS
(
	SELECT credential_hash, arraySort(groupArray((day, state))) AS states
	FROM
	(
		SELECT credential_hash, day, state FROM flags
		UNION ALL
		SELECT credential_hash, toDate(first_at, {zone: String}) AS day, ${stateOf('most_flags')} AS state
		FROM credential_flags_v1
		WHERE project_id = {project: String} AND NOT changed AND day <= {to: Date}
	)
	GROUP BY credential_hash
),
steps AS
(
	SELECT
		l.user_hash AS user_hash, l.provider AS provider, l.legacy_class AS legacy_class, l.in_filter AS in_filter,
		-- Its flags may be seen only after the credential itself: unknown until then. '' ends it.
		arrayConcat(
			if(empty(k.states) OR k.states[1].1 > l.first_day, [(l.first_day, 'unknown')], []),
			arrayFilter(s -> isNull(l.revoked_day) OR s.1 < l.revoked_day, k.states),
			if(isNull(l.revoked_day) OR l.revoked_day > {to: Date}, [], [(assumeNotNull(l.revoked_day), '')])
		) AS states
	FROM ledger AS l
	LEFT JOIN known AS k ON k.credential_hash = l.credential_hash
)`;

/**
 * How the number of usable credentials of each sync state changed, day by day; changes before the period are summed on the day before it.
 * A credential comes in when first seen, moves when its flags change (the last flags of a day count) and goes when revoked.
 */
export const querySyncStateChanges = defineQuery({
	name: 'sync-state-changes',
	parameters: filterParameters,
	row: z.object({ day: z.iso.date(), sync_state: z.enum(SYNC_STATES), change: count }),
	sql: `
WITH
${STATES_SQL},
moves AS
(
	SELECT
		arrayJoin(arrayConcat(
			arrayMap(s -> (s.1, s.2, 1), states),
			arrayMap((s, before) -> (s.1, before.2, -1), arrayPopFront(states), arrayPopBack(states))
		)) AS move
	FROM steps
	WHERE in_filter AND notEmpty(states)
)
SELECT greatest(move.1, addDays({from: Date}, -1)) AS day, move.2 AS sync_state, sum(move.3) AS change
FROM moves
WHERE move.2 != ''
GROUP BY day, sync_state
HAVING change != 0
ORDER BY day, sync_state`
});

/** Users with a usable credential, and with a backed-up one, at the end of each of the days asked for: sync_coverage over time. */
export const querySyncCoverageCourse = defineQuery({
	name: 'sync-coverage-course',
	parameters: filterParameters.extend({ days: z.array(z.iso.date()) }),
	row: z.object({ day: z.iso.date(), passkey_users: count, covered_users: count }),
	sql: `
WITH ${STATES_SQL}
SELECT
	day,
	uniqExactIf(user_hash, state != '') AS passkey_users,
	uniqExactIf(user_hash, state = 'synced') AS covered_users
FROM
(
	SELECT
		user_hash,
		arrayJoin(arrayMap(one -> toDate(one), {days: Array(String)})) AS day,
		arrayLast(s -> s.1 <= day, states).2 AS state
	FROM steps
	WHERE in_filter AND user_hash != 0 AND notEmpty(states)
)
GROUP BY day
ORDER BY day`
});

/** The last day of each bucket of a chart that lies within the range. */
export function lastDays(filters: Filters): string[] {
	const step = bucketOf(filters) === 'week' ? 6 : 0;
	return listBuckets(filters).map((bucket) => {
		const last = shiftDay(bucket, step);
		return last < filters.to ? last : filters.to;
	});
}

/** The share of each bucket of a chart, as of its last day within the range; null before anything is known. */
export async function readSyncCoverageTrend(
	client: ClickHouseClient,
	filters: Filters
): Promise<(number | null)[]> {
	const days = lastDays(filters);
	const rows = await querySyncCoverageCourse(client, { ...toParameters(filters), days });
	return days.map((day) => {
		const row = rows.find((one) => one.day === day);
		return row ? toShare(row.covered_users, row.passkey_users) : null;
	});
}

export interface SyncStatesOfDay {
	day: string;
	/** Usable credentials of each state at the end of the day. */
	counts: Record<SyncState, number>;
}

/** The running totals for each day of the period, days without a change included. */
export function cumulateSyncStates({
	changes,
	range
}: {
	changes: readonly { day: string; sync_state: SyncState; change: number }[];
	range: DayRange;
}): SyncStatesOfDay[] {
	const counts = Object.fromEntries(SYNC_STATES.map((state) => [state, 0])) as Record<
		SyncState,
		number
	>;
	const byDay = Map.groupBy(changes, ({ day }) => day);
	const days: SyncStatesOfDay[] = [];
	for (let day = shiftDay(range.from, -1); day <= range.to; day = shiftDay(day, 1)) {
		for (const { sync_state, change } of byDay.get(day) ?? []) counts[sync_state] += change;
		if (day >= range.from) days.push({ day, counts: { ...counts } });
	}
	return days;
}

/** The totals at the end of each of a chart's buckets; null before the project sent anything. A bucket is named by its first day. */
export function statesByBucket({
	changes,
	range,
	firstDay
}: {
	changes: Parameters<typeof cumulateSyncStates>[0]['changes'];
	range: DayRange;
	/** The project's first day with data. */
	firstDay: string;
}): { day: string; counts: Record<SyncState, number | null> }[] {
	const bucket = bucketOf(range);
	const days = cumulateSyncStates({ changes, range });
	const lastOf = new Map(days.map(({ day, counts }) => [bucketStart(day, bucket), counts]));
	return listBuckets(range, bucket).map((day) => ({
		day,
		counts: isCollected({ bucket: day, range, firstDay }) ? lastOf.get(day)! : NOT_COLLECTED
	}));
}

const NOT_COLLECTED = Object.fromEntries(SYNC_STATES.map((state) => [state, null])) as Record<
	SyncState,
	null
>;
