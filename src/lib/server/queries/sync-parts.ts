import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { COUNTED, filterParameters, MATCHES_DEVICE } from './filter-sql.ts';
import { listedUsers, listUsers } from './listed-users.ts';
import { onePartParameters, partParameters } from './part-sql.ts';
import { OWNERS_AND_SEEN_SQL } from './sync-coverage.ts';

/** What a ceremony of a passkey tells of where it was; the ledger keeps the rest. */
const PART_OF_ACT = `toString(multiIf(
	{by: String} = 'browser', browser_name, {by: String} = 'release', release, {by: String} = 'country', country, ''))`;

/** The same of the days that somebody was seen on. */
const PART_OF_VISIT = `if({by: String} = 'application', toString(application), ${PART_OF_ACT})`;

/** A platform that the filters name is the only one looked at. */
const onPlatform = (names: string) =>
	`emptyArrayToSingle(arrayMap(one -> toString(one), arrayFilter(one -> {platform: String} IN ('', one), ${names})))`;

/**
 * Common table expressions that tell apart what sync-coverage.ts counts as a whole, as its filters would narrow it: `held`, the usable
 * passkeys within the filters by their user (0: nobody is named) and part; `came`, the users seen by the period's last day, by part. A
 * passkey used in two parts, and a user seen in two, is in both. Constant text: values are bound.
 */
const PARTS_SQL = `${OWNERS_AND_SEEN_SQL},
acts AS
(
	SELECT credential_hash, groupUniqArray(${PART_OF_ACT}) AS parts
	FROM passkey_acts_v1
	WHERE {by: String} IN ('browser', 'release', 'country') AND project_id = {project: String} AND day <= {to: Date}
		AND ({browser: String} = '' OR browser_name = {browser: String})
		AND ({release: String} = '' OR release = {release: String})
		AND ({country: String} = '' OR country = {country: String})
	GROUP BY credential_hash
),
held AS
(
	SELECT user_hash, part, countIf(flags = 4) AS backed_up, max(used_at) AS last_used_at
	FROM
	(
		SELECT
			u.user_hash AS user_hash, u.flags AS flags, coalesce(u.last_used_at, u.registered_at, u.first_seen_at) AS used_at,
			arrayJoin(multiIf({by: String} = '', [''],
				{by: String} = 'ecosystem', [toString(u.ecosystem)],
				{by: String} = 'application', [toString(u.application)],
				{by: String} = 'platform', ${onPlatform('u.used_on_os')},
				emptyArrayToSingle(a.parts))) AS part
		FROM usable AS u
		LEFT JOIN acts AS a ON a.credential_hash = u.credential_hash
		WHERE u.in_filter
	)
	GROUP BY user_hash, part
),
came AS
(
	SELECT DISTINCT user_hash, part, last_seen_at
	FROM
	(
		SELECT user_hash, arrayJoin(if({by: String} = '', [''], ${onPlatform('os_names')})) AS part
		FROM users_v1
		WHERE {by: String} IN ('', 'platform') AND project_id = {project: String} AND ${COUNTED}
		UNION ALL
		SELECT user_hash, ${PART_OF_VISIT} AS part
		FROM user_days_v1
		WHERE {by: String} NOT IN ('', 'platform') AND project_id = {project: String} AND day <= {to: Date} AND ${MATCHES_DEVICE}
	) AS anywhere
	INNER JOIN seen ON seen.user_hash = anywhere.user_hash
)`;

/** The users of sync-coverage.ts in each part. One that is known of passkeys alone has nobody seen in it, one of visits alone nobody with a passkey: 0. */
export const querySyncParts = defineQuery({
	name: 'sync-parts',
	parameters: filterParameters.extend(partParameters),
	row: z.object({
		part: z.string(),
		passkey_users: count,
		covered_users: count,
		locked_out_users: count,
		seen_users: count,
		ready_users: count,
		reach_none: count,
		reach_one: count,
		reach_many: count
	}),
	sql: `
WITH ${PARTS_SQL}
SELECT
	part,
	countIf(holds) AS passkey_users,
	countIf(holds AND backed_up > 0) AS covered_users,
	countIf(holds AND o.one_device_bound) AS locked_out_users,
	countIf(NOT holds) AS seen_users,
	countIf(NOT holds AND o.ready) AS ready_users,
	countIf(NOT holds AND o.reach = 0) AS reach_none,
	countIf(NOT holds AND o.reach = 1) AS reach_one,
	countIf(NOT holds AND o.reach > 1) AS reach_many
FROM
(
	SELECT true AS holds, user_hash, part, backed_up FROM held WHERE user_hash != 0
	UNION ALL
	SELECT false AS holds, user_hash, part, 0 AS backed_up FROM came
) AS one
LEFT JOIN owners AS o ON o.user_hash = one.user_hash
GROUP BY part
ORDER BY part`
});

const listOf = (name: string, from: string, at: string) =>
	defineQuery({
		name,
		parameters: filterParameters.extend({ ...onePartParameters, limit: listedUsers.limit }),
		row: listedUsers.row,
		sql: `WITH ${PARTS_SQL} ${listUsers(from, { at })}`
	});

const holding = (name: string, condition: string) =>
	listOf(
		name,
		`SELECT h.user_hash AS of_user, h.last_used_at AS last_at FROM held AS h LEFT JOIN owners AS o ON o.user_hash = h.user_hash
	WHERE h.user_hash != 0 AND h.part = {part: String} AND ${condition}`,
		'last_at'
	);

const coming = (name: string, condition: string) =>
	listOf(
		name,
		`SELECT c.user_hash AS of_user, c.last_seen_at AS last_at FROM came AS c LEFT JOIN owners AS o ON o.user_hash = c.user_hash
	WHERE c.part = {part: String} AND ${condition}`,
		'last_at'
	);

/** Who is behind the figures of users as of the period's last day, of all or of one part. */
export const SYNC_USER_LISTS = {
	passkey_owners: holding('users-with-a-passkey', 'true'),
	covered: holding('users-backed-up', 'h.backed_up > 0'),
	locked_out: holding('users-locked-out', 'o.one_device_bound'),
	known: coming('users-known', 'true'),
	reaching: coming('users-reaching', 'o.reach > 1'),
	removal_ready: coming('users-ready', 'o.ready')
};
