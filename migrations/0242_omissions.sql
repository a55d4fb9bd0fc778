-- What senders said they left out, in the few events that tell of any: the page Collector looked for them in a week of raw events.
CREATE TABLE IF NOT EXISTS omissions_state_v1
(
    project_id         LowCardinality(String),
    event_id           UUID,
    occurred_at        SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    received_at        SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    user_hash          SimpleAggregateFunction(max, UInt64),
    application        SimpleAggregateFunction(max, LowCardinality(String)),
    release            SimpleAggregateFunction(max, LowCardinality(String)),
    sdk_name           SimpleAggregateFunction(max, LowCardinality(String)),
    sdk_version        SimpleAggregateFunction(max, LowCardinality(String)),
    browser_name       SimpleAggregateFunction(max, LowCardinality(String)),
    dropped_events     SimpleAggregateFunction(max, UInt32),
    sampled_out_events SimpleAggregateFunction(max, UInt32),
    sdk_errors         SimpleAggregateFunction(max, UInt32)
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, event_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS omissions_state_mv_v1 TO omissions_state_v1 AS
SELECT
    e.project_id AS project_id,
    e.event_id AS event_id,
    min(e.occurred_at) AS occurred_at,
    max(e.received_at) AS received_at,
    max(e.user_hash) AS user_hash,
    max(e.application) AS application,
    max(e.release) AS release,
    max(e.sdk_name) AS sdk_name,
    max(e.sdk_version) AS sdk_version,
    max(e.browser_name) AS browser_name,
    max(e.dropped_events) AS dropped_events,
    max(e.sampled_out_events) AS sampled_out_events,
    max(e.sdk_errors) AS sdk_errors
FROM events_raw_v1 AS e
WHERE e.dropped_events + e.sampled_out_events + e.sdk_errors > 0
GROUP BY project_id, event_id;

-- What was taken before this migration. A row that the view above writes meanwhile merges with it to the same.
INSERT INTO omissions_state_v1
SELECT
    e.project_id AS project_id,
    e.event_id AS event_id,
    min(e.occurred_at) AS occurred_at,
    max(e.received_at) AS received_at,
    max(e.user_hash) AS user_hash,
    max(e.application) AS application,
    max(e.release) AS release,
    max(e.sdk_name) AS sdk_name,
    max(e.sdk_version) AS sdk_version,
    max(e.browser_name) AS browser_name,
    max(e.dropped_events) AS dropped_events,
    max(e.sampled_out_events) AS sampled_out_events,
    max(e.sdk_errors) AS sdk_errors
FROM events_raw_v1 AS e
WHERE e.dropped_events + e.sampled_out_events + e.sdk_errors > 0
GROUP BY project_id, event_id;
