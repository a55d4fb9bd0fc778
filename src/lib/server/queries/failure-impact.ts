import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { ENDED_BADLY, GROUP_ID, withPersons } from './failure-sql.ts';
import { filterParameters, REAL_CEREMONY, WHERE_CLIENT_THEN } from './filter-sql.ts';
import { lineParameters, MATCHES_LINE } from './search-sql.ts';

/**
 * Who tried, and who succeeded in the end, by kind of ceremony, system and browser: everybody (empty group), and those who met each group of
 * errors, of those that a search line asks for. A person counts once in each such cell, however often they tried; one of whom no user is known is a session.
 */
export const queryFailureImpact = defineQuery({
	name: 'failure-impact',
	parameters: filterParameters.extend(lineParameters.shape),
	row: z.object({
		group_id: z.string(),
		ceremony_type: z.string(),
		os_name: z.string(),
		browser_name: z.string(),
		people: count,
		succeeded: count
	}),
	sql: `
SELECT
	arrayJoin(arrayConcat([''], groups)) AS group_id, ceremony_type, os_name, browser_name,
	count() AS people,
	sum(in_the_end) AS succeeded
FROM
(
	SELECT
		who, ceremony_type, os_name, browser_name,
		max(outcome = 'succeeded') AS in_the_end,
		groupUniqArrayIf(${GROUP_ID}, ${ENDED_BADLY.errors} AND asked_for) AS groups
	FROM (${withPersons(`${WHERE_CLIENT_THEN} AND ${REAL_CEREMONY} AND user_driven`, `(${MATCHES_LINE}) AS asked_for`)})
	GROUP BY who, ceremony_type, os_name, browser_name
)
GROUP BY group_id, ceremony_type, os_name, browser_name
ORDER BY group_id, ceremony_type, os_name, browser_name`
});

export type ImpactCell = Awaited<ReturnType<typeof queryFailureImpact>>[number];
