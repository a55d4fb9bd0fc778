-- Whose days a project's figures are counted by: its time zone. The newest choice counts; who is missing here counts by UTC. In the
-- rollups `day` is the day of that zone; `hour` stays an hour of UTC, and one that a local midnight divides stands under both days.
CREATE TABLE IF NOT EXISTS project_zones_v1
(
    project_id LowCardinality(String),
    zone       String COMMENT 'IANA name',
    chosen_at  DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(chosen_at)
ORDER BY project_id;

-- A day made before its project's zone was chosen tells of another day: the collector remakes it, the newest first, as after an upgrade.
CREATE OR REPLACE VIEW rollup_days_v1 AS
SELECT
    project_id,
    day,
    max(generation) AS made,
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
