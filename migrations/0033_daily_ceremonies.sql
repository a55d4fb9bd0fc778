-- Ceremonies by the day they began, counted under everything that pages tell them apart by: the Overview's rates and times and the list's
-- counts are sums of these rows, however many ceremonies there are. Remade by whole days beside the daily activity, under the same generation.
CREATE TABLE IF NOT EXISTS daily_ceremonies_state_v1
(
    project_id         LowCardinality(String),
    day                Date,
    application        LowCardinality(String),
    environment        LowCardinality(String),
    release            LowCardinality(String),
    os_name            LowCardinality(String),
    browser_name       LowCardinality(String),
    client_ecosystem   LowCardinality(String),
    country            LowCardinality(String),
    provider           LowCardinality(String) COMMENT 'Claimed at registration; of sign-ins empty',
    synthetic          Bool,
    test_authenticator Bool COMMENT 'By the ceremony''s own AAGUID',
    ceremony_type      LowCardinality(String),
    mediation          LowCardinality(String),
    outcome            LowCardinality(String),
    cause              LowCardinality(String),
    automatic          Bool,
    user_driven        Bool,
    generation         UInt64 COMMENT 'Milliseconds since the epoch when the day was remade',
    ceremonies         UInt64,
    completed          UInt64 COMMENT 'The page got a response',
    decided            UInt64 COMMENT 'The server sent a verdict',
    verified           UInt64 COMMENT 'The server accepted it',
    completed_decided  UInt64,
    decided_seen       UInt64 COMMENT 'Decided, and the page told of it too',
    overdue            UInt64 COMMENT 'Started by a user, not by autofill, and without an end within five minutes',
    cross_device       UInt64 COMMENT 'Started by a user, on to another device as far as can be known',
    cross_device_hinted UInt64 COMMENT 'Of these: the site asked for another device',
    cross_device_succeeded UInt64 COMMENT 'Of these: signed there, and succeeded',
    timed              UInt64 COMMENT 'Values in times',
    times              AggregateFunction(quantilesExact(0.5, 0.75, 0.95), UInt32) COMMENT 'elapsed_ms of successful sign-ins that a user started; autofill left out'
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY (project_id, day, ceremony_type, outcome, mediation, cause, automatic, user_driven, os_name, client_ecosystem, application,
    browser_name, environment, release, country, provider, synthetic, test_authenticator);

CREATE VIEW IF NOT EXISTS daily_ceremonies_v1 AS
SELECT * EXCEPT (generation)
FROM daily_ceremonies_state_v1
WHERE (project_id, day, generation) IN (SELECT project_id, day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

-- Days rolled up before have none of these yet; forgetting when they were remade makes the collector remake them when it starts.
TRUNCATE TABLE daily_generations_v1;
