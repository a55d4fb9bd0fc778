import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { Filters } from '../../filters.ts';
import { COUNTED_USERS, type CountedUsers } from '../../breakdown/counted-users.ts';
import { RISKS } from '../../format/risk-names.ts';
import { defineQuery } from '../define-query.ts';
import { FALLBACK_REASON_NAMES, SIGNIN_METHOD_NAMES, SYNC_STATES } from '../../format/names.ts';
import { COUNTED_USER_LISTS } from './counted-users.ts';
import { GROUP_ID, withPersons } from './failure-sql.ts';
import {
	filterParameters,
	REAL_CEREMONY,
	toParameters,
	WHERE_CLIENT_THEN,
	type FilterParameters
} from './filter-sql.ts';
import { MOVED_SQL } from './ledger-counts.ts';
import {
	listedUsers,
	listUsers,
	MOST_LISTED,
	withStates,
	type ListedUsers
} from './listed-users.ts';
import { RETAINED, RETAINED_SQL } from './passkey-retention.ts';
import { toOnePart } from './part-sql.ts';
import { queryPromptedUsers, readPromptDimension } from './prompt-parts.ts';
import { READINESS, VISITS_SQL } from './readiness.ts';
import { RISK_COLUMNS, SHARED_VISITS_SQL } from './risk.ts';
import { lineParameters, MATCHES_LINE, toLineParameters } from './search-sql.ts';
import { STRANDED_SQL } from './stranded-users.ts';
import { USABLE_SQL } from './sync-as-of-sql.ts';
import { OWNERS_AND_SEEN_SQL } from './sync-coverage.ts';

/** Bars and cells that count users, whose users can be listed. */
const USER_GROUPS = [
	'reach',
	'risk',
	'shared-device',
	'password-removal',
	'stranded',
	'readiness',
	'signed-in',
	'fell-back',
	'cohort',
	'tried',
	'failed',
	'holding',
	'moved',
	'prompted',
	'counted'
] as const;

/** Whether somebody could do without a password: `password_removal_ready` of the registry. */
const REMOVALS = ['ready', 'not_ready'] as const;

/** Ecosystems that hold a usable passkey of a user's. */
const REACHES = ['none', 'one', 'many'] as const;

export interface UserGroup {
	group: (typeof USER_GROUPS)[number];
	/**
	 * Which of it: a reach; a risk; a removal; a readiness; the method other than a passkey that they signed in, or tried to, with; why they
	 * fell back to one; a cell of cohorts; a group of failures; the state of passkeys that they hold, empty for any; what tells prompts apart;
	 * what a figure counts; of stranded users the system they came on, empty for any; of suspected moves the provider.
	 */
	which: string;
	/** Of stranded users: the ecosystems they hold, joined by spaces; empty for any. */
	holds: string;
	/**
	 * Of prompts: the part of `which` that they are of. Of passkeys: their provider, `unknown` where none is known, empty for any. Of
	 * suspected moves: the system.
	 */
	of?: string;
	/** Of failures: the search line that narrows them. */
	line?: string;
	/** Of what a figure counts: one part of a breakdown. Left out: all. */
	one?: ReturnType<typeof toOnePart>;
}

const listOf = (name: string, sql: string) =>
	defineQuery({
		name,
		parameters: filterParameters.extend({
			which: z.string(),
			holds: z.string(),
			of: z.string(),
			limit: listedUsers.limit
		}),
		row: listedUsers.row,
		sql
	});

const ofOwners = (condition: string) =>
	`WITH ${OWNERS_AND_SEEN_SQL} ${listUsers(
		`SELECT s.user_hash AS of_user, s.last_seen_at AS at FROM seen AS s LEFT JOIN owners AS o ON o.user_hash = s.user_hash
	WHERE ${condition}`,
		{ at: 'at' }
	)}`;

const ofSignIns = (condition: string) =>
	listUsers(
		`SELECT user_hash AS of_user, max(occurred_at) AS at, count() AS signins FROM signins_v1
	WHERE ${WHERE_CLIENT_THEN} AND ${condition}
	GROUP BY user_hash`,
		{ at: 'at', attempts: 'signins' }
	);

const queryFailed = defineQuery({
	name: 'users-who-failed',
	parameters: filterParameters.extend({
		...{ which: z.string(), limit: listedUsers.limit },
		...lineParameters.shape
	}),
	row: listedUsers.row,
	sql: listUsers(
		`SELECT person AS of_user, max(occurred_at) AS at, count() AS failures
	FROM (${withPersons(`${WHERE_CLIENT_THEN} AND ${REAL_CEREMONY} AND ${GROUP_ID} = {which: String} AND ${MATCHES_LINE}`)})
	GROUP BY person`,
		{ at: 'at', attempts: 'failures' }
	)
});

type ListedAlike = Exclude<UserGroup['group'], 'counted' | 'failed' | 'prompted'>;

const QUERIES: Record<ListedAlike, ReturnType<typeof listOf>> = {
	reach: listOf(
		'users-by-reach',
		ofOwners(
			`[${REACHES.map((one) => `'${one}'`).join(', ')}][least(o.reach, 2) + 1] = {which: String}`
		)
	),
	risk: listOf(
		'users-at-risk',
		ofOwners(
			`o.matching > 0 AND multiIf(${RISKS.map((risk) => `{which: String} = '${risk}', o.${RISK_COLUMNS[risk]}`).join(', ')}, false)`
		)
	),
	'shared-device': listOf(
		'users-of-shared-devices',
		`WITH ${SHARED_VISITS_SQL} ${listUsers(
			`SELECT arrayJoin(people) AS of_user, max(last_at) AS at FROM shared GROUP BY of_user`,
			{ at: 'at' }
		)}`
	),
	'password-removal': listOf(
		'users-by-password-removal',
		ofOwners(`if(ifNull(o.ready, false), 'ready', 'not_ready') = {which: String}`)
	),
	stranded: listOf(
		'users-stranded',
		`WITH ${STRANDED_SQL} ${listUsers(
			`SELECT user_hash AS of_user, max(last_at) AS at FROM stranded
	WHERE ({which: String} = '' OR system = {which: String}) AND ({holds: String} = '' OR arrayStringConcat(holds, ' ') = {holds: String})
	GROUP BY user_hash`,
			{ at: 'at' }
		)}`
	),
	readiness: listOf(
		'users-by-readiness',
		`WITH ${VISITS_SQL} ${listUsers(
			`SELECT user_hash AS of_user, max(first_seen_at) AS at FROM visits WHERE user_hash != 0
	GROUP BY user_hash HAVING [${READINESS.map((one) => `'${one}'`).join(', ')}][min(visits.rank)] = {which: String}`,
			{ at: 'at' }
		)}`
	),
	'signed-in': listOf(
		'users-by-method',
		ofSignIns(`outcome = 'succeeded' AND method = {which: String}`)
	),
	'fell-back': listOf('users-by-fallback', ofSignIns('fallback_reason = {which: String}')),
	cohort: listOf('users-of-a-cohort', RETAINED_SQL),
	tried: listOf('users-who-tried-a-method', ofSignIns('method = {which: String}')),
	holding: listOf(
		'users-holding-such',
		`WITH ${USABLE_SQL} ${listUsers(
			`SELECT user_hash AS of_user, max(coalesce(last_used_at, registered_at, first_seen_at)) AS at FROM usable
	WHERE in_filter AND user_hash != 0 AND ({which: String} = '' OR sync_state = {which: String})
		AND ({of: String} = '' OR if(provider = '', 'unknown', provider) = {of: String})
	GROUP BY user_hash`,
			{ at: 'at' }
		)}`
	),
	moved: listOf(
		'users-of-suspected-moves',
		`WITH ${MOVED_SQL} ${listUsers(
			`SELECT user_hash AS of_user, max(moved_at) AS at FROM moved
	WHERE user_hash != 0 AND provider = {which: String} AND system = {of: String}
	GROUP BY user_hash`,
			{ at: 'at' }
		)}`
	)
};

/** What may be asked of a group; of one that is not here anything. */
const WHICH: Partial<Record<UserGroup['group'], readonly string[]>> = {
	reach: REACHES,
	risk: RISKS,
	'password-removal': REMOVALS,
	readiness: READINESS,
	'signed-in': Object.keys(SIGNIN_METHOD_NAMES),
	tried: Object.keys(SIGNIN_METHOD_NAMES),
	'fell-back': Object.keys(FALLBACK_REASON_NAMES),
	holding: ['', ...SYNC_STATES],
	counted: Object.keys(COUNTED_USERS)
};

/** Reads which group a page's address asks for; undefined where it names none. */
export function parseUserGroup(search: URLSearchParams): UserGroup | undefined {
	const group = USER_GROUPS.find((one) => one === search.get('group'));
	if (!group) return undefined;
	const which = search.get('which')?.slice(0, 64) ?? '';
	if (WHICH[group] && !WHICH[group].includes(which)) return undefined;
	if (group === 'cohort' && !RETAINED.test(which)) return undefined;
	if (group === 'failed' && !/^[0-9a-f]{10}$/.test(which)) return undefined;
	if (group === 'prompted' && !readPromptDimension(which)) return undefined;
	const text = (name: string) => search.get(name)?.slice(0, 200) ?? '';
	return {
		...{ group, which, holds: text('holds'), of: text('of') },
		...{ line: search.get('q') ?? '', one: toOnePart(search) }
	};
}

/** The users of a group, each with the state they are in now, the lately seen first. */
export async function readUserGroup({
	client,
	filters,
	group,
	limit = MOST_LISTED
}: {
	client: ClickHouseClient;
	filters: Filters;
	group: UserGroup;
	limit?: number;
}): Promise<ListedUsers> {
	const asked = { ...toParameters(filters), limit };
	const rows = await ask(client, { ...group, asked });
	return withStates(client, { project: filters.project, rows });
}

function ask(
	client: ClickHouseClient,
	{
		group,
		which,
		holds,
		of = '',
		line = '',
		one,
		asked
	}: UserGroup & { asked: FilterParameters & { limit: number } }
) {
	switch (group) {
		case 'counted':
			return COUNTED_USER_LISTS[which as CountedUsers](client, { ...asked, ...one });
		case 'failed':
			return queryFailed(client, { ...asked, which, ...toLineParameters(line) });
		case 'prompted':
			return queryPromptedUsers(client, { ...asked, by: readPromptDimension(which)!, part: of });
		default:
			return QUERIES[group](client, { ...asked, which, holds, of });
	}
}
