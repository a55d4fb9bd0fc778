import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count, utcTime } from './column-types.ts';
import { ENDED_BADLY, GROUP_ID } from './failure-sql.ts';
import { COUNTED, filterParameters, REAL } from './filter-sql.ts';

/**
 * When each group was seen in which release, over all that is kept of the project, whatever the period and the filters of a page: whether
 * something is new or back is no matter of what somebody looks at. The rows without a group are ceremonies that ended otherwise:
 * together they say when a release first appeared.
 */
export const queryFailureHistory = defineQuery({
	name: 'failure-history',
	parameters: filterParameters.pick({
		project: true,
		without_synthetic: true,
		without_tests: true
	}),
	row: z.object({
		group_id: z.string(),
		/** Empty: the page named none. */
		release: z.string(),
		first_at: utcTime,
		last_at: utcTime,
		ceremonies: count
	}),
	sql: `
SELECT
	if(${ENDED_BADLY.errors} OR ${ENDED_BADLY.expected}, ${GROUP_ID}, '') AS group_id,
	release,
	min(e.first_at) AS first_at,
	max(e.last_at) AS last_at,
	sum(e.ceremonies) AS ceremonies
FROM daily_endings_v1 AS e
WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL}
GROUP BY group_id, release
ORDER BY first_at`
});

export type FailureSighting = Awaited<ReturnType<typeof queryFailureHistory>>[number];
