import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters } from './filter-sql.ts';
import { USABLE_SQL } from './sync-as-of-sql.ts';

/**
 * The numbers behind sync coverage, synced share, reach and lock-out risk, as of the period's last day; always one row.
 * A denominator of 0 means there is nothing to say, not 0 %.
 */
export const querySyncCoverage = defineQuery({
	name: 'sync-coverage',
	parameters: filterParameters,
	row: z.object({
		credentials: count,
		/** Credentials whose BE and BS are known: what the shares of credentials are taken of. */
		flags_known: count,
		/** BE=1: may be synced. */
		eligible: count,
		/** BE=1 and BS=1: is backed up now. */
		backed_up: count,
		/** Users with a usable credential within the filters. */
		passkey_users: count,
		/** Of these, with at least one backed-up one within the filters. */
		covered_users: count,
		/** Of these, whose one and only usable credential, anywhere, is device-bound. */
		locked_out_users: count,
		/** Usable credentials nobody is named for: in no figure about users. */
		unowned: count,
		/** Users seen by then, on the platform and in the application the filters name; the ecosystem filter does not apply to reach. */
		seen_users: count,
		reach_none: count,
		reach_one: count,
		reach_many: count
	}),
	sql: `
WITH ${USABLE_SQL},
owners AS
(
	SELECT
		user_hash,
		countIf(in_filter) AS matching,
		countIf(in_filter AND sync_state = 'synced') AS covered,
		count() = 1 AND any(sync_state) = 'device_bound' AS one_device_bound,
		-- An unknown ecosystem may be one already counted, so it never adds a second.
		greatest(1, uniqExactIf(ecosystem, ecosystem != 'unknown')) AS reach
	FROM usable
	WHERE user_hash != 0
	GROUP BY user_hash
),
seen AS
(
	SELECT user_hash
	FROM users_v1
	WHERE project_id = {project: String} AND toDate(first_seen_at) <= {to: Date}
		AND ({platform: String} = '' OR has(os_names, {platform: String}))
		AND ({application: String} = '' OR user_hash IN (
			SELECT user_hash FROM sessions_v1
			WHERE project_id = {project: String} AND day <= {to: Date} AND application = {application: String}))
),
reached AS
(
	SELECT s.user_hash AS user_hash, o.reach AS reach
	FROM seen AS s
	LEFT JOIN owners AS o ON o.user_hash = s.user_hash
)
SELECT
	(SELECT (countIf(in_filter), countIf(in_filter AND sync_state != 'unknown'), countIf(in_filter AND sync_state IN ('syncable', 'synced')),
		countIf(in_filter AND sync_state = 'synced'), countIf(in_filter AND user_hash = 0)) FROM usable) AS c,
	(SELECT (countIf(matching > 0), countIf(covered > 0), countIf(matching > 0 AND one_device_bound)) FROM owners) AS u,
	(SELECT (count(), countIf(reach = 0), countIf(reach = 1), countIf(reach > 1)) FROM reached) AS r,
	c.1 AS credentials, c.2 AS flags_known, c.3 AS eligible, c.4 AS backed_up, c.5 AS unowned,
	u.1 AS passkey_users, u.2 AS covered_users, u.3 AS locked_out_users,
	r.1 AS seen_users, r.2 AS reach_none, r.3 AS reach_one, r.4 AS reach_many`
});
