import { z } from 'zod';
import { RISKS, type Risk } from '../../format/risk-names.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import {
	ANSWERED_BY_PROVIDER,
	bucketOfDay,
	bucketParameters,
	filterParameters,
	REAL_CEREMONY,
	WHERE_CLIENT_THEN
} from './filter-sql.ts';
import { OWNERS_AND_SEEN_SQL } from './sync-coverage.ts';
import { STATES_SQL } from './sync-states-over-time.ts';

const risks = Object.fromEntries(RISKS.map((risk) => [risk, count])) as Record<Risk, typeof count>;

/** The column of `owners` (sync-coverage.ts) that says who is at a risk. */
export const RISK_COLUMNS: Record<Risk, string> = {
	locked_out: 'one_device_bound',
	one_passkey: 'one_passkey',
	one_provider: 'one_provider',
	legacy_only: 'legacy_only'
};

/** Users with a usable passkey that the filters take, and how many of them are at each risk, as of the period's last day; one row. */
export const queryRisk = defineQuery({
	name: 'risk',
	parameters: filterParameters,
	row: z.object({ holders: count, ...risks }),
	sql: `
WITH ${OWNERS_AND_SEEN_SQL}
SELECT count() AS holders, ${RISKS.map((risk) => `countIf(${RISK_COLUMNS[risk]}) AS ${risk}`).join(', ')}
FROM owners
WHERE user_hash != 0 AND matching > 0`
});

/** The first of the days asked for: what was before it is of no matter but for how it stood by then. */
const FIRST = `toDate(arrayMin({days: Array(String)}))`;

/**
 * The same at the end of each of the days asked for. A day before anybody held a passkey is no row. Most users hold what others hold too, in the
 * same states on the same days: they are counted by that first, and what they hold is followed day by day once for all who share it.
 */
export const queryRiskCourse = defineQuery({
	name: 'risk-course',
	parameters: filterParameters.extend({ days: z.array(z.iso.date()) }),
	row: z.object({ day: z.iso.date(), holders: count, ...risks }),
	sql: `
WITH ${STATES_SQL},
people AS
(
	SELECT passkeys, count() AS users
	FROM
	(
		SELECT arraySort(groupArray((toString(provider), legacy_class != '', in_filter, course))) AS passkeys
		FROM
		(
			SELECT
				user_hash, provider, legacy_class, in_filter,
				arrayMap(s -> (greatest(s.1, ${FIRST}), s.2),
					arrayFilter((s, index) -> index = length(states) OR states[index + 1].1 > ${FIRST}, states, arrayEnumerate(states))) AS course
			FROM steps
			WHERE user_hash != 0 AND notEmpty(states)
		)
		GROUP BY user_hash
	)
	GROUP BY passkeys
)
SELECT
	day,
	sum(users) AS holders,
	sumIf(users, length(held) = 1 AND held[1].4 = 'device_bound') AS locked_out,
	sumIf(users, length(held) = 1 AND held[1].4 != 'device_bound') AS one_passkey,
	sumIf(users, length(held) >= 2 AND length(arrayDistinct(held.1)) = 1 AND held[1].1 != '' AND arrayAll(one -> one.4 IN ('syncable', 'synced'), held)) AS one_provider,
	sumIf(users, arrayAll(one -> one.2, held)) AS legacy_only
FROM
(
	SELECT
		users,
		arrayJoin(arrayMap(one -> toDate(one), {days: Array(String)})) AS day,
		arrayFilter(one -> one.4 != '', arrayMap(one -> (one.1, one.2, one.3, arrayLast(s -> s.1 <= day, one.4).2), passkeys)) AS held
	FROM people
)
WHERE arrayExists(one -> one.3, held)
GROUP BY day
ORDER BY day`
});

/** Common table expression `shared`: visits in which passkeys of two or more users answered, and who they were. Constant text. */
export const SHARED_VISITS_SQL = `
shared AS
(
	SELECT session_id, groupUniqArray(user_hash) AS people, max(coalesce(started_at, finished_at, verdict_at)) AS last_at
	FROM ceremonies_v1
	WHERE ${WHERE_CLIENT_THEN} AND ${REAL_CEREMONY} AND outcome = 'succeeded' AND user_hash != 0 AND ${ANSWERED_BY_PROVIDER}
		AND session_id != toUUID('00000000-0000-0000-0000-000000000000')
	GROUP BY session_id
	HAVING length(people) > 1
)`;

/** Visits in which several users' passkeys answered: a shared device, a kiosk, or tests; and the users concerned. One row. */
export const querySharedVisits = defineQuery({
	name: 'shared-visits',
	parameters: filterParameters,
	row: z.object({ visits: count, users: count }),
	sql: `
WITH ${SHARED_VISITS_SQL}
SELECT count() AS visits, length(groupUniqArrayArray(people)) AS users
FROM shared`
});

/** The same by the bucket that a visit's last ceremony began in; a bucket without any is no row. */
export const querySharedVisitsCourse = defineQuery({
	name: 'shared-visits-course',
	parameters: bucketParameters,
	row: z.object({ bucket: z.iso.date(), visits: count, users: count }),
	sql: `
WITH ${SHARED_VISITS_SQL}
SELECT ${bucketOfDay('toDate(last_at, {zone: String})')} AS bucket, count() AS visits, length(groupUniqArrayArray(people)) AS users
FROM shared
GROUP BY bucket
ORDER BY bucket`
});
