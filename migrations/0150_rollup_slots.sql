-- The rows of a day that is being remade and those that readers still see lie in different slots, by turns: before, a merge could
-- replace the old by the new before the new were published, and the day read empty for that moment. A generation also tells two
-- collectors apart that remake a day in the same millisecond: milliseconds, then 20 bits, of which the lowest is the slot. Rows of
-- before lie in slot 0, under bare milliseconds.
ALTER TABLE hourly_activity_state_v1
    ADD COLUMN IF NOT EXISTS slot UInt8 AFTER generation,
    MODIFY ORDER BY (project_id, day, hour, activity, detail, application, environment, release, os_name, browser_name, client_ecosystem, country,
        provider, tags, synthetic, test_authenticator, slot);
ALTER TABLE daily_activity_state_v2
    ADD COLUMN IF NOT EXISTS slot UInt8 AFTER generation,
    MODIFY ORDER BY (project_id, day, activity, detail, application, environment, release, os_name, browser_name, client_ecosystem, country,
        provider, tags, synthetic, test_authenticator, slot);
ALTER TABLE daily_ceremonies_state_v1
    ADD COLUMN IF NOT EXISTS slot UInt8 AFTER generation,
    MODIFY ORDER BY (project_id, day, ceremony_type, outcome, mediation, cause, automatic, user_driven, os_name, client_ecosystem, application,
        browser_name, environment, release, country, provider, synthetic, test_authenticator, slot);
ALTER TABLE passkey_acts_state_v1
    ADD COLUMN IF NOT EXISTS slot UInt8 AFTER generation,
    MODIFY ORDER BY (project_id, ceremony_type, day, ceremony_id, slot);

CREATE OR REPLACE VIEW hourly_activity_v1 AS
SELECT * EXCEPT (generation, slot)
FROM hourly_activity_state_v1
WHERE (project_id, day, generation) IN (SELECT project_id, day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

CREATE OR REPLACE VIEW daily_activity_v1 AS
SELECT * EXCEPT (generation, slot)
FROM daily_activity_state_v2
WHERE (project_id, day, generation) IN (SELECT project_id, day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

CREATE OR REPLACE VIEW daily_ceremonies_v1 AS
SELECT * EXCEPT (generation, slot)
FROM daily_ceremonies_state_v1
WHERE (project_id, day, generation) IN (SELECT project_id, day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

CREATE OR REPLACE VIEW passkey_acts_v1 AS
SELECT * EXCEPT (generation, slot), coalesce(started_at, finished_at, verdict_at) AS occurred_at
FROM passkey_acts_state_v1
WHERE (project_id, day, generation) IN (SELECT project_id, day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

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
        AND made >= (SELECT max(toUnixTimestamp64Milli(applied_at)) FROM migrations_applied_v1 WHERE number = 120) AS current
FROM daily_generations_v1
GROUP BY project_id, day;
