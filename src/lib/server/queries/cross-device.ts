import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { COUNTED, REAL, REAL_CEREMONY, WHERE_CLIENT_THEN } from './filter-sql.ts';
import { funnelParameters, limitAfter, NEVER } from './funnel-parameters.ts';

export const CROSS_DEVICE_STEPS = [
	'started',
	'prompted',
	'answered',
	'succeeded',
	'passkey_here'
] as const;

/**
 * Common table expression `crossings`: one row a ceremony that a user started, and how far it went across devices:
 * 2 another device was asked for or failed to connect, or it answered; 3 it answered; 4 the ceremony succeeded;
 * 5 the user then began to create a passkey, and got it, on a device of the ecosystem that showed the prompt (answered by itself).
 * Each within the window and at or after the one before; `times` are those of the steps. That another device is asked is a state:
 * a page cannot see when, so it takes no time.
 * Constant text: values are bound.
 */
export const CROSS_DEVICE_SQL = `
here AS
(
	SELECT user_hash, client_ecosystem, groupArray(assumeNotNull(occurred_at)) AS created
	FROM passkey_acts_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND day BETWEEN {from: Date} AND {to: Date}
		AND ceremony_type = 'registration' AND outcome = 'succeeded' AND NOT ifNull(cross_device, false) AND user_hash != 0
	GROUP BY user_hash, client_ecosystem
),
crossings AS
(
	SELECT
		c.user_hash AS user_hash, c.os_name AS os_name, c.client_ecosystem AS client_ecosystem, c.began_at AS began_at, c.cause AS cause,
		c.elapsed_ms AS elapsed_ms, c.outcome AS outcome, c.hinted AS hinted, c.credential_hash AS credential_hash,
		${limitAfter('c.began_at')} AS limit_at,
		arrayMin(arrayPushBack(arrayFilter(at -> at >= c.answered_at AND at <= limit_at, h.created), ${NEVER})) AS here_at,
		multiIf(NOT c.prompted, 1, NOT c.came_across OR c.answered_at > limit_at, 2,
			c.outcome != 'succeeded' OR c.succeeded_at > limit_at, 3, here_at = ${NEVER}, 4, 5) AS depth,
		[c.began_at, c.began_at, c.answered_at, c.succeeded_at, here_at] AS times
	FROM
	(
		SELECT
			user_hash, os_name, client_ecosystem, credential_hash, assumeNotNull(occurred_at) AS began_at, cause, elapsed_ms, outcome,
			assumeNotNull(coalesce(finished_at, verdict_at, started_at)) AS answered_at,
			greatest(answered_at, assumeNotNull(coalesce(verdict_at, finished_at, started_at))) AS succeeded_at,
			has(hints, 'hybrid') AS hinted,
			ifNull(cross_device, false) AND (client_outcome = 'succeeded' OR verified IS NOT NULL) AS came_across,
			came_across OR hinted OR cause = 'hybrid_transport_failed' AS prompted
		FROM ceremonies_v1
		WHERE ${WHERE_CLIENT_THEN} AND ${REAL_CEREMONY} AND user_driven
	) AS c
	LEFT JOIN here AS h ON h.user_hash = c.user_hash AND h.client_ecosystem = c.client_ecosystem AND c.user_hash != 0
)`;

const steps = {
	started: count,
	prompted: count,
	answered: count,
	succeeded: count,
	passkey_here: count
};

/** Milliseconds from the step before, of steps with a time of their own; NULL where it was not reached. */
const GAPS = `arrayMap(step -> if(step > 2 AND depth >= step,
	toNullable(greatest(0, dateDiff('millisecond', times[step - 1], times[step]))), NULL), range(1, ${CROSS_DEVICE_STEPS.length + 1}))`;

const perStep = (level: string) =>
	`if(count() = 0, arrayResize([CAST(NULL, 'Nullable(Int64)')], ${CROSS_DEVICE_STEPS.length}), quantileExactForEach(${level})(${GAPS}))`;

const msPerStep = z.array(count.nullable()).length(CROSS_DEVICE_STEPS.length);

const countSteps = CROSS_DEVICE_STEPS.map(
	(step, index) => `countIf(depth >= ${index + 1}) AS ${step}`
).join(',\n\t');

/** Ceremonies at each step, by the system of the device that showed the prompt; `ROLLUP` gives the row of all, with an empty platform and `whole`. */
export const queryCrossDevice = defineQuery({
	name: 'cross-device',
	parameters: funnelParameters,
	row: z.object({
		/** The row of all platforms together. There is always one. */
		whole: z.union([z.boolean(), z.number()]).transform(Boolean),
		platform: z.string(),
		...steps,
		/** Median and ninth decile of the time from the step before, in milliseconds; null for the first two, and where nobody came. */
		median_ms: msPerStep,
		p90_ms: msPerStep,
		/** Of those prompted: the site asked for another device itself. */
		hinted: count,
		cancelled: count,
		connection_failed: count,
		no_credential: count,
		/** Of those that did not succeed: for none of these reasons. */
		stopped_otherwise: count,
		/** Of those answered: milliseconds from call to answer. */
		answer_p50_ms: count.nullable(),
		answer_p90_ms: count.nullable()
	}),
	sql: `
WITH ${CROSS_DEVICE_SQL}
SELECT
	toUInt8(grouping(os_name)) AS whole,
	if(whole, '', toString(os_name)) AS platform,
	${countSteps},
	${perStep('0.5')} AS median_ms,
	${perStep('0.9')} AS p90_ms,
	countIf(depth >= 2 AND hinted) AS hinted,
	countIf(depth = 2 AND outcome = 'cancelled') AS cancelled,
	countIf(depth = 2 AND cause = 'hybrid_transport_failed') AS connection_failed,
	countIf(depth IN (2, 3) AND cause IN ('no_credential_here', 'credential_unknown')) AS no_credential,
	countIf(depth IN (2, 3) AND NOT (depth = 2 AND (outcome = 'cancelled' OR cause = 'hybrid_transport_failed'))
		AND cause NOT IN ('no_credential_here', 'credential_unknown')) AS stopped_otherwise,
	if(countIf(depth >= 3 AND elapsed_ms IS NOT NULL) = 0, NULL, quantileExactIf(0.5)(assumeNotNull(elapsed_ms), depth >= 3 AND elapsed_ms IS NOT NULL)) AS answer_p50_ms,
	if(countIf(depth >= 3 AND elapsed_ms IS NOT NULL) = 0, NULL, quantileExactIf(0.9)(assumeNotNull(elapsed_ms), depth >= 3 AND elapsed_ms IS NOT NULL)) AS answer_p90_ms
FROM crossings
GROUP BY GROUPING SETS ((os_name), ())
ORDER BY whole DESC, prompted DESC, platform`
});

export type CrossDeviceRow = Awaited<ReturnType<typeof queryCrossDevice>>[number];
