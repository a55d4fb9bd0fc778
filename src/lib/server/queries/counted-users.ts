import {
	filterParameters,
	OFFERS,
	REAL,
	COUNTED,
	REAL_CEREMONY,
	WHERE_CLIENT_THEN
} from './filter-sql.ts';
import { defineQuery } from '../define-query.ts';
import { HELD_THEN, HOLDINGS } from './kpi-enrolled-signins.ts';
import { listedUsers, listUsers } from './listed-users.ts';
import { IN_PART, onePartParameters } from './part-sql.ts';
import { SYNC_USER_LISTS } from './sync-parts.ts';
import { UPGRADE_USER_LISTS } from './upgrade-parts.ts';
import type { CountedUsers } from '../../breakdown/counted-users.ts';

const then = (view: string, condition = 'user_hash != 0') =>
	`SELECT user_hash, occurred_at FROM ${view} WHERE ${WHERE_CLIENT_THEN} AND ${IN_PART} AND ${condition}`;

/** Who did anything was seen, as the rollup of activity says. */
const SEEN = [
	then('sessions_v1'),
	then('ceremonies_v1'),
	then('prompts_v1'),
	then('signins_v1')
].join('\n\tUNION ALL ');

const OFFERED = then(
	'prompts_v1',
	`user_hash != 0 AND shown_at IS NOT NULL AND purpose IN ${OFFERS}`
);

const CREATED = then(
	'ceremonies_v1',
	`user_hash != 0 AND ceremony_type = 'registration' AND outcome = 'succeeded' AND (user_driven OR automatic) AND ${REAL_CEREMONY}`
);

// Sign-ins that name nobody are in these: they are counted, too.
const BY_PASSKEY = then(
	'ceremonies_v1',
	`ceremony_type = 'authentication' AND outcome = 'succeeded' AND user_driven AND ${REAL_CEREMONY}`
);

const FELL_BACK = then('signins_v1', `fallback_reason != ''`);

const OTHERWISE = then('signins_v1', `outcome = 'succeeded' AND method != 'passkey'`);

const SIGNED_IN = [BY_PASSKEY, OTHERWISE].join('\n\tUNION ALL ');

/** As kpi-enrolled-signins.ts has it. */
const HOLDING = [
	BY_PASSKEY,
	`SELECT s.user_hash AS user_hash, s.occurred_at AS occurred_at
	FROM (${OTHERWISE}) AS s INNER JOIN (${HOLDINGS}) AS h ON h.user_hash = s.user_hash
	WHERE ${HELD_THEN}`
].join('\n\tUNION ALL ');

/** As kpi-passkey-holders.ts has it: usable at the end of the period's last day. */
const HOLDERS = `SELECT user_hash FROM credential_rows_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND user_hash != 0 AND status != 'refused'
		AND toDate(first_seen_at, {zone: String}) <= {to: Date}
		AND (revoked_at IS NULL OR toDate(revoked_at, {zone: String}) > {to: Date})`;

const listOf = (name: string, acts: string, having = 'true') =>
	defineQuery({
		name,
		parameters: filterParameters.extend({ ...onePartParameters, limit: listedUsers.limit }),
		row: listedUsers.row,
		sql: listUsers(
			`SELECT user_hash AS of_user, max(occurred_at) AS at, count() AS cases FROM (${acts}) GROUP BY user_hash HAVING ${having}`,
			{ at: 'at', attempts: 'cases' }
		)
	});

/** Who is behind a figure's numerator or denominator, of all or of one part of a breakdown. */
export const COUNTED_USER_LISTS: Record<CountedUsers, ReturnType<typeof listOf>> = {
	...SYNC_USER_LISTS,
	...UPGRADE_USER_LISTS,
	seen: listOf('users-seen', SEEN),
	eligible: listOf(
		'users-eligible',
		then('sessions_v1', 'user_hash != 0 AND ifNull(passkey_capable, false)')
	),
	holders: listOf('users-holding', SEEN, `user_hash IN (${HOLDERS})`),
	offered: listOf('users-offered', OFFERED),
	took_offer: listOf(
		'users-who-took-offers',
		OFFERED,
		`user_hash IN (SELECT user_hash FROM (${CREATED}))`
	),
	created: listOf('users-who-created', CREATED),
	signed_in: listOf('users-signed-in', SIGNED_IN),
	signed_in_holding: listOf('users-signed-in-holding', HOLDING),
	fell_back: listOf('users-who-fell-back', FELL_BACK),
	tried_passkey: listOf('users-who-tried-a-passkey', [BY_PASSKEY, FELL_BACK].join('\n\tUNION ALL '))
};
