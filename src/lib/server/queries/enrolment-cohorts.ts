import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { ENROLMENT_SQL, ENROLMENT_STEPS, stepCounts } from './enrolment-sql.ts';
import { funnelParameters } from './funnel-parameters.ts';

export const COHORTS = ['week', 'release'] as const;
export type CohortKind = (typeof COHORTS)[number];

/**
 * The enrolment funnel of groups of users: by the week (its Monday) they were first seen in, ever, or by the release of the
 * site they first came to on a capable client within the period. Each user is in one cohort.
 */
export const queryEnrolmentCohorts = defineQuery({
	name: 'enrolment-cohorts',
	parameters: funnelParameters.extend({
		offers_reported: z.boolean(),
		cohort: z.enum(COHORTS)
	}),
	row: z.object({
		/** `YYYY-MM-DD`, or the release; empty: not told. */
		cohort: z.string(),
		at_step: z.array(count).length(ENROLMENT_STEPS.length)
	}),
	sql: `
WITH ${ENROLMENT_SQL},
first_seen AS
(
	SELECT user_hash, toString(toMonday(first_seen_at)) AS week
	FROM users_v1
	WHERE project_id = {project: String}
)
SELECT cohort, ${stepCounts(ENROLMENT_STEPS.length)} AS at_step
FROM
(
	SELECT p.depth AS depth, [p.release, f.week][1 + ({cohort: String} = 'week')] AS cohort
	FROM people AS p
	LEFT JOIN first_seen AS f ON f.user_hash = p.user_hash
	WHERE p.depth > 0
)
GROUP BY cohort
ORDER BY if({cohort: String} = 'week', cohort, '') DESC, at_step[1] DESC, cohort
LIMIT 200`
});

export type CohortRow = Awaited<ReturnType<typeof queryEnrolmentCohorts>>[number];
