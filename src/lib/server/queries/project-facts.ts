import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { lastUtcDay } from './filter-sql.ts';

const parameters = z.object({ project: z.string(), zone: z.string(), to: z.iso.date() });

/**
 * What the frame of every page needs to know of a project. `EXISTS`-like subqueries stop at the first row they find.
 * Times of arrival do not matter: what counts as sent is in events_raw_v1 at once, what is rolled up follows.
 */
export const projectFacts = defineQuery({
	name: 'project_facts',
	parameters,
	sql: `SELECT
		(SELECT count() FROM (SELECT 1 FROM events_raw_v1 WHERE project_id = {project: String} LIMIT 1)) > 0 AS has_data,
		(SELECT count() FROM (SELECT 1 FROM events_raw_v1
			WHERE project_id = {project: String} AND event_date <= ${lastUtcDay('{to: Date}')} AND synthetic LIMIT 1)) > 0 AS has_synthetic,
		-- Every page asks: read and planned once for all of it.
		(SELECT (
			toString(min(day)),
			groupUniqArrayIf(300)(country, country != ''),
			groupUniqArrayIf(200)(application, application != ''),
			groupUniqArrayIf(100)(environment, environment != ''),
			groupUniqArrayIf(100)(browser_name, browser_name != ''),
			groupUniqArrayArray(300)(tags))
			FROM daily_activity_state_v2 WHERE project_id = {project: String}) AS known,
		known.1 AS first_day,
		known.2 AS countries,
		known.3 AS applications,
		known.4 AS environments,
		known.5 AS browsers,
		known.6 AS tags,
		(SELECT groupArray((release, toString(first_day))) FROM (
			SELECT release, min(day) AS first_day FROM daily_activity_state_v2 WHERE project_id = {project: String} AND release != ''
			GROUP BY release ORDER BY first_day DESC, release DESC LIMIT 200)) AS releases,
		-- Newest rows need not be told from those before: they name the same providers.
		(SELECT groupUniqArray(200)(provider) FROM credential_rows_state_v1
			WHERE project_id = {project: String} AND provider != '') AS providers,
		(SELECT (countIf(NOT current), count()) FROM rollup_days_v1 WHERE project_id = {project: String}) AS rolled_up,
		rolled_up.1 AS days_left,
		rolled_up.2 AS days`,
	row: z.object({
		has_data: z.coerce.boolean(),
		has_synthetic: z.coerce.boolean(),
		/** `1970-01-01` before anything is rolled up. */
		first_day: z.string(),
		/** Days whose figures are still as an older version made them, which pages do not show, and all days. */
		days_left: z.coerce.number(),
		days: z.coerce.number(),
		/** ISO 3166-1 codes; none where no operator's file told them. */
		countries: z.array(z.string()),
		applications: z.array(z.string()).transform((names) => names.toSorted()),
		environments: z.array(z.string()).transform((names) => names.toSorted()),
		browsers: z.array(z.string()).transform((names) => names.toSorted()),
		/** `name=value`, of the tags that were chosen when a day was last counted. */
		tags: z.array(z.string()).transform((values) => values.toSorted()),
		/** Of passkeys. */
		providers: z.array(z.string()).transform((names) => names.toSorted()),
		/** The newest 200, the newest first. */
		releases: z.array(
			z
				.tuple([z.string(), z.iso.date()])
				.transform(([release, first_day]) => ({ release, first_day }))
		)
	})
});

export type ProjectFacts = Awaited<ReturnType<typeof projectFacts>>[number];

/** Projects that have sent anything. */
export const projectsWithData = defineQuery({
	name: 'projects_with_data',
	parameters: z.object({}),
	sql: `SELECT DISTINCT project_id FROM events_raw_v1 ORDER BY project_id`,
	row: z.object({ project_id: z.string() })
});
