-- From which day on a project's raw events, and what was made from them, are whole: retention moves these days on before it deletes,
-- and never back. A day before `raw_from` can no longer be remade from raw events; one before `derived_from` is gone for good.
CREATE TABLE IF NOT EXISTS retention_horizons_v1
(
    project_id   LowCardinality(String),
    raw_from     SimpleAggregateFunction(max, Date),
    derived_from SimpleAggregateFunction(max, Date)
)
ENGINE = AggregatingMergeTree
ORDER BY project_id;
