import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { COUNTED, MATCHES_CLIENT, REAL } from './filter-sql.ts';
import { BLOCKS, daysSeen, heldBits, spanOfBit } from './span-bits-sql.ts';
import { DAYS_OF_SPANS, SPAN, spanColumns, spanParameters } from './spans-sql.ts';

/**
 * Users seen in each span, and how many of them held a usable passkey, of any ecosystem, at its end; and one of a virtual authenticator.
 * Usable as in sync-as-of-sql.ts: first seen by then, not revoked by then, not refused.
 */
export const queryKpiPasskeyHolders = defineQuery({
	name: 'kpi-passkey-holders',
	parameters: spanParameters,
	row: z.object({ ...spanColumns, seen: count, holders: count, test_holders: count }),
	sql: `
WITH ${daysSeen(`project_id = {project: String} AND ${MATCHES_CLIENT}`, 'toUInt64(0) AS held, toUInt64(0) AS tests')},
people AS
(
	SELECT user_hash, block, groupBitOr(seen) AS seen, groupBitOr(held) AS held, groupBitOr(tests) AS tests
	FROM
	(
		SELECT * FROM days_seen
		UNION ALL
		SELECT user_hash, block, toUInt64(0) AS seen, ${heldBits('first_day', 'revoked_day')} AS held, if(test_authenticator, held, 0) AS tests
		FROM
		(
			SELECT user_hash, test_authenticator, toDate(first_seen_at, {zone: String}) AS first_day, toDate(revoked_at, {zone: String}) AS revoked_day
			FROM credential_rows_v1
			WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND user_hash != 0 AND status != 'refused'
		)
		ARRAY JOIN ${BLOCKS} AS block
	)
	GROUP BY user_hash, block
),
counted AS
(
	SELECT block, place, count() AS seen, countIf(bitTest(held, place)) AS holders, countIf(bitTest(tests, place)) AS test_holders
	FROM (SELECT block, seen AS seen_bits, held, tests FROM people WHERE seen != 0)
	ARRAY JOIN bitPositionsToArray(seen_bits) AS place
	GROUP BY block, place
)
SELECT days.1 AS span, days.2 AS bucket, sum(counts.1) AS seen, sum(counts.2) AS holders, sum(counts.3) AS test_holders
FROM
(
	SELECT ${spanOfBit('block', 'place')} AS days, (seen, holders, test_holders) AS counts FROM counted
	UNION ALL
	-- Somebody came, even if nobody is known who.
	SELECT DISTINCT ${SPAN} AS days, (0, 0, 0) AS counts FROM daily_activity_v1
	WHERE project_id = {project: String} AND (${DAYS_OF_SPANS}) AND ${MATCHES_CLIENT} AND activity = 'seen'
)
WHERE has({spans: Array(String)}, days.1)
GROUP BY days
ORDER BY span, bucket`
});
