import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters } from './filter-sql.ts';
import { LEGACY_SQL } from './upgrade-legacy-sql.ts';

/**
 * What happened beside the nine steps, for the same cohort (see `queryUpgradeFunnel`): why some were not eligible,
 * who got another device-bound credential, whom `excludeCredentials` turned away, and how automatic creates went.
 */
export const queryUpgradeOutcomes = defineQuery({
	name: 'upgrade-outcomes',
	parameters: filterParameters,
	row: z.object({
		ecosystem: z.string(),
		legacy_class: z.string(),
		users: count,
		/** Not eligible: a passkey that can sync (BE=1) was there before the legacy sign-in. */
		has_synced_users: count,
		/** Not eligible: every client of theirs that told said it cannot create a synced passkey. */
		cannot_sync_users: count,
		/** Not eligible: no client told, and no registration was started there. */
		unknown_users: count,
		/** Got a credential without BE, and none with it. */
		created_not_synced_users: count,
		/** Their registration ended because `excludeCredentials` held a credential of the device. */
		already_registered_users: count,
		already_registered_attempts: count,
		automatic_attempts: count,
		automatic_created: count,
		/** Ended as not eligible, or only after the whole timeout, which is how browsers say it. */
		automatic_not_eligible: count
	}),
	sql: `
WITH ${LEGACY_SQL},
by_user AS
(
	SELECT
		a.ecosystem AS ecosystem, a.legacy_class AS legacy_class, a.user_hash AS user_hash, any(a.standing) AS standing,
		countIf(ifNull(t.created, false)) AS created,
		countIf(t.responded AND t.synced = false) AS created_not_synced,
		countIf(t.cause = 'already_registered') AS already_registered,
		countIf(t.mode = 'automatic') AS automatic,
		countIf(t.mode = 'automatic' AND t.responded) AS automatic_responded,
		countIf(t.mode = 'automatic' AND t.cause IN ('conditional_not_eligible', 'timed_out')) AS not_eligible
	FROM cohort AS a
	LEFT JOIN attempts AS t
		ON t.user_hash = a.user_hash AND t.legacy_class = a.legacy_class AND t.ecosystem = a.ecosystem
	GROUP BY ecosystem, legacy_class, user_hash
)
SELECT
	ecosystem,
	legacy_class,
	count() AS users,
	countIf(standing = 'has_synced') AS has_synced_users,
	countIf(standing = 'cannot_sync') AS cannot_sync_users,
	countIf(standing = 'unknown') AS unknown_users,
	countIf(created_not_synced > 0 AND created = 0) AS created_not_synced_users,
	countIf(already_registered > 0) AS already_registered_users,
	sum(already_registered) AS already_registered_attempts,
	sum(automatic) AS automatic_attempts,
	sum(automatic_responded) AS automatic_created,
	sum(not_eligible) AS automatic_not_eligible
FROM by_user
GROUP BY ecosystem, legacy_class
ORDER BY ecosystem, legacy_class`
});
