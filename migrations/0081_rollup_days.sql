-- Which days of the rollups are as this version makes them. A day made before migration 0080 has no rows in its tables: the collector
-- remakes it, the newest first, and pages say how many are left.
CREATE VIEW IF NOT EXISTS rollup_days_v1 AS
SELECT
    project_id,
    day,
    max(generation) AS made,
    made >= (SELECT max(toUnixTimestamp64Milli(applied_at)) FROM migrations_applied_v1 WHERE number = 80) AS current
FROM daily_generations_v1
GROUP BY project_id, day;
