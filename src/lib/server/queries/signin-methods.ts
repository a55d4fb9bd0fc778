import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { bool, count } from './column-types.ts';
import { filterParameters, REAL, WHERE_CLIENT, WHERE_CLIENT_THEN } from './filter-sql.ts';

/**
 * Sign-ins by method, side by side, most used first. Of passkeys an attempt is a ceremony that a user started and that ended, as in
 * ceremony_success; of others what the site reports with signIn: of a method whose successes alone are reported no success rate is
 * known, which `failures_told` tells. Times run from call to answer for passkeys, and as the site measured them for others; null where
 * none was measured.
 */
export const querySigninMethods = defineQuery({
	name: 'signin-methods',
	parameters: filterParameters,
	row: z.object({
		method: z.string(),
		attempts: count,
		succeeded: count,
		/** Attempts that did not succeed are reported. */
		failures_told: bool,
		/** Successful ones with a measured time. */
		timed: count,
		p50_ms: count.nullable(),
		p95_ms: count.nullable()
	}),
	sql: `
SELECT method, attempts, succeeded, failures_told, timed, if(timed > 0, toNullable(q50), NULL) AS p50_ms, if(timed > 0, toNullable(q95), NULL) AS p95_ms
FROM
(
	SELECT
		'passkey' AS method,
		sum(d.ceremonies) - sum(d.completed - d.completed_decided) AS attempts,
		sum(d.verified) AS succeeded,
		toUInt8(1) AS failures_told,
		sum(d.timed) AS timed,
		toFloat64(quantilesExactMerge(0.5, 0.75, 0.95)(d.times)[1]) AS q50,
		toFloat64(quantilesExactMerge(0.5, 0.75, 0.95)(d.times)[3]) AS q95
	FROM daily_ceremonies_v1 AS d
	WHERE ${WHERE_CLIENT} AND ${REAL} AND ceremony_type = 'authentication' AND user_driven
	UNION ALL
	SELECT
		toString(s.method) AS method,
		count() AS attempts,
		countIf(s.outcome = 'succeeded') AS succeeded,
		toUInt8(attempts > succeeded) AS failures_told,
		countIf(s.outcome = 'succeeded' AND s.elapsed_ms IS NOT NULL) AS timed,
		toFloat64(quantileExactIf(0.5)(ifNull(s.elapsed_ms, 0), s.outcome = 'succeeded' AND s.elapsed_ms IS NOT NULL)) AS q50,
		toFloat64(quantileExactIf(0.95)(ifNull(s.elapsed_ms, 0), s.outcome = 'succeeded' AND s.elapsed_ms IS NOT NULL)) AS q95
	FROM signins_v1 AS s
	WHERE ${WHERE_CLIENT_THEN} AND s.method NOT IN ('', 'passkey')
	GROUP BY s.method
)
WHERE attempts > 0
ORDER BY succeeded DESC, method`
});

export type SigninMethod = Awaited<ReturnType<typeof querySigninMethods>>[number];
