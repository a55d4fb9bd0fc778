import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count, utcTime } from './column-types.ts';

/** Ceremonies younger than this may still be told of by the other side. */
const UNDER_WAY_MINUTES = 10;
const DAYS = 15;
/** A sender's clock that is further off is worth a word. */
const FAR_OFF_MS = 60_000;

const parameters = z.object({ project: z.string() });

/** How much each application sent in each 24 hours of the last fifteen up to now, and when last. Empty name: it told none. */
export const querySending = defineQuery({
	name: 'application-sending',
	parameters,
	row: z.object({
		application: z.string(),
		last_at: utcTime,
		/** The newest first, as far back as it sent anything. */
		days: z.array(count)
	}),
	sql: `
SELECT
	application, toString(max(newest_at)) AS last_at, sumMap(map(age, events)) AS by_age,
	arrayMap(day -> by_age[day], range(toUInt32(max(age)) + 1)) AS days
FROM
(
	SELECT
		application, toUInt32(greatest(0, intDiv(dateDiff('second', a.arrived_at, now()), 86400))) AS age,
		sum(a.events) AS events, max(a.newest_at) AS newest_at
	FROM arrivals_v1 AS a
	WHERE a.project_id = {project: String} AND a.arrived_at > now() - INTERVAL ${DAYS} DAY
	GROUP BY application, age
)
GROUP BY application
ORDER BY last_at DESC, application`
});

/** What the ceremonies of the last seven days tell of how each application is set up. Verdicts that no page told of have no application. */
export const queryApplicationHealth = defineQuery({
	name: 'application-health',
	parameters,
	row: z.object({
		application: z.string(),
		ceremonies: count,
		completed: count,
		completed_decided: count,
		decided: count,
		decided_seen: count,
		/** Ceremonies of which the page told whether WebAuthn's functions were the browser's own, and those where they were not. */
		api_known: count,
		api_replaced: count,
		/** Those that an extension most likely ended. */
		interfered: count,
		/** Ceremonies whose sender's clock is known, how far off it was in the middle, and how many were far off. */
		skew_known: count,
		skew_ms: z.number().nullable(),
		skew_far: count,
		/** Ceremonies by the SDK's version. */
		sdk_versions: z.record(z.string(), count)
	}),
	sql: `
SELECT
	application, count() AS ceremonies,
	countIf(client_outcome = 'succeeded') AS completed,
	countIf(client_outcome = 'succeeded' AND verified IS NOT NULL) AS completed_decided,
	countIf(verified IS NOT NULL) AS decided,
	countIf(verified IS NOT NULL AND (started_at IS NOT NULL OR finished_at IS NOT NULL)) AS decided_seen,
	countIf(replaced IS NOT NULL) AS api_known,
	countIf(ifNull(replaced, false)) AS api_replaced,
	countIf(cause = 'extension_interfered') AS interfered,
	countIf(clock_skew_ms IS NOT NULL) AS skew_known,
	if(skew_known = 0, NULL, toFloat64(quantileExactIf(0.5)(abs(assumeNotNull(clock_skew_ms)), clock_skew_ms IS NOT NULL))) AS skew_ms,
	countIf(abs(ifNull(clock_skew_ms, 0)) > ${FAR_OFF_MS}) AS skew_far,
	sumMap(if(sdk_version = '', map(), map(toString(sdk_version), toUInt64(1)))) AS sdk_versions
FROM
(
	SELECT application, client_outcome, verified, started_at, finished_at, c.api_replaced AS replaced, cause, clock_skew_ms, sdk_version
	FROM ceremonies_v1 AS c
	WHERE c.project_id = {project: String} AND c.day >= today() - 7
		AND c.occurred_at BETWEEN now64(3) - INTERVAL 7 DAY AND now64(3) - INTERVAL ${UNDER_WAY_MINUTES} MINUTE
)
GROUP BY application
ORDER BY ceremonies DESC, application`
});
