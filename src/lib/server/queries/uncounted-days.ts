import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';

const COUNTED_DAYS = 'SELECT day FROM daily_generations_v1 WHERE project_id = {project: String}';
const KEPT_FROM =
	'SELECT max(derived_from) FROM retention_horizons_v1 WHERE project_id = {project: String}';

/**
 * Days whose events have arrived and that no rollup counts yet: pages of figures are empty there for seconds, or for a minute
 * while a long history comes. Days of UTC are in the key of the raw events, so those that lie among counted ones are passed over unread.
 */
export const queryUncountedDays = defineQuery({
	name: 'uncounted-days',
	parameters: z.object({ project: z.string(), zone: z.string() }),
	row: z.object({ days: count }),
	sql: `
SELECT uniqExact(toDate(occurred_at, {zone: String})) AS days
FROM events_raw_v1
WHERE project_id = {project: String}
	AND (event_date NOT IN (${COUNTED_DAYS})
		OR {zone: String} != 'UTC' AND (event_date - 1 NOT IN (${COUNTED_DAYS}) OR event_date + 1 NOT IN (${COUNTED_DAYS})))
	AND toDate(occurred_at, {zone: String}) NOT IN (${COUNTED_DAYS})
	-- What retention has ended is never counted again, however late an event of it comes, nor is a day that it cut.
	AND event_date >= (${KEPT_FROM})
	AND toDateTime(toDate(occurred_at, {zone: String}), {zone: String}) >= toDateTime((${KEPT_FROM}), 'UTC')`
});
