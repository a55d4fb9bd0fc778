-- The daily rollup: what happened how often, and by which users (exact sets, so that distinct users of any period and filter are true).
-- A day is remade as a whole from the tables above whenever a part of it changed (collector/store/refresh-daily-activity.ts),
-- under a rising generation; readers take each day's newest generation, so a row that a late verdict emptied is gone too.
-- `activity` and `detail`:
--   seen, eligible (passkey-capable)                         detail ''
--   prompt_shown, prompt_accepted, prompt_dismissed          detail: purpose
--   registration, authentication (user-driven)               detail: outcome
--   registration_verified, authentication_verified           detail ''
--   automatic_registration, untouched                        detail: outcome / ceremony type
--   signin                                                   detail: method   (succeeded, any method but passkey)
--   fallback                                                 detail: reason
CREATE TABLE IF NOT EXISTS daily_activity_state_v1
(
    project_id       LowCardinality(String),
    day              Date,
    activity         LowCardinality(String),
    detail           LowCardinality(String),
    application      LowCardinality(String),
    environment      LowCardinality(String),
    release          LowCardinality(String),
    os_name          LowCardinality(String),
    browser_name     LowCardinality(String),
    client_ecosystem LowCardinality(String),
    synthetic        Bool,
    generation       UInt64 COMMENT 'Milliseconds since the epoch when the day was remade',
    occurrences      UInt64,
    users            AggregateFunction(uniqExact, UInt64)
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY (project_id, day, activity, detail, application, environment, release, os_name, browser_name, client_ecosystem, synthetic);

CREATE TABLE IF NOT EXISTS daily_generations_v1
(
    project_id LowCardinality(String),
    day        Date,
    generation SimpleAggregateFunction(max, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, day);

CREATE VIEW IF NOT EXISTS daily_activity_v1 AS
SELECT * EXCEPT (generation)
FROM daily_activity_state_v1
WHERE (project_id, day, generation) IN (SELECT project_id, day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);
