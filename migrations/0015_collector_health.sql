-- How the collectors are, told by themselves every ten seconds: the page "Collector" reads it, so dashboard and collectors need
-- no way to one another but the database. Nothing of a person is in it. Figures are of one interval, so any window can be added up.
CREATE TABLE IF NOT EXISTS collector_health_v1
(
    collector       String COMMENT 'Host and data directory',
    at              DateTime64(3, 'UTC') COMMENT 'End of the interval',
    interval_ms     UInt32,
    started_at      DateTime64(3, 'UTC'),
    accepted        UInt64 COMMENT 'Events acknowledged on disk',
    refused         UInt64 COMMENT 'Events and whole requests refused',
    stored          UInt64 COMMENT 'Rows that reached the database',
    set_aside       UInt64 COMMENT 'Rows of segments the database refused for their content',
    retries         UInt64 COMMENT 'Inserts that have to be tried again',
    store_lag_ms    Nullable(UInt32) COMMENT 'Longest wait from the oldest row of a segment to its being queryable; NULL: nothing was stored',
    insert_ms       Nullable(UInt32) COMMENT 'Longest insert',
    last_stored_at  Nullable(DateTime64(3, 'UTC')),
    spool_bytes     UInt64,
    spool_max_bytes UInt64,
    segments_waiting UInt32,
    last_error      String COMMENT 'Why the last insert failed; empty when the newest succeeded',
    dead_letters    Array(Tuple(name String, rows UInt32, error String)) COMMENT 'Segments set aside, newest first, at most fifty',
    stopped         Bool COMMENT 'The last word of a collector that was stopped'
)
ENGINE = MergeTree
ORDER BY (collector, at)
TTL toDateTime(at) + INTERVAL 30 DAY;

CREATE TABLE IF NOT EXISTS collector_refusals_v1
(
    collector  String,
    at         DateTime64(3, 'UTC') COMMENT 'End of the interval',
    project_id LowCardinality(String) COMMENT 'Empty: nobody knows whose the request was',
    path       LowCardinality(String) COMMENT 'Address it came to',
    code       LowCardinality(String) COMMENT 'Stable code of the reason',
    field      LowCardinality(String) COMMENT 'Path of the offending field; empty: the whole',
    reason     String COMMENT 'What is wrong and what would be right; never a value that was sent',
    refusals   UInt64
)
ENGINE = MergeTree
ORDER BY (at, project_id)
TTL toDateTime(at) + INTERVAL 30 DAY;
