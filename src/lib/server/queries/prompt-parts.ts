import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { PROMPTS_AND_CREATIONS } from './adoption-prompts.ts';
import { count } from './column-types.ts';
import { filterParameters } from './filter-sql.ts';

/** What prompts are told apart by: the site's own words for where and how it asks, and which of its versions asked. */
export const PROMPT_DIMENSIONS = [
	'placement',
	'mode',
	'showing',
	'application',
	'release',
	'platform'
] as const;

export type PromptDimension = (typeof PROMPT_DIMENSIONS)[number];

/** Creation prompts by one dimension: how many were shown, taken up, waved away, and led to a passkey. Most shown first. */
export const queryPromptParts = defineQuery({
	name: 'prompt-parts',
	parameters: filterParameters.extend({ by: z.enum(PROMPT_DIMENSIONS) }),
	row: z.object({
		/** Empty: the site does not say. */
		part: z.string(),
		shown: count,
		accepted: count,
		dismissed: count,
		created: count,
		/** Users who were shown any. */
		users: count
	}),
	sql: `
SELECT
	multiIf(
		{by: String} = 'placement', toString(p.placement),
		{by: String} = 'mode', toString(p.mode),
		{by: String} = 'showing', if(p.showing = 0, '', toString(least(p.showing, 5))),
		{by: String} = 'application', toString(p.application),
		{by: String} = 'release', toString(p.release),
		toString(p.os_name)) AS part,
	countIf(p.shown_at IS NOT NULL) AS shown,
	countIf(p.accepted_at IS NOT NULL) AS accepted,
	countIf(p.dismissed_at IS NOT NULL) AS dismissed,
	countIf(c.prompt_id = p.prompt_id) AS created,
	uniqExactIf(p.user_hash, p.user_hash != 0) AS users
${PROMPTS_AND_CREATIONS}
GROUP BY part
HAVING shown > 0
ORDER BY shown DESC, part
LIMIT 200`
});

export type PromptPart = Awaited<ReturnType<typeof queryPromptParts>>[number];

/** The dimension a page asks for; the site's placements unless it says another. */
export function promptDimension(search: URLSearchParams): PromptDimension {
	return PROMPT_DIMENSIONS.find((one) => one === search.get('prompts')) ?? 'placement';
}
