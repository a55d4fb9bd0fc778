import { COUNTED, REAL, WHERE_CREDENTIAL } from './filter-sql.ts';

/** The state that flags say, as migrations/0020 writes them: 1 + 2·BE + BS. */
export const stateOf = (flags: string) =>
	`transform(${flags}, [1, 2, 3, 4], ['device_bound', 'illegal', 'syncable', 'synced'], 'unknown')`;

/**
 * Common table expression `usable`: every usable credential of the project as it stood at the end of the period's last day.
 * Usable: registered or first seen by then, not revoked by then, not refused by the server.
 *
 * The ledger keeps the newest flags; for credentials used after that day, and only those, the flags of that day are looked up in their changes.
 * `in_filter` says whether the page's filters take it: what is asked of a user's credentials as a whole (lock-out, reach)
 * needs those outside the filters too. Constant text: values are bound.
 */
export const USABLE_SQL = `
usable AS
(
	SELECT
		credential_hash, user_hash, provider, application, credential_ecosystem AS ecosystem, credential_legacy_class AS legacy_class, used_on_os, registration_os,
		backup_flags_illegal AS flags_illegal, backup_eligibility_changed AS eligibility_changed,
		aaguid, registered_at, first_seen_at, last_used_at, test_authenticator, synthetic,
		${WHERE_CREDENTIAL} AS in_filter,
		-- 0: not known. Numbers are compared a good deal faster than the states' names, where there are millions.
		toUInt8(if(ifNull(toDate(last_observed_at, {zone: String}) > {to: Date}, false),
			arrayLast(one -> toDate(one.at, {zone: String}) <= {to: Date}, flag_changes).flags, ifNull(1 + 2 * be + bs, 0))) AS flags,
		${stateOf('flags')} AS sync_state
	FROM credential_rows_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND toDate(first_seen_at, {zone: String}) <= {to: Date}
		AND status != 'refused' AND (revoked_at IS NULL OR toDate(revoked_at, {zone: String}) > {to: Date})
)`;
