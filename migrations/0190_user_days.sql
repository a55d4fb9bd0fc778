-- Who was seen on which day, on what client, and what that client could do: what funnels, stranded users and counts of users ask. Visits must merge
-- as they are read and lie in the order of time; of a hundred million of them that took half a minute. Here a user's narrow rows lie together,
-- so that their days are put together while they are read, without sets.
CREATE TABLE IF NOT EXISTS user_days_state_v1
(
    project_id       LowCardinality(String),
    day              Date COMMENT 'Of the project''s zone',
    user_hash        UInt64,
    application      LowCardinality(String),
    release          LowCardinality(String),
    os_name          LowCardinality(String),
    browser_name     LowCardinality(String),
    client_ecosystem LowCardinality(String),
    country          LowCardinality(String),
    synthetic        Bool,
    passkey_capable  Enum8('' = 0, 'no' = 1, 'yes' = 2) COMMENT 'The best that a visit of the day told; empty: none did',
    synced_capable   Enum8('' = 0, 'no' = 1, 'yes' = 2) COMMENT 'The same of synced passkeys',
    capable_from     Nullable(DateTime64(3, 'UTC')) COMMENT 'Beginning of the first visit that can use passkeys; NULL: none',
    capable_until    Nullable(DateTime64(3, 'UTC')) COMMENT 'End of the last of them',
    generation       UInt64,
    slot             UInt8
)
ENGINE = ReplacingMergeTree(generation)
PARTITION BY toYYYYMM(day)
ORDER BY (project_id, user_hash, day, client_ecosystem, os_name, browser_name, application, release, country, synthetic, slot);

-- A row counts where its generation is its day's newest. No two remakings share a number (collector/store/generations.ts), so the project need
-- not be looked up with it: two numbers are found at once, while with a word beside them each row took longer to look up than to read.
CREATE VIEW IF NOT EXISTS user_days_v1 AS
SELECT * EXCEPT (generation, slot)
FROM user_days_state_v1
WHERE (day, generation) IN (SELECT day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

CREATE OR REPLACE VIEW hourly_activity_v1 AS
SELECT * EXCEPT (generation, slot)
FROM hourly_activity_state_v1
WHERE (day, generation) IN (SELECT day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

CREATE OR REPLACE VIEW daily_activity_v1 AS
SELECT * EXCEPT (generation, slot)
FROM daily_activity_state_v2
WHERE (day, generation) IN (SELECT day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

CREATE OR REPLACE VIEW daily_ceremonies_v1 AS
SELECT * EXCEPT (generation, slot)
FROM daily_ceremonies_state_v1
WHERE (day, generation) IN (SELECT day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

CREATE OR REPLACE VIEW passkey_acts_v1 AS
SELECT * EXCEPT (generation, slot), coalesce(started_at, finished_at, verdict_at) AS occurred_at
FROM passkey_acts_state_v1
WHERE (day, generation) IN (SELECT day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

-- Days rolled up before have none of these: the collector remakes them, the newest first.
CREATE OR REPLACE VIEW rollup_days_v1 AS
SELECT
    project_id,
    day,
    max(generation) AS newest,
    if(newest < bitShiftLeft(toUInt64(1), 50), newest, bitShiftRight(newest, 20)) AS made,
    made >= (
        SELECT mapFromArrays(groupArray(project), groupArray(chosen))
        FROM (
            SELECT toString(project_id) AS project, max(toUnixTimestamp64Milli(chosen_at)) AS chosen
            FROM project_zones_v1
            GROUP BY project_id
        )
    )[toString(project_id)] AS by_zone,
    by_zone
        AND made >= (SELECT max(toUnixTimestamp64Milli(applied_at)) FROM migrations_applied_v1 WHERE number = 190) AS current
FROM daily_generations_v1
GROUP BY project_id, day;
