import { COUNTED, REAL, WHERE_CREDENTIAL } from './filter-sql.ts';

/**
 * Common table expression `usable`: every usable credential of the project as it stood at the end of the period's last day.
 * Usable: registered or first seen by then, not revoked by then, not refused by the server.
 *
 * The ledger keeps the newest flags; for credentials used after that day, and only those, the flags of that day are read from what each ceremony showed.
 * `in_filter` says whether the page's filters take it: what is asked of a user's credentials as a whole (lock-out, reach)
 * needs those outside the filters too. Constant text: values are bound.
 */
export const USABLE_SQL = `
used_since AS
(
	SELECT credential_hash
	FROM credentials_v1
	WHERE project_id = {project: String} AND toDate(first_seen_at, {zone: String}) <= {to: Date} AND toDate(last_observed_at, {zone: String}) > {to: Date}
),
flags_then AS
(
	SELECT credential_hash, argMax(o.be, (observed_at, ceremony_id)) AS be_then, argMax(o.bs, (observed_at, ceremony_id)) AS bs_then
	FROM credential_observations_v1 AS o
	WHERE project_id = {project: String} AND toDate(observed_at, {zone: String}) <= {to: Date} AND credential_hash IN used_since AND flags > 0
	GROUP BY credential_hash
),
usable AS
(
	SELECT
		c.credential_hash AS credential_hash, c.user_hash AS user_hash, c.provider AS provider,
		c.credential_ecosystem AS ecosystem, c.credential_legacy_class AS legacy_class, c.used_on_os AS used_on_os,
		c.backup_flags_illegal AS flags_illegal, c.backup_eligibility_changed AS eligibility_changed,
		c.aaguid AS aaguid, c.registered_at AS registered_at, c.first_seen_at AS first_seen_at,
		c.in_filter AS in_filter, c.test_authenticator AS test_authenticator, c.synthetic AS synthetic,
		if(c.since, f.be_then, c.be) AS be,
		if(c.since, f.bs_then, c.bs) AS bs,
		multiIf(be IS NULL OR bs IS NULL, 'unknown', be AND bs, 'synced', be, 'syncable', bs, 'illegal', 'device_bound') AS sync_state
	FROM
	(
		SELECT *, ${WHERE_CREDENTIAL} AS in_filter, ifNull(toDate(last_observed_at, {zone: String}) > {to: Date}, false) AS since
		FROM credentials_v1
		WHERE project_id = {project: String} AND ${COUNTED} AND ${REAL} AND toDate(first_seen_at, {zone: String}) <= {to: Date}
			AND status != 'refused' AND (revoked_at IS NULL OR toDate(revoked_at, {zone: String}) > {to: Date})
	) AS c
	LEFT JOIN flags_then AS f ON f.credential_hash = c.credential_hash
)`;
