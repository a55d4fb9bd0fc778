-- Which tags a user's events carried, and from when to when: whom a policy's rule is about, now and on any past day.
-- One row for each value a tag had. A tag whose value changes each time makes as many rows here as it makes raw events, never more.
CREATE TABLE IF NOT EXISTS user_tags_state_v1
(
    project_id LowCardinality(String),
    user_hash  UInt64,
    tag        String COMMENT 'name=value',
    first_at   SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_at    SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, user_hash, tag)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS user_tags_state_mv_v1 TO user_tags_state_v1 AS
SELECT
    e.project_id AS project_id,
    e.user_hash AS user_hash,
    arrayJoin(arrayMap((name, given) -> concat(toString(name), '=', given), mapKeys(e.tags), mapValues(e.tags))) AS tag,
    min(e.occurred_at) AS first_at,
    max(e.occurred_at) AS last_at
FROM events_raw_v1 AS e
WHERE e.user_hash != 0 AND notEmpty(e.tags)
GROUP BY project_id, user_hash, tag;

-- What was taken before this migration. A row that the view above writes meanwhile merges with it to the same.
INSERT INTO user_tags_state_v1
SELECT
    e.project_id AS project_id,
    e.user_hash AS user_hash,
    arrayJoin(arrayMap((name, given) -> concat(toString(name), '=', given), mapKeys(e.tags), mapValues(e.tags))) AS tag,
    min(e.occurred_at) AS first_at,
    max(e.occurred_at) AS last_at
FROM events_raw_v1 AS e
WHERE e.user_hash != 0 AND notEmpty(e.tags)
GROUP BY project_id, user_hash, tag;

CREATE VIEW IF NOT EXISTS user_tags_v1 AS
SELECT *, substring(tag, 1, position(tag, '=') - 1) AS name
FROM user_tags_state_v1 FINAL;
