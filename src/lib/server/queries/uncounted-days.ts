import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';

/**
 * Days whose events have arrived and that no rollup counts yet: pages of figures are empty there for seconds, or for a minute
 * while a long history comes. Days are in the key of the raw events, so counted ones are passed over unread.
 */
export const queryUncountedDays = defineQuery({
	name: 'uncounted-days',
	parameters: z.object({ project: z.string() }),
	row: z.object({ days: count }),
	sql: `
SELECT uniqExact(event_date) AS days
FROM events_raw_v1
WHERE project_id = {project: String}
	AND event_date NOT IN (SELECT day FROM daily_generations_v1 WHERE project_id = {project: String})
	-- What retention has ended is never counted again, however late an event of it comes.
	AND event_date >= (SELECT max(derived_from) FROM retention_horizons_v1 WHERE project_id = {project: String})`
});
