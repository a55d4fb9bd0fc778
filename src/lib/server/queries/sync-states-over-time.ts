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
import { stateOf } from './sync-as-of-sql.ts';

/**
 * Common table expression `steps`: of every credential, whose it is, when it was last used, whether the filters take it and the days on which its
 * sync state changed, in order; the state '' ends it. Constant text: values are bound.
 */
export const STATES_SQL = `
steps AS
(
	SELECT
		credential_hash, user_hash, provider, credential_legacy_class AS legacy_class, ${WHERE_CREDENTIAL} AS in_filter,
		toDate(last_used_at, {zone: String}) AS last_used_day,
		toDate(first_seen_at, {zone: String}) AS first_day, toDate(revoked_at, {zone: String}) AS revoked_day,
		arrayFilter(s -> s.1 <= {to: Date}, arrayMap(c -> (toDate(c.at, {zone: String}), ${stateOf('c.flags')}), flag_changes)) AS known,
		-- Its flags may be seen only after the credential itself: unknown until then. '' ends it.
		arrayConcat(
			if(empty(known) OR known[1].1 > first_day, [(first_day, 'unknown')], []),
			arrayFilter(s -> isNull(revoked_day) OR s.1 < revoked_day, known),
			if(isNull(revoked_day) OR revoked_day > {to: Date}, [], [(assumeNotNull(revoked_day), '')])
		) AS states
	FROM credential_rows_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND first_day <= {to: Date} AND status != 'refused'
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

/** Later than any day that is asked for: the user had none by then. */
const NOT_YET = 'addDays({to: Date}, 1)';

/**
 * Users with a usable credential, and with a backed-up one, at the end of each of the days asked for: sync_coverage over time.
 * Nearly every credential is from its first day what it is at the end: users are counted by those days first, and what
 * became otherwise is followed day by day for the few whom it concerns.
 */
export const querySyncCoverageCourse = defineQuery({
	name: 'sync-coverage-course',
	parameters: filterParameters.extend({ days: z.array(z.iso.date()) }),
	row: z.object({ day: z.iso.date(), passkey_users: count, covered_users: count }),
	sql: `
WITH ${STATES_SQL},
people AS
(
	SELECT
		user_hash,
		min(if(length(states) = 1, states[1].1, ${NOT_YET})) AS held_from,
		min(if(length(states) = 1 AND states[1].2 = 'synced', states[1].1, ${NOT_YET})) AS covered_from,
		groupArrayIf(states, length(states) > 1) AS courses
	FROM steps
	WHERE in_filter AND user_hash != 0 AND notEmpty(states)
	GROUP BY user_hash
)
SELECT
	day,
	sumIf(users, held_from <= day OR notEmpty(then)) AS passkey_users,
	sumIf(users, covered_from <= day OR has(then, 'synced')) AS covered_users
FROM
(
	SELECT
		held_from, covered_from, users,
		arrayJoin(arrayMap(one -> toDate(one), {days: Array(String)})) AS day,
		arrayFilter(state -> state != '', arrayMap(states -> arrayLast(s -> s.1 <= day, states).2, courses)) AS then
	FROM (SELECT held_from, covered_from, courses, count() AS users FROM people GROUP BY held_from, covered_from, courses)
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
