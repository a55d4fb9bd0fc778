-- How ceremonies of a day ended, to the letter of the error, and in which release: since when a failure is there, whether it is back, and when
-- a release first appeared. The pages of failures read every ceremony there is for it, 9 s of a processor at ten million. Remade by whole
-- days like the other rollups.
CREATE TABLE IF NOT EXISTS daily_endings_state_v1
(
    project_id         LowCardinality(String),
    day                Date COMMENT 'Of the project''s zone',
    release            LowCardinality(String),
    outcome            LowCardinality(String),
    cause              LowCardinality(String),
    error_name         LowCardinality(String),
    error_signature    LowCardinality(String),
    error_code         LowCardinality(String),
    synthetic          Bool,
    test_authenticator Bool COMMENT 'By the ceremony''s own AAGUID, or by its passkey''s registration',
    generation         UInt64,
    slot               UInt8,
    ceremonies         UInt64,
    first_at           DateTime64(3, 'UTC') COMMENT 'When the first of them began',
    last_at            DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY (project_id, outcome, cause, error_name, error_signature, error_code, release, day, synthetic, test_authenticator, slot);

CREATE VIEW IF NOT EXISTS daily_endings_v1 AS
SELECT * EXCEPT (generation, slot)
FROM daily_endings_state_v1
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
        AND made >= (SELECT max(toUnixTimestamp64Milli(applied_at)) FROM migrations_applied_v1 WHERE number = 250) AS current
FROM daily_generations_v1
GROUP BY project_id, day;
