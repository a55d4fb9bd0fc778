-- Which browser and which release of the site an act of a passkey belongs to, so that funnels and coverage can be narrowed to either.
-- The collector remakes the days made before, as of each migration that changes the rollups; until then they pass no such filter.
ALTER TABLE passkey_acts_state_v1
    ADD COLUMN IF NOT EXISTS browser_name LowCardinality(String) AFTER os_name,
    ADD COLUMN IF NOT EXISTS release LowCardinality(String) AFTER application;

CREATE OR REPLACE VIEW passkey_acts_v1 AS
SELECT * EXCEPT (generation), coalesce(started_at, finished_at, verdict_at) AS occurred_at
FROM passkey_acts_state_v1
WHERE (project_id, day, generation) IN (SELECT project_id, day, max(generation) FROM daily_generations_v1 GROUP BY project_id, day);

CREATE OR REPLACE VIEW rollup_days_v1 AS
SELECT
    project_id,
    day,
    max(generation) AS made,
    made >= (SELECT max(toUnixTimestamp64Milli(applied_at)) FROM migrations_applied_v1 WHERE number = 120) AS current
FROM daily_generations_v1
GROUP BY project_id, day;
