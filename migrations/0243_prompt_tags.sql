-- The tags that a prompt's own events carried: prompts told apart by a tag read those events again, of the whole period.
ALTER TABLE prompts_state_v1
    ADD COLUMN IF NOT EXISTS tags SimpleAggregateFunction(groupUniqArrayArray, Array(String)) COMMENT 'name=value';

ALTER TABLE prompts_state_mv_v1 MODIFY QUERY
SELECT
    e.project_id AS project_id,
    e.prompt_id AS prompt_id,
    minIf(toNullable(e.occurred_at), e.event_type = 'prompt.shown') AS shown_at,
    minIf(toNullable(e.occurred_at), e.event_type = 'prompt.accepted') AS accepted_at,
    minIf(toNullable(e.occurred_at), e.event_type = 'prompt.dismissed') AS dismissed_at,
    max(e.session_id) AS session_id,
    max(e.flow_id) AS flow_id,
    max(e.user_hash) AS user_hash,
    max(e.prompt_purpose) AS purpose,
    max(e.prompt_mode) AS mode,
    max(e.prompt_showing) AS showing,
    max(e.prompt_placement) AS placement,
    max(e.application) AS application,
    max(e.environment) AS environment,
    max(e.release) AS release,
    max(e.os_name) AS os_name,
    max(e.browser_name) AS browser_name,
    max(e.client_ecosystem) AS client_ecosystem,
    max(e.country) AS country,
    max(e.synthetic) AS synthetic,
    groupUniqArrayArray(arrayMap((name, given) -> concat(toString(name), '=', given), mapKeys(e.tags), mapValues(e.tags))) AS tags
FROM events_raw_v1 AS e
WHERE e.event_type IN ('prompt.shown', 'prompt.accepted', 'prompt.dismissed')
GROUP BY e.project_id, e.prompt_id;

-- What was taken before this migration: only the new column; minima and maxima of the others stay what they are.
INSERT INTO prompts_state_v1 (project_id, prompt_id, tags)
SELECT
    e.project_id, e.prompt_id,
    groupUniqArrayArray(arrayMap((name, given) -> concat(toString(name), '=', given), mapKeys(e.tags), mapValues(e.tags)))
FROM events_raw_v1 AS e
WHERE e.event_type IN ('prompt.shown', 'prompt.accepted', 'prompt.dismissed') AND notEmpty(e.tags)
GROUP BY e.project_id, e.prompt_id;

CREATE OR REPLACE VIEW prompts_v1 AS
SELECT * EXCEPT (tags), arraySort(tags) AS tags, coalesce(shown_at, accepted_at, dismissed_at) AS occurred_at, toDate(occurred_at) AS day
FROM prompts_state_v1 FINAL;
