-- The first time a credential's flags were seen, and whether they were ever seen otherwise. Nine credentials in ten never change, so whoever
-- asks how many there were of each state on each day reads what each ceremony showed of the tenth alone.
-- Flags are 1 + 2·BE + BS, as in migrations/0020; the page's reading and the server's both count, so two that disagree are a change.
CREATE TABLE IF NOT EXISTS credential_flags_state_v1
(
    project_id      LowCardinality(String),
    credential_hash UInt64,
    first_at        SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_at         SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    least_flags     SimpleAggregateFunction(min, UInt8),
    most_flags      SimpleAggregateFunction(max, UInt8)
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, credential_hash)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS credential_flags_state_mv_v1 TO credential_flags_state_v1 AS
SELECT
    e.project_id AS project_id,
    e.credential_hash AS credential_hash,
    min(e.occurred_at) AS first_at,
    max(e.occurred_at) AS last_at,
    min(toUInt8(1 + 2 * toUInt8(assumeNotNull(e.backup_eligible)) + toUInt8(assumeNotNull(e.backup_state)))) AS least_flags,
    max(toUInt8(1 + 2 * toUInt8(assumeNotNull(e.backup_eligible)) + toUInt8(assumeNotNull(e.backup_state)))) AS most_flags
FROM events_raw_v1 AS e
WHERE e.credential_hash != 0 AND e.event_type IN ('ceremony.finished', 'ceremony.verdict')
    AND e.backup_eligible IS NOT NULL AND e.backup_state IS NOT NULL
GROUP BY e.project_id, e.credential_hash;

-- What was taken before this migration. A row that the view above writes meanwhile merges with it to the same.
INSERT INTO credential_flags_state_v1
SELECT
    e.project_id, e.credential_hash, min(e.occurred_at), max(e.occurred_at),
    min(toUInt8(1 + 2 * toUInt8(assumeNotNull(e.backup_eligible)) + toUInt8(assumeNotNull(e.backup_state)))),
    max(toUInt8(1 + 2 * toUInt8(assumeNotNull(e.backup_eligible)) + toUInt8(assumeNotNull(e.backup_state))))
FROM events_raw_v1 AS e
WHERE e.credential_hash != 0 AND e.event_type IN ('ceremony.finished', 'ceremony.verdict')
    AND e.backup_eligible IS NOT NULL AND e.backup_state IS NOT NULL
GROUP BY e.project_id, e.credential_hash;

CREATE VIEW IF NOT EXISTS credential_flags_v1 AS
SELECT *, least_flags != most_flags AS changed
FROM credential_flags_state_v1 FINAL;
