import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { ceremonyFilterParameters, SELECTED_CEREMONY } from './ceremony-filter-sql.ts';
import { bool, count } from './column-types.ts';
import { SESSION_USERS, WHO } from './failure-sql.ts';
import { happenedWithin, REAL_CEREMONY, WHERE_CLIENT_THEN } from './filter-sql.ts';
import { MATCHES_START } from './search-sql.ts';

/** Values that fewer ceremonies than this have, on both sides together, are not told: no test could tell them from chance. */
const LEAST = 5;

const browser = `if(browser_version = '', browser_name, concat(browser_name, ' ', browser_version))`;

/**
 * What each ceremony is told apart by, as pairs of dimension and value; an empty value is not known. The pair of release and browser is one
 * of its own, because a release that breaks one browser shows in neither alone. The empty dimension holds every ceremony once.
 */
const PAIRS = `arrayConcat(
	[
		('', ''),
		('platform', toString(os_name)),
		('browser', toString(browser_name)),
		('browser_version', if(browser_version = '', '', ${browser})),
		('release', toString(release)),
		('release_browser', if(release = '' OR browser_version = '', '', concat(release, ' in ', ${browser}))),
		('provider', provider),
		('application', toString(application)),
		('country', toString(country)),
		('placement', toString(placement))
	],
	arrayMap(one -> (concat('tag ', one.1), one.2), told))`;

/**
 * How often each value of each dimension occurs among the ceremonies that the list's own filters select, and among the others of the page's
 * filters, by kind of ceremony. Of a group of failures, what a search line asks beside their end narrows both sides. A row without a value (`whole`) counts the dimension's known ones; of the empty dimension, everything, and
 * the people behind it (a user, or a session of which none is known).
 */
export const queryCeremonyDifferences = defineQuery({
	name: 'ceremony-differences',
	parameters: ceremonyFilterParameters,
	row: z.object({
		ceremony_type: z.enum(['registration', 'authentication']),
		mediation: z.string(),
		dimension: z.string(),
		whole: bool,
		value: z.string(),
		selected: count,
		rest: count,
		selected_people: count,
		rest_people: count
	}),
	sql: `
SELECT
	ceremony_type, mediation, dimension,
	toUInt8(grouping(found)) AS whole,
	if(whole, '', found) AS value,
	sum(of_chosen) AS selected,
	sum(of_rest) AS rest,
	uniqExactMergeIf(chosen_people, dimension = '') AS selected_people,
	uniqExactMergeIf(other_people, dimension = '') AS rest_people
FROM
(
	-- Most ceremonies are alike in all of it: those are counted together before they are told apart.
	SELECT
		ceremony_type, mediation, arrayJoin(${PAIRS}) AS pair, pair.1 AS dimension, pair.2 AS found,
		of_chosen, of_rest, chosen_people, other_people
	FROM
	(
		SELECT
			c.ceremony_type AS ceremony_type, c.mediation AS mediation, c.os_name AS os_name, c.browser_name AS browser_name,
			c.browser_version AS browser_version, c.release AS release, if(c.provider != '', toString(c.provider), toString(k.provider)) AS provider,
			c.application AS application, c.country AS country, p.placement AS placement,
			arraySort(arrayZip(mapKeys(c.tags), mapValues(c.tags))) AS told,
			countIf(c.chosen) AS of_chosen,
			countIf(NOT c.chosen) AS of_rest,
			uniqExactStateIf(${WHO}, c.chosen) AS chosen_people,
			uniqExactStateIf(${WHO}, NOT c.chosen) AS other_people
		FROM
		(
			SELECT ceremony_id, session_id, prompt_id, user_hash, credential_hash, ceremony_type, mediation, os_name, browser_name,
				browser_version, release, provider, application, country, tags, ${SELECTED_CEREMONY} AS chosen
			FROM ceremonies_v1
			WHERE ${WHERE_CLIENT_THEN} AND ${REAL_CEREMONY} AND outcome != 'pending' AND ({failure: String} = '' OR (${MATCHES_START}))
		) AS c
		LEFT JOIN ${SESSION_USERS} AS s ON c.session_id = s.session_id
		LEFT JOIN
		(
			SELECT prompt_id, placement FROM prompts_v1
			WHERE project_id = {project: String} AND ${happenedWithin('addDays({from: Date}, -1)', '{to: Date}')} AND placement != ''
		) AS p ON c.prompt_id = p.prompt_id
		LEFT JOIN
		(
			SELECT credential_hash, provider FROM credential_rows_v1
			WHERE project_id = {project: String} AND provider != ''
		) AS k ON c.credential_hash = k.credential_hash
		GROUP BY ceremony_type, mediation, os_name, browser_name, browser_version, release, provider, application, country, placement, told
	)
)
WHERE dimension = '' OR found != ''
GROUP BY GROUPING SETS ((ceremony_type, mediation, dimension, found), (ceremony_type, mediation, dimension))
HAVING whole OR (dimension != '' AND selected + rest >= ${LEAST})
ORDER BY ceremony_type, mediation, dimension, value`
});
