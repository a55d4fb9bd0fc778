import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { ASKS_OF_ACTS, COUNTED, filterParameters, MATCHES_DEVICE, REAL } from './filter-sql.ts';
import { USABLE_SQL } from './sync-as-of-sql.ts';

/** By the ledger alone: its last sign-in lies in the 60 days to the period's end. */
const USED_LATELY = `ifNull(toDate(last_used_at, {zone: String}) BETWEEN {to: Date} - 59 AND {to: Date}, false)`;

/** What the filters ask of somebody's visits beside their systems. */
const ASKS_OF_VISITS = `{application: String} != '' OR ${ASKS_OF_ACTS}`;

/** Common table expression `seen`: the users seen by the period's last day, within the filters but for the ecosystem. Constant text. */
export const SEEN_SQL = `
seen AS
(
	SELECT user_hash, first_seen_at, last_seen_at
	FROM users_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND toDate(first_seen_at, {zone: String}) <= {to: Date}
		AND ({platform: String} = '' OR has(os_names, {platform: String}))
		AND (NOT (${ASKS_OF_VISITS}) OR user_hash IN (
			SELECT user_hash FROM user_days_v1
			WHERE project_id = {project: String} AND day <= {to: Date} AND ${MATCHES_DEVICE}))
)`;

/**
 * Common table expressions `owners` (one row a user with usable credentials; user 0 holds those nobody is named for) and `seen`. Constant
 * text: values are bound.
 */
export const OWNERS_AND_SEEN_SQL = `${USABLE_SQL},
recently_used AS
(
	SELECT credential_hash
	FROM passkey_acts_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND day BETWEEN {to: Date} - 59 AND {to: Date}
		AND ceremony_type = 'authentication' AND outcome = 'succeeded' AND credential_hash IN (
			-- Used since, or shown since without its server's word: what the ledger leaves open.
			SELECT credential_hash FROM credential_rows_v1
			WHERE project_id = {project: String} AND toDate(shown_last_at, {zone: String}) >= {to: Date} - 59 AND NOT ${USED_LATELY})
),
owners AS
(
	SELECT
		user_hash,
		countIf(in_filter) AS matching,
		countIf(in_filter AND flags > 0) AS known,
		countIf(in_filter AND flags >= 3) AS eligible,
		countIf(in_filter AND flags = 4) AS backed_up,
		countIf(in_filter AND test_authenticator) AS tests,
		countIf(in_filter AND synthetic) AS synthetic,
		(count() >= 2 OR countIf(flags = 4) > 0) AND countIf(${USED_LATELY} OR credential_hash IN recently_used) > 0 AS ready,
		count() = 1 AND max(flags) = 1 AS one_device_bound,
		count() = 1 AND max(flags) != 1 AS one_passkey,
		count() >= 2 AND min(cityHash64(provider)) = max(cityHash64(provider)) AND max(provider != '') AND min(flags) >= 3 AS one_provider,
		countIf(legacy_class = '') = 0 AS legacy_only,
		-- 1, or 2 for more. An unknown ecosystem may be one already counted, so it never adds a second.
		if(minIf(cityHash64(ecosystem), ecosystem != 'unknown') = maxIf(cityHash64(ecosystem), ecosystem != 'unknown'), 1, 2) AS reach
	FROM usable
	GROUP BY user_hash
),
${SEEN_SQL}`;

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
		/** Users seen by then, on the platform and in the application the filters name; the filters by ecosystem and provider do not apply to reach. */
		seen_users: count,
		reach_none: count,
		reach_one: count,
		reach_many: count
	}),
	sql: `
WITH ${OWNERS_AND_SEEN_SQL}
SELECT
	sum(matching) AS credentials,
	sum(known) AS flags_known,
	sum(o.eligible) AS eligible,
	sum(o.backed_up) AS backed_up,
	sumIf(matching, user_hash = 0) AS unowned,
	sum(o.tests) AS tests,
	sum(o.synthetic) AS synthetic,
	countIf(came AND ready) AS ready_users,
	countIf(user_hash != 0 AND matching > 0) AS passkey_users,
	countIf(user_hash != 0 AND o.backed_up > 0) AS covered_users,
	countIf(user_hash != 0 AND matching > 0 AND one_device_bound) AS locked_out_users,
	(SELECT count() FROM seen) AS seen_users,
	seen_users - countIf(came) AS reach_none,
	countIf(came AND reach = 1) AS reach_one,
	countIf(came AND reach > 1) AS reach_many
FROM (SELECT *, user_hash IN (SELECT user_hash FROM seen) AS came FROM owners) AS o`
});
