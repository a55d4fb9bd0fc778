import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import {
	COUNTED,
	filterParameters,
	HAPPENED_BY_PERIOD_END,
	MATCHES_DEVICE,
	REAL
} from './filter-sql.ts';
import { USABLE_SQL } from './sync-as-of-sql.ts';

/**
 * Common table expressions `owners` (one row a user with usable credentials; user 0 holds those nobody is named for) and `seen` (the users
 * seen by the period's last day, within the filters but for the ecosystem). Constant text: values are bound.
 */
export const OWNERS_AND_SEEN_SQL = `${USABLE_SQL},
recently_used AS
(
	SELECT credential_hash
	FROM passkey_acts_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND day BETWEEN {to: Date} - 59 AND {to: Date}
		AND ceremony_type = 'authentication' AND outcome = 'succeeded' AND credential_hash != 0
),
owners AS
(
	SELECT
		user_hash,
		countIf(in_filter) AS matching,
		countIf(in_filter AND sync_state != 'unknown') AS known,
		countIf(in_filter AND sync_state IN ('syncable', 'synced')) AS eligible,
		countIf(in_filter AND sync_state = 'synced') AS backed_up,
		countIf(in_filter AND test_authenticator) AS tests,
		countIf(in_filter AND synthetic) AS synthetic,
		(count() >= 2 OR countIf(sync_state = 'synced') > 0) AND countIf(credential_hash IN recently_used) > 0 AS ready,
		count() = 1 AND any(sync_state) = 'device_bound' AS one_device_bound,
		count() = 1 AND any(sync_state) != 'device_bound' AS one_passkey,
		count() >= 2 AND uniqExact(provider) = 1 AND any(provider) != '' AND countIf(sync_state NOT IN ('syncable', 'synced')) = 0 AS one_provider,
		countIf(legacy_class = '') = 0 AS legacy_only,
		-- An unknown ecosystem may be one already counted, so it never adds a second.
		greatest(1, uniqExactIf(ecosystem, ecosystem != 'unknown')) AS reach
	FROM usable
	GROUP BY user_hash
),
seen AS
(
	SELECT user_hash, last_seen_at
	FROM users_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND toDate(first_seen_at, {zone: String}) <= {to: Date}
		AND ({platform: String} = '' OR has(os_names, {platform: String}))
		AND ({application: String} = '' AND {country: String} = '' AND {browser: String} = '' AND {release: String} = '' OR user_hash IN (
			SELECT user_hash FROM sessions_v1
			WHERE project_id = {project: String} AND ${HAPPENED_BY_PERIOD_END} AND ${MATCHES_DEVICE}))
)`;

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
		/** Credentials of virtual authenticators, and simulated ones, within the filters. */
		tests: count,
		synthetic: count,
		/** Users seen by then who have two usable credentials or a backed-up one, and signed in with any in the 60 days to then. */
		ready_users: count,
		/** Users seen by then, on the platform and in the application the filters name; the ecosystem filter does not apply to reach. */
		seen_users: count,
		reach_none: count,
		reach_one: count,
		reach_many: count
	}),
	sql: `
WITH ${OWNERS_AND_SEEN_SQL}
SELECT
	sum(o.matching) AS credentials,
	sum(o.known) AS flags_known,
	sum(o.eligible) AS eligible,
	sum(o.backed_up) AS backed_up,
	sumIf(o.matching, o.user_hash = 0) AS unowned,
	sum(o.tests) AS tests,
	sum(o.synthetic) AS synthetic,
	countIf(s.user_hash != 0 AND o.ready) AS ready_users,
	countIf(o.user_hash != 0 AND o.matching > 0) AS passkey_users,
	countIf(o.user_hash != 0 AND o.backed_up > 0) AS covered_users,
	countIf(o.user_hash != 0 AND o.matching > 0 AND o.one_device_bound) AS locked_out_users,
	countIf(s.user_hash != 0) AS seen_users,
	countIf(s.user_hash != 0 AND o.reach = 0) AS reach_none,
	countIf(s.user_hash != 0 AND o.reach = 1) AS reach_one,
	countIf(s.user_hash != 0 AND o.reach > 1) AS reach_many
FROM owners AS o
FULL JOIN seen AS s ON s.user_hash = o.user_hash`
});
