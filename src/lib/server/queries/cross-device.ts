import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { WHERE_CLIENT } from './filter-sql.ts';
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
 * 5 the user then got a passkey on the device that showed the prompt (a registration there that was answered by itself).
 * Constant text: values are bound.
 */
export const CROSS_DEVICE_SQL = `
here AS
(
	SELECT user_hash, client_ecosystem, groupArray(assumeNotNull(occurred_at)) AS created
	FROM passkey_acts_v1
	WHERE project_id = {project: String} AND day BETWEEN {from: Date} AND {to: Date}
		AND ceremony_type = 'registration' AND outcome = 'succeeded' AND NOT ifNull(cross_device, false) AND user_hash != 0
	GROUP BY user_hash, client_ecosystem
),
crossings AS
(
	SELECT
		c.user_hash AS user_hash, c.os_name AS os_name, c.client_ecosystem AS client_ecosystem, c.began_at AS began_at, c.cause AS cause,
		c.elapsed_ms AS elapsed_ms, c.outcome AS outcome, c.hinted AS hinted,
		arrayMin(arrayPushBack(arrayFilter(at -> at > c.began_at AND at <= ${limitAfter('c.began_at')}, h.created), ${NEVER})) AS here_at,
		multiIf(NOT c.prompted, 1, NOT c.came_across, 2, c.outcome != 'succeeded', 3, here_at = ${NEVER}, 4, 5) AS depth
	FROM
	(
		SELECT
			user_hash, os_name, client_ecosystem, assumeNotNull(occurred_at) AS began_at, cause, elapsed_ms, outcome,
			has(hints, 'hybrid') AS hinted,
			ifNull(cross_device, false) AND (client_outcome = 'succeeded' OR verified IS NOT NULL) AS came_across,
			came_across OR hinted OR cause = 'hybrid_transport_failed' AS prompted
		FROM ceremonies_v1
		WHERE ${WHERE_CLIENT} AND user_driven
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
		/** Of those prompted: the site asked for another device itself. */
		hinted: count,
		cancelled: count,
		connection_failed: count,
		no_credential: count,
		/** Of those answered: milliseconds from call to answer. */
		p50_ms: count.nullable(),
		p90_ms: count.nullable()
	}),
	sql: `
WITH ${CROSS_DEVICE_SQL}
SELECT
	toUInt8(grouping(os_name)) AS whole,
	if(whole, '', toString(os_name)) AS platform,
	${countSteps},
	countIf(depth >= 2 AND hinted) AS hinted,
	countIf(depth = 2 AND outcome = 'cancelled') AS cancelled,
	countIf(depth = 2 AND cause = 'hybrid_transport_failed') AS connection_failed,
	countIf(depth IN (2, 3) AND cause IN ('no_credential_here', 'credential_unknown')) AS no_credential,
	if(countIf(depth >= 3 AND elapsed_ms IS NOT NULL) = 0, NULL, quantileExactIf(0.5)(assumeNotNull(elapsed_ms), depth >= 3 AND elapsed_ms IS NOT NULL)) AS p50_ms,
	if(countIf(depth >= 3 AND elapsed_ms IS NOT NULL) = 0, NULL, quantileExactIf(0.9)(assumeNotNull(elapsed_ms), depth >= 3 AND elapsed_ms IS NOT NULL)) AS p90_ms
FROM crossings
GROUP BY GROUPING SETS ((os_name), ())
ORDER BY whole DESC, prompted DESC, platform`
});

export type CrossDeviceRow = Awaited<ReturnType<typeof queryCrossDevice>>[number];
