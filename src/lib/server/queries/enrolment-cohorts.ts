import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { COUNTED } from './filter-sql.ts';
import { ENROLMENT_SQL, ENROLMENT_STEPS, stepCounts } from './enrolment-sql.ts';
import { funnelParameters } from './funnel-parameters.ts';

export const COHORTS = ['week', 'release'] as const;
export type CohortKind = (typeof COHORTS)[number];

/** Cohorts a page lists; a file holds all. */
const MOST_COHORTS = 200;

/** Days within which cohorts are compared where no window is chosen. */
export const DAYS_COMPARED = 7;

/**
 * Common table expression `members`: the users of the enrolment funnel, each with the `cohort` they are in, until when they are compared
 * and whether that is over (`is_followed`). Constant text: values are bound.
 */
export const COHORTS_SQL = `${ENROLMENT_SQL},
first_seen AS
(
	SELECT user_hash, toString(toMonday(first_seen_at, {zone: String})) AS week
	FROM users_v1
	WHERE project_id = {project: String} AND ${COUNTED}
),
members AS
(
	SELECT
		p.user_hash AS user_hash, p.depth AS depth, p.times AS times,
		[p.release, f.week][1 + ({cohort: String} = 'week')] AS cohort,
		addDays(p.times[1], if({window_days: UInt16} = 0, ${DAYS_COMPARED}, {window_days: UInt16})) AS until,
		until < least(toDateTime64(addDays({to: Date}, 1), 3, {zone: String}), now64(3)) AS is_followed
	FROM people AS p
	LEFT JOIN first_seen AS f ON f.user_hash = p.user_hash
	WHERE p.depth > 0
)`;

/**
 * The enrolment funnel of groups of users: by the week (its Monday) they were first seen in, ever, or by the release of the
 * site they first came to on a capable client within the period. Each user is in one cohort.
 * An old cohort had longer to get somewhere than a young one: `followed` and `came_to_use` are of equal ages.
 */
export const queryEnrolmentCohorts = defineQuery({
	name: 'enrolment-cohorts',
	parameters: funnelParameters.extend({
		offers_reported: z.boolean(),
		cohort: z.enum(COHORTS),
		limit: z.number().int().positive().default(MOST_COHORTS)
	}),
	row: z.object({
		/** `YYYY-MM-DD`, or the release; empty: not told. */
		cohort: z.string(),
		at_step: z.array(count).length(ENROLMENT_STEPS.length),
		/** Users whose window (DAYS_COMPARED without one) was over by the end of the period, or by now. */
		followed: count,
		/** Of these, who signed in with their passkey within it. */
		came_to_use: count,
		/** Cohorts there are, listed or not. */
		cohorts: count
	}),
	sql: `
WITH ${COHORTS_SQL}
SELECT
	cohort,
	${stepCounts(ENROLMENT_STEPS.length)} AS at_step,
	countIf(is_followed) AS followed,
	countIf(is_followed AND depth = ${ENROLMENT_STEPS.length} AND times[-1] <= until) AS came_to_use,
	count() OVER () AS cohorts
FROM members
GROUP BY cohort
ORDER BY if({cohort: String} = 'week', cohort, '') DESC, at_step[1] DESC, cohort
LIMIT {limit: UInt32}`
});

export type CohortRow = Awaited<ReturnType<typeof queryEnrolmentCohorts>>[number];
