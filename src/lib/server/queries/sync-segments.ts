import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { Breakdown } from '../../changes/explain-change.ts';
import { comparisonRange, type DayRange, type Filters } from '../../filters.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters, MATCHES_ACT, toParameters } from './filter-sql.ts';
import { segmentColumns, toBreakdown } from './segment-counts.ts';
import { USABLE_SQL } from './sync-as-of-sql.ts';

/**
 * What sync-parts.ts counts of users with a passkey, by every dimension that tells of passkeys: users with a usable passkey there, and
 * those with a backed-up one there, as of the period's last day. Who has passkeys in two segments is in both.
 */
const querySyncSegments = defineQuery({
	name: 'sync-segments',
	parameters: filterParameters,
	row: z.object({
		dimension: segmentColumns.dimension,
		segment: z.string(),
		passkey_users: count,
		covered_users: count
	}),
	sql: `
WITH ${USABLE_SQL},
acts AS
(
	SELECT credential_hash, groupUniqArray(part) AS parts
	FROM
	(
		SELECT credential_hash, arrayJoin(arrayConcat(
			if(${MATCHES_ACT}, [('browser', toString(browser_name)), ('country', toString(country))], []),
			if(ceremony_type = 'registration', [('created_release', toString(release))], []))) AS part
		FROM passkey_acts_v1
		WHERE project_id = {project: String} AND day <= {to: Date}
	)
	GROUP BY credential_hash
)
SELECT part.1 AS dimension, part.2 AS segment, count() AS passkey_users, countIf(backed_up) AS covered_users
FROM
(
	SELECT u.user_hash AS user_hash, max(u.flags = 4) AS backed_up,
		arrayJoin(arrayConcat(
			[('provider', toString(u.provider)), ('created_platform', toString(u.registration_os)), ('application', toString(u.application))],
			a.parts,
			-- What none of its acts tells is not known.
			arrayMap(one -> (one, ''), arrayFilter(one -> NOT has(a.parts.1, one), ['browser', 'country', 'created_release'])))) AS part
	FROM usable AS u
	LEFT JOIN acts AS a ON a.credential_hash = u.credential_hash
	WHERE u.in_filter AND u.user_hash != 0
	GROUP BY user_hash, part
)
GROUP BY dimension, segment
ORDER BY dimension, segment`
});

/** Users with a backed-up passkey of users with one, by every dimension of passkeys. */
export async function readSyncSegments(
	client: ClickHouseClient,
	filters: Filters
): Promise<Breakdown> {
	const range = comparisonRange(filters);
	const ask = async (days: DayRange, span: 'whole' | 'compared') =>
		(await querySyncSegments(client, toParameters(filters, days))).map((row) => ({ ...row, span }));
	const [now, before = []] = await Promise.all([
		ask(filters, 'whole'),
		range && ask(range, 'compared')
	]);
	return toBreakdown([...now, ...before], (row) => [row.covered_users, row.passkey_users]);
}
