-- Two things more of each ceremony in which a credential showed itself: whether its user was verified (UV), and the country it was in.
-- How a credential verifies its user over time, and one that answers in distant countries at once, are read from here.
ALTER TABLE credential_observations_state_v1
    ADD COLUMN IF NOT EXISTS user_verified SimpleAggregateFunction(max, Nullable(Bool)) COMMENT 'UV flag: a claim of the authenticator',
    ADD COLUMN IF NOT EXISTS country SimpleAggregateFunction(max, LowCardinality(String)) COMMENT 'Of the page; empty when unknown';

ALTER TABLE credential_observations_state_mv_v1 MODIFY QUERY
WITH
    if(e.backup_eligible IS NULL OR e.backup_state IS NULL, 0,
        1 + 2 * toUInt8(assumeNotNull(e.backup_eligible)) + toUInt8(assumeNotNull(e.backup_state))) AS flags
SELECT
    e.project_id AS project_id,
    e.credential_hash AS credential_hash,
    e.ceremony_id AS ceremony_id,
    max(e.ceremony_type) AS ceremony_type,
    min(e.occurred_at) AS observed_at,
    toUInt8(maxIf(flags, e.event_type = 'ceremony.finished')) AS page_flags,
    toUInt8(maxIf(flags, e.event_type = 'ceremony.verdict')) AS server_flags,
    max(e.sign_count_zero) AS sign_count_zero,
    max(e.verdict_reason = 'counter_regressed') AS counter_regressed,
    max(e.authenticator_attachment) AS authenticator_attachment,
    maxIf(e.os_name, e.event_type = 'ceremony.finished') AS os_name,
    maxIf(e.client_ecosystem, e.event_type = 'ceremony.finished') AS client_ecosystem,
    max(e.verified) AS verified,
    max(e.user_verified) AS user_verified,
    maxIf(e.country, e.event_type = 'ceremony.finished') AS country
FROM events_raw_v1 AS e
WHERE e.credential_hash != 0 AND e.event_type IN ('ceremony.finished', 'ceremony.verdict')
GROUP BY e.project_id, e.credential_hash, e.ceremony_id;

-- What was taken before this migration: the key, its time and the new columns alone; the others stay what they are.
INSERT INTO credential_observations_state_v1 (project_id, credential_hash, ceremony_id, observed_at, user_verified, country)
SELECT
    e.project_id, e.credential_hash, e.ceremony_id, min(e.occurred_at),
    max(e.user_verified), maxIf(e.country, e.event_type = 'ceremony.finished')
FROM events_raw_v1 AS e
WHERE e.credential_hash != 0 AND e.event_type IN ('ceremony.finished', 'ceremony.verdict')
GROUP BY e.project_id, e.credential_hash, e.ceremony_id;

CREATE OR REPLACE VIEW credential_observations_v1 AS
SELECT
    * EXCEPT (page_flags, server_flags),
    if(server_flags > 0, server_flags, page_flags) AS flags,
    server_flags > 0 AS by_server,
    if(flags = 0, NULL, flags >= 3) AS be,
    if(flags = 0, NULL, flags IN (2, 4)) AS bs
FROM credential_observations_state_v1 FINAL;
