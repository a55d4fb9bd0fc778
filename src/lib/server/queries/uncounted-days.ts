import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';

/**
 * Days of the project whose events have arrived and that no rollup counts yet: pages of figures are empty there for seconds, or for
 * a minute while a long history comes. UTC days are in the key of the raw events, so those that lie in counted days are passed over unread.
 */
export const queryUncountedDays = defineQuery({
	name: 'uncounted-days',
	parameters: z.object({ project: z.string(), zone: z.string() }),
	row: z.object({ days: count }),
	sql: `
WITH
counted AS (SELECT DISTINCT day FROM daily_generations_v1 WHERE project_id = {project: String}),
(SELECT max(derived_from) FROM retention_horizons_v1 WHERE project_id = {project: String}) AS horizon
SELECT uniqExact(toDate(occurred_at, {zone: String})) AS days
FROM events_raw_v1
WHERE project_id = {project: String}
	AND event_date NOT IN (
		SELECT day FROM counted WHERE {zone: String} = 'UTC' OR (addDays(day, -1) IN counted AND addDays(day, 1) IN counted))
	AND toDate(occurred_at, {zone: String}) NOT IN counted
	-- What retention has ended is never counted again, however late an event of it comes, nor is a day that it cut.
	AND event_date >= horizon AND toStartOfDay(occurred_at, {zone: String}) >= toDateTime(horizon, 'UTC')`
});
