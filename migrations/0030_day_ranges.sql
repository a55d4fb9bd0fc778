-- Ceremonies are sorted by the hour their sender's clock showed, pages ask by the day of their first event. The days a granule holds
-- stand beside it, so that a page reads its own days alone, a wrong clock's ceremonies included, and no raw events to find out which hours those are.
ALTER TABLE ceremonies_state_v1 ADD INDEX IF NOT EXISTS day_range toDate(coalesce(started_at, finished_at, verdict_at)) TYPE minmax;

ALTER TABLE ceremonies_state_v1 MATERIALIZE INDEX day_range;

-- Sessions, prompts and sign-ins were sorted by their ids, which is by chance: a day's rows lay all over the table, and the daily rollup
-- read all of it for one day. Ids are UUIDv7: the hour within them first, they lie in the order of time. (An id of another version has the
-- hour 0, and is found as well.) The columns are the same, and so are the names; only the order is another.
CREATE TABLE IF NOT EXISTS sessions_by_time AS sessions_state_v1
ENGINE = AggregatingMergeTree
ORDER BY (project_id, toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')), session_id)
SETTINGS non_replicated_deduplication_window = 1000;

ALTER TABLE sessions_by_time ADD INDEX IF NOT EXISTS day_range toDate(first_seen_at) TYPE minmax;

INSERT INTO sessions_by_time SELECT * FROM sessions_state_v1;

EXCHANGE TABLES sessions_by_time AND sessions_state_v1;

DROP TABLE sessions_by_time;

CREATE TABLE IF NOT EXISTS prompts_by_time AS prompts_state_v1
ENGINE = AggregatingMergeTree
ORDER BY (project_id, toStartOfHour(UUIDv7ToDateTime(prompt_id, 'UTC')), prompt_id)
SETTINGS non_replicated_deduplication_window = 1000;

ALTER TABLE prompts_by_time ADD INDEX IF NOT EXISTS day_range toDate(coalesce(shown_at, accepted_at, dismissed_at)) TYPE minmax;

INSERT INTO prompts_by_time SELECT * FROM prompts_state_v1;

EXCHANGE TABLES prompts_by_time AND prompts_state_v1;

DROP TABLE prompts_by_time;

CREATE TABLE IF NOT EXISTS signins_by_time AS signins_state_v1
ENGINE = AggregatingMergeTree
ORDER BY (project_id, toStartOfHour(UUIDv7ToDateTime(event_id, 'UTC')), event_id)
SETTINGS non_replicated_deduplication_window = 1000;

ALTER TABLE signins_by_time ADD INDEX IF NOT EXISTS day_range toDate(occurred_at) TYPE minmax;

INSERT INTO signins_by_time SELECT * FROM signins_state_v1;

EXCHANGE TABLES signins_by_time AND signins_state_v1;

DROP TABLE signins_by_time;

-- Which ceremonies are a user's: what a ceremony's page shows beside it is a lookup, not a search through all ceremonies.
-- Whoever an event names is here; whose a ceremony is in the end, its own row says.
CREATE TABLE IF NOT EXISTS user_ceremonies_state_v1
(
    project_id  LowCardinality(String),
    user_hash   UInt64,
    ceremony_id UUID,
    synthetic   SimpleAggregateFunction(max, Bool)
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, user_hash, toStartOfHour(UUIDv7ToDateTime(ceremony_id, 'UTC')), ceremony_id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS user_ceremonies_state_mv_v1 TO user_ceremonies_state_v1 AS
SELECT e.project_id AS project_id, e.user_hash AS user_hash, e.ceremony_id AS ceremony_id, max(e.synthetic) AS synthetic
FROM events_raw_v1 AS e
WHERE e.user_hash != 0 AND e.event_type IN ('ceremony.started', 'ceremony.finished', 'ceremony.verdict')
GROUP BY e.project_id, e.user_hash, e.ceremony_id;

INSERT INTO user_ceremonies_state_v1
SELECT project_id, user_hash, ceremony_id, max(synthetic)
FROM events_raw_v1
WHERE user_hash != 0 AND event_type IN ('ceremony.started', 'ceremony.finished', 'ceremony.verdict')
GROUP BY project_id, user_hash, ceremony_id;
