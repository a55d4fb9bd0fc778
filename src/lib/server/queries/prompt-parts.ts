import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { tagOf } from '../../breakdown/dimensions.ts';
import { defineQuery } from '../define-query.ts';
import { OFFERED, PROMPTS_AND_CREATIONS } from './adoption-prompts.ts';
import { count } from './column-types.ts';
import { type FilterParameters, filterParameters } from './filter-sql.ts';
import { listedUsers, listUsers } from './listed-users.ts';

/** What prompts are told apart by: the site's own words for where and how it asks, and which of its versions asked. */
const PROMPT_DIMENSIONS = [
	'placement',
	'mode',
	'showing',
	'application',
	'release',
	'platform'
] as const;

/** `tag:experiment` is by the value of the tag of that name. */
export type PromptDimension = (typeof PROMPT_DIMENSIONS)[number] | `tag:${string}`;

const row = z.object({
	/** Empty: the site does not say. */
	part: z.string(),
	shown: count,
	accepted: count,
	dismissed: count,
	created: count,
	/** Users who were shown any. */
	users: count
});

/** Of a prompt `p`: its part by `by`, a column of it. */
const PART_OF_PROMPT = `multiIf(
		{by: String} = 'placement', toString(p.placement),
		{by: String} = 'mode', toString(p.mode),
		{by: String} = 'showing', if(p.showing = 0, '', toString(least(p.showing, 5))),
		{by: String} = 'application', toString(p.application),
		{by: String} = 'release', toString(p.release),
		toString(p.os_name))`;

/** The value of a tag; empty where it has none. */
const TAG_OF_PROMPT = 'p.tags[{tag: String}]';

const partsBy = (part: string) => `
SELECT
	${part} AS part,
	countIf(p.shown_at IS NOT NULL) AS shown,
	countIf(p.accepted_at IS NOT NULL) AS accepted,
	countIf(p.dismissed_at IS NOT NULL) AS dismissed,
	countIf(c.prompt_id = p.prompt_id) AS created,
	uniqExactIf(p.user_hash, p.user_hash != 0) AS users
${PROMPTS_AND_CREATIONS}
GROUP BY part
HAVING shown > 0
ORDER BY shown DESC, part
LIMIT 200`;

const queryByColumn = defineQuery({
	name: 'prompt-parts',
	parameters: filterParameters.extend({ by: z.enum(PROMPT_DIMENSIONS) }),
	row,
	sql: partsBy(PART_OF_PROMPT)
});

const queryByTag = defineQuery({
	name: 'prompt-parts-by-tag',
	parameters: filterParameters.extend({ tag: z.string() }),
	row,
	sql: partsBy(TAG_OF_PROMPT)
});

/** Creation prompts by one dimension or tag: how many were shown, taken up, waved away, and led to a passkey. Most shown first. */
export async function queryPromptParts(
	client: ClickHouseClient,
	{ by, ...filters }: FilterParameters & { by: PromptDimension }
): Promise<PromptPart[]> {
	const tag = tagOf(by);
	return tag === undefined
		? queryByColumn(client, { ...filters, by: by as (typeof PROMPT_DIMENSIONS)[number] })
		: queryByTag(client, { ...filters, tag });
}

export type PromptPart = z.infer<typeof row>;

/** Whom prompts of one part were shown to, and how often. */
const shownTo = (part: string) =>
	listUsers(
		`SELECT p.user_hash AS of_user, max(p.occurred_at) AS at, countIf(p.shown_at IS NOT NULL) AS showings
	FROM ${OFFERED}
	WHERE ${part} = {part: String}
	GROUP BY p.user_hash`,
		{ at: 'at', attempts: 'showings' }
	);

const ofPart = { part: z.string(), limit: listedUsers.limit };

const queryUsersByColumn = defineQuery({
	name: 'users-prompted',
	parameters: filterParameters.extend({ by: z.enum(PROMPT_DIMENSIONS), ...ofPart }),
	row: listedUsers.row,
	sql: shownTo(PART_OF_PROMPT)
});

const queryUsersByTag = defineQuery({
	name: 'users-prompted-by-tag',
	parameters: filterParameters.extend({ tag: z.string(), ...ofPart }),
	row: listedUsers.row,
	sql: shownTo(TAG_OF_PROMPT)
});

/** The users behind one part of `queryPromptParts`. */
export function queryPromptedUsers(
	client: ClickHouseClient,
	{ by, ...asked }: FilterParameters & { by: PromptDimension; part: string; limit: number }
) {
	const tag = tagOf(by);
	return tag === undefined
		? queryUsersByColumn(client, { ...asked, by: by as (typeof PROMPT_DIMENSIONS)[number] })
		: queryUsersByTag(client, { ...asked, tag });
}

/** The dimension a page asks for; the site's placements unless it says another. */
export const promptDimension = (search: URLSearchParams): PromptDimension =>
	readPromptDimension(search.get('prompts')) ?? 'placement';

/** The same of a name; undefined where it is none. */
export function readPromptDimension(asked: string | null): PromptDimension | undefined {
	const tag = tagOf(asked);
	if (tag !== undefined) return `tag:${tag}`;
	return PROMPT_DIMENSIONS.find((one) => one === asked);
}
