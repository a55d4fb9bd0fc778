-- How much of each application arrived, in steps of five minutes: the page Health checks counted fifteen days of raw events, Set up a day of them.
-- It adds up, because it counts arrivals, not what happened: an event that a sender sends twice arrived twice. What Passlens itself writes again
-- (another cause, a move to a server) says so and is not counted. No person is in it, and nothing else is made of it: figures that are lost with
-- the power are missed by nobody, so an insert does not wait for the disk to have them.
CREATE TABLE IF NOT EXISTS arrivals_v1
(
    project_id      LowCardinality(String),
    arrived_at      DateTime('UTC') COMMENT 'Start of the five minutes',
    application     LowCardinality(String),
    events          SimpleAggregateFunction(sum, UInt64),
    ceremony_events SimpleAggregateFunction(sum, UInt64) COMMENT 'Of ceremonies, by a page or an app',
    verdicts        SimpleAggregateFunction(sum, UInt64),
    with_user       SimpleAggregateFunction(sum, UInt64),
    clock_corrected SimpleAggregateFunction(sum, UInt64),
    skew_ms         AggregateFunction(quantile(0.5), Int64) COMMENT 'How far off the corrected clocks were',
    newest_at       SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, arrived_at, application)
TTL arrived_at + INTERVAL 16 DAY
SETTINGS non_replicated_deduplication_window = 1000;

-- What was taken before this migration, and then what comes: the other way round much would be counted twice.
INSERT INTO arrivals_v1
SELECT
    e.project_id AS project_id,
    toStartOfFiveMinutes(toDateTime(e.received_at, 'UTC')) AS arrived_at,
    e.application AS application,
    count() AS events,
    countIf(e.ceremony_id != toUUID('00000000-0000-0000-0000-000000000000') AND e.event_type != 'ceremony.verdict') AS ceremony_events,
    countIf(e.event_type = 'ceremony.verdict') AS verdicts,
    countIf(e.user_hash != 0) AS with_user,
    countIf(e.time_corrected) AS clock_corrected,
    quantileStateIf(0.5)(e.clock_skew_ms, e.time_corrected) AS skew_ms,
    max(e.received_at) AS newest_at
FROM events_raw_v1 AS e
WHERE e.received_at > now() - INTERVAL 16 DAY
GROUP BY project_id, arrived_at, application;

CREATE MATERIALIZED VIEW IF NOT EXISTS arrivals_mv_v1 TO arrivals_v1 AS
SELECT
    e.project_id AS project_id,
    toStartOfFiveMinutes(toDateTime(e.received_at, 'UTC')) AS arrived_at,
    e.application AS application,
    count() AS events,
    countIf(e.ceremony_id != toUUID('00000000-0000-0000-0000-000000000000') AND e.event_type != 'ceremony.verdict') AS ceremony_events,
    countIf(e.event_type = 'ceremony.verdict') AS verdicts,
    countIf(e.user_hash != 0) AS with_user,
    countIf(e.time_corrected) AS clock_corrected,
    quantileStateIf(0.5)(e.clock_skew_ms, e.time_corrected) AS skew_ms,
    max(e.received_at) AS newest_at
FROM events_raw_v1 AS e
WHERE e.received_at > now() - INTERVAL 16 DAY AND getSetting('log_comment') != 'written again'
GROUP BY project_id, arrived_at, application;
