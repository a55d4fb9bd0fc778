-- What happened how often and to whom, by the hour and by the day, now also by country, by the provider of the passkey, by whether it was
-- a virtual authenticator's, and by the tags a project chose. A ceremony's provider and its authenticator are those of its credential:
-- a sign-in does not tell them itself, the ledger does. The activities are those of migrations/0006.
CREATE TABLE IF NOT EXISTS hourly_activity_state_v1
(
    project_id         LowCardinality(String),
    day                Date COMMENT 'UTC, of the hour',
    hour               DateTime('UTC'),
    activity           LowCardinality(String),
    detail             LowCardinality(String),
    application        LowCardinality(String),
    environment        LowCardinality(String),
    release            LowCardinality(String),
    os_name            LowCardinality(String),
    browser_name       LowCardinality(String),
    client_ecosystem   LowCardinality(String),
    country            LowCardinality(String),
    provider           LowCardinality(String) COMMENT 'Of the passkey; empty when unknown, and of what is not a ceremony',
    tags               Array(LowCardinality(String)) COMMENT 'name=value, of the tags the project chose, in the order of names',
    synthetic          Bool,
    test_authenticator Bool COMMENT 'The passkey is a virtual authenticator''s; false of what is not a ceremony',
    generation         UInt64 COMMENT 'Milliseconds since the epoch when the day was remade',
    occurrences        UInt64,
    users              AggregateFunction(uniqExact, UInt64)
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY (project_id, day, hour, activity, detail, application, environment, release, os_name, browser_name, client_ecosystem, country,
    provider, tags, synthetic, test_authenticator);

CREATE TABLE IF NOT EXISTS daily_activity_state_v2
(
    project_id         LowCardinality(String),
    day                Date,
    activity           LowCardinality(String),
    detail             LowCardinality(String),
    application        LowCardinality(String),
    environment        LowCardinality(String),
    release            LowCardinality(String),
    os_name            LowCardinality(String),
    browser_name       LowCardinality(String),
    client_ecosystem   LowCardinality(String),
    country            LowCardinality(String),
    provider           LowCardinality(String),
    tags               Array(LowCardinality(String)),
    synthetic          Bool,
    test_authenticator Bool,
    generation         UInt64,
    occurrences        UInt64,
    users              AggregateFunction(uniqExact, UInt64)
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY (project_id, day, activity, detail, application, environment, release, os_name, browser_name, client_ecosystem, country,
    provider, tags, synthetic, test_authenticator);

-- The ceremonies that funnels and coverage are made of, as they stand, one narrow row each: registrations that name a user, an offer or a
-- credential, and sign-ins that a credential answered. Most ceremonies are neither, and the table of all of them has ninety columns
-- and must merge as it is read. Registrations lie together.
CREATE TABLE IF NOT EXISTS passkey_acts_state_v1
(
    project_id         LowCardinality(String),
    ceremony_type      LowCardinality(String),
    day                Date,
    ceremony_id        UUID,
    user_hash          UInt64,
    credential_hash    UInt64,
    prompt_id          UUID,
    started_at         Nullable(DateTime64(3, 'UTC')),
    finished_at        Nullable(DateTime64(3, 'UTC')),
    verdict_at         Nullable(DateTime64(3, 'UTC')),
    outcome            LowCardinality(String),
    client_outcome     LowCardinality(String),
    verified           Nullable(Bool),
    automatic          Bool,
    user_driven        Bool,
    cause              LowCardinality(String),
    backup_eligible    Nullable(Bool),
    cross_device       Nullable(Bool),
    application        LowCardinality(String),
    os_name            LowCardinality(String),
    client_ecosystem   LowCardinality(String),
    country            LowCardinality(String),
    synthetic          Bool,
    test_authenticator Bool,
    generation         UInt64
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY (project_id, ceremony_type, day, ceremony_id);

-- Which of a project's tags the rollups tell apart: more would multiply their rows. The newest choice counts.
CREATE TABLE IF NOT EXISTS rolled_up_tags_v1
(
    project_id LowCardinality(String),
    tags       Array(String) COMMENT 'Names, in their order',
    chosen_at  DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(chosen_at)
ORDER BY project_id;

CREATE VIEW IF NOT EXISTS hourly_activity_v1 AS
SELECT * EXCEPT (generation)
FROM hourly_activity_state_v1
WHERE (project_id, day, generation) IN (SELECT project_id, day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

CREATE OR REPLACE VIEW daily_activity_v1 AS
SELECT * EXCEPT (generation)
FROM daily_activity_state_v2
WHERE (project_id, day, generation) IN (SELECT project_id, day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

CREATE VIEW IF NOT EXISTS passkey_acts_v1 AS
SELECT * EXCEPT (generation), coalesce(started_at, finished_at, verdict_at) AS occurred_at
FROM passkey_acts_state_v1
WHERE (project_id, day, generation) IN (SELECT project_id, day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

DROP TABLE IF EXISTS daily_activity_state_v1;

-- Days rolled up before have none of these: the collector remakes those whose number is older than this migration, the newest first.
