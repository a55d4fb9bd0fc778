-- Errors that ended ceremonies, a narrow row each: which of them no rule of the classifier knows was read from the raw events, all
-- of them, whenever the page Collector was opened. One error's rows lie together, so looking one up reads no other's.
CREATE TABLE IF NOT EXISTS ceremony_errors_state_v1
(
    project_id      LowCardinality(String),
    signature_id    String COMMENT 'Ten hex digits of name, signature and code: what the error is called',
    event_id        UUID,
    occurred_at     SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    ceremony_id     SimpleAggregateFunction(max, UUID),
    user_hash       SimpleAggregateFunction(max, UInt64),
    error_name      SimpleAggregateFunction(max, LowCardinality(String)),
    error_signature SimpleAggregateFunction(max, LowCardinality(String)),
    error_code      SimpleAggregateFunction(max, LowCardinality(String)),
    os_name         SimpleAggregateFunction(max, LowCardinality(String)),
    browser_name    SimpleAggregateFunction(max, LowCardinality(String)),
    classification  SimpleAggregateFunction(max, Tuple(UInt16, String, String, String)) COMMENT 'Classifier version, cause, confidence, rule: the greatest is the newest classifier''s'
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, signature_id, event_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS ceremony_errors_state_mv_v1 TO ceremony_errors_state_v1 AS
SELECT
    e.project_id AS project_id,
    lower(substring(hex(SHA256(concat(e.error_name, '\n', e.error_signature, '\n', e.error_code))), 1, 10)) AS signature_id,
    e.event_id AS event_id,
    min(e.occurred_at) AS occurred_at,
    max(e.ceremony_id) AS ceremony_id,
    max(e.user_hash) AS user_hash,
    max(e.error_name) AS error_name,
    max(e.error_signature) AS error_signature,
    max(e.error_code) AS error_code,
    max(e.os_name) AS os_name,
    max(e.browser_name) AS browser_name,
    max((e.classifier_version, toString(e.cause), toString(e.cause_confidence), toString(e.cause_rule))) AS classification
FROM events_raw_v1 AS e
WHERE e.event_type = 'ceremony.finished' AND e.client_outcome = 'error'
GROUP BY project_id, signature_id, event_id;

-- What was taken before this migration. A row that the view above writes meanwhile merges with it to the same.
INSERT INTO ceremony_errors_state_v1
SELECT
    e.project_id AS project_id,
    lower(substring(hex(SHA256(concat(e.error_name, '\n', e.error_signature, '\n', e.error_code))), 1, 10)) AS signature_id,
    e.event_id AS event_id,
    min(e.occurred_at) AS occurred_at,
    max(e.ceremony_id) AS ceremony_id,
    max(e.user_hash) AS user_hash,
    max(e.error_name) AS error_name,
    max(e.error_signature) AS error_signature,
    max(e.error_code) AS error_code,
    max(e.os_name) AS os_name,
    max(e.browser_name) AS browser_name,
    max((e.classifier_version, toString(e.cause), toString(e.cause_confidence), toString(e.cause_rule))) AS classification
FROM events_raw_v1 AS e
WHERE e.event_type = 'ceremony.finished' AND e.client_outcome = 'error'
GROUP BY project_id, signature_id, event_id;

CREATE OR REPLACE VIEW error_signatures_v1 AS
SELECT
    project_id, toDate(e.occurred_at) AS day,
    error_name, error_signature, error_code, signature_id,
    os_name, browser_name,
    classification.2 AS cause, classification.3 AS cause_confidence, classification.4 AS cause_rule,
    cause = 'unknown' AND cause_rule = '' AS unknown,
    count() AS occurrences,
    min(e.occurred_at) AS first_seen_at,
    max(e.occurred_at) AS last_seen_at
FROM ceremony_errors_state_v1 AS e FINAL
GROUP BY project_id, day, error_name, error_signature, error_code, signature_id, os_name, browser_name, cause, cause_confidence, cause_rule;
