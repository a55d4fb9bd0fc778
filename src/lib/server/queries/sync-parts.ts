import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { COUNTED, filterParameters, MATCHES_DEVICE } from './filter-sql.ts';
import { listedUsers, listUsers } from './listed-users.ts';
import { onePartParameters, partParameters } from './part-sql.ts';
import { onPlatform, PART_OF_ACT, PARTED_SQL } from './parted-passkeys-sql.ts';
import { OWNERS_AND_SEEN_SQL } from './sync-coverage.ts';

/**
 * Common table expressions that tell apart what sync-coverage.ts counts as a whole: `held`, the usable passkeys within the filters by their
 * user (0: nobody is named) and part; `came`, the users seen by the period's last day, by part. A user seen in two is in both. Constant
 * text: values are bound.
 */
const PARTS_SQL = `${OWNERS_AND_SEEN_SQL},
${PARTED_SQL},
held AS
(
	SELECT
		user_hash, part, count() AS credentials, countIf(flags > 0) AS known, countIf(flags >= 3) AS eligible, countIf(flags = 4) AS backed_up,
		countIf(test_authenticator) AS tests, countIf(synthetic) AS synthetics, max(used_at) AS last_used_at
	FROM parted
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
		SELECT user_hash, ${PART_OF_ACT} AS part
		FROM user_days_v1
		WHERE {by: String} NOT IN ('', 'platform') AND project_id = {project: String} AND day <= {to: Date} AND ${MATCHES_DEVICE}
	) AS anywhere
	INNER JOIN seen ON seen.user_hash = anywhere.user_hash
)`;

/** The passkeys and users of sync-coverage.ts in each part. One that is known of passkeys alone has nobody seen in it, one of visits alone no passkey: 0. */
export const querySyncParts = defineQuery({
	name: 'sync-parts',
	parameters: filterParameters.extend(partParameters),
	row: z.object({
		part: z.string(),
		credentials: count,
		flags_known: count,
		eligible: count,
		backed_up: count,
		unowned: count,
		tests: count,
		synthetic: count,
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
	sum(one.credentials) AS credentials,
	sum(one.known) AS flags_known,
	sum(one.eligible) AS eligible,
	sum(one.backed_up) AS backed_up,
	sumIf(one.credentials, one.user_hash = 0) AS unowned,
	sum(one.tests) AS tests,
	sum(one.synthetics) AS synthetic,
	countIf(holds AND one.user_hash != 0) AS passkey_users,
	countIf(holds AND one.user_hash != 0 AND one.backed_up > 0) AS covered_users,
	countIf(holds AND one.user_hash != 0 AND o.one_device_bound) AS locked_out_users,
	countIf(NOT holds) AS seen_users,
	countIf(NOT holds AND o.ready) AS ready_users,
	countIf(NOT holds AND o.reach = 0) AS reach_none,
	countIf(NOT holds AND o.reach = 1) AS reach_one,
	countIf(NOT holds AND o.reach > 1) AS reach_many
FROM
(
	SELECT true AS holds, user_hash, part, credentials, known, eligible, backed_up, tests, synthetics FROM held
	UNION ALL
	SELECT false AS holds, user_hash, part, 0, 0, 0, 0, 0, 0 FROM came
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
