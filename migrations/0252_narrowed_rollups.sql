-- Pages are narrowed to an environment, and to a value of a tag: the rollups that they read tell both apart. Tags are those that the project
-- chose, as in the rollups of activity: a project that chose none and has one environment keeps as many rows as before.
ALTER TABLE user_days_state_v1
    ADD COLUMN IF NOT EXISTS environment LowCardinality(String) AFTER application,
    ADD COLUMN IF NOT EXISTS tags Array(LowCardinality(String)) COMMENT 'name=value, of the tags the project chose, in the order of names' AFTER country,
    MODIFY ORDER BY (project_id, user_hash, day, client_ecosystem, os_name, browser_name, application, release, country, synthetic, slot,
        environment, tags);

ALTER TABLE daily_ceremonies_state_v1
    ADD COLUMN IF NOT EXISTS tags Array(LowCardinality(String)) COMMENT 'name=value, of the tags the project chose, in the order of names' AFTER provider,
    MODIFY ORDER BY (project_id, day, ceremony_type, outcome, mediation, cause, automatic, user_driven, os_name, client_ecosystem, application,
        browser_name, environment, release, country, provider, synthetic, test_authenticator, slot, tags);

ALTER TABLE passkey_acts_state_v1
    ADD COLUMN IF NOT EXISTS environment LowCardinality(String) AFTER application,
    ADD COLUMN IF NOT EXISTS tags Array(LowCardinality(String)) COMMENT 'name=value, of the tags the project chose, in the order of names' AFTER country;

-- Their columns are fixed when a view is made.
CREATE OR REPLACE VIEW user_days_v1 AS
SELECT * EXCEPT (generation, slot)
FROM user_days_state_v1
WHERE (day, generation) IN (SELECT day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

CREATE OR REPLACE VIEW daily_ceremonies_v1 AS
SELECT * EXCEPT (generation, slot)
FROM daily_ceremonies_state_v1
WHERE (day, generation) IN (SELECT day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

CREATE OR REPLACE VIEW passkey_acts_v1 AS
SELECT * EXCEPT (generation, slot), coalesce(started_at, finished_at, verdict_at) AS occurred_at
FROM passkey_acts_state_v1
WHERE (day, generation) IN (SELECT day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

-- Days rolled up before have none of these: the collector remakes them, the newest first; until then they pass no such filter.
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
        AND made >= (SELECT max(toUnixTimestamp64Milli(applied_at)) FROM migrations_applied_v1 WHERE number = 252) AS current
FROM daily_generations_v1
GROUP BY project_id, day;
