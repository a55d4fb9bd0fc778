-- The site's own offers, each from shown to answered.
CREATE TABLE IF NOT EXISTS prompts_state_v1
(
    project_id       LowCardinality(String),
    prompt_id        UUID,
    shown_at         SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))),
    accepted_at      SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))),
    dismissed_at     SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))),
    session_id       SimpleAggregateFunction(max, UUID),
    flow_id          SimpleAggregateFunction(max, UUID),
    user_hash        SimpleAggregateFunction(max, UInt64),
    purpose          SimpleAggregateFunction(max, LowCardinality(String)),
    mode             SimpleAggregateFunction(max, LowCardinality(String)),
    showing          SimpleAggregateFunction(max, UInt16),
    placement        SimpleAggregateFunction(max, LowCardinality(String)),
    application      SimpleAggregateFunction(max, LowCardinality(String)),
    environment      SimpleAggregateFunction(max, LowCardinality(String)),
    release          SimpleAggregateFunction(max, LowCardinality(String)),
    os_name          SimpleAggregateFunction(max, LowCardinality(String)),
    browser_name     SimpleAggregateFunction(max, LowCardinality(String)),
    client_ecosystem SimpleAggregateFunction(max, LowCardinality(String)),
    synthetic        SimpleAggregateFunction(max, Bool)
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, prompt_id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS prompts_state_mv_v1 TO prompts_state_v1 AS
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
    max(e.synthetic) AS synthetic
FROM events_raw_v1 AS e
WHERE e.event_type IN ('prompt.shown', 'prompt.accepted', 'prompt.dismissed')
GROUP BY e.project_id, e.prompt_id;

CREATE VIEW IF NOT EXISTS prompts_v1 AS
SELECT *, coalesce(shown_at, accepted_at, dismissed_at) AS occurred_at, toDate(occurred_at) AS day
FROM prompts_state_v1 FINAL;

-- Visits: what the client of each session can do, and whose it turned out to be. Fed by every event a page sends.
CREATE TABLE IF NOT EXISTS sessions_state_v1
(
    project_id       LowCardinality(String),
    session_id       UUID,
    first_seen_at    SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_seen_at     SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    user_hash        SimpleAggregateFunction(max, UInt64),
    application      SimpleAggregateFunction(max, LowCardinality(String)),
    environment      SimpleAggregateFunction(max, LowCardinality(String)),
    release          SimpleAggregateFunction(max, LowCardinality(String)),
    os_name          SimpleAggregateFunction(max, LowCardinality(String)),
    os_version       SimpleAggregateFunction(max, LowCardinality(String)),
    browser_name     SimpleAggregateFunction(max, LowCardinality(String)),
    browser_version  SimpleAggregateFunction(max, LowCardinality(String)),
    client_ecosystem SimpleAggregateFunction(max, LowCardinality(String)),
    in_app_browser   SimpleAggregateFunction(max, Bool),
    synthetic        SimpleAggregateFunction(max, Bool),
    webauthn_supported     SimpleAggregateFunction(max, Nullable(Bool)),
    platform_authenticator SimpleAggregateFunction(max, Nullable(Bool)),
    conditional_mediation  SimpleAggregateFunction(max, Nullable(Bool)),
    passkey_capable        SimpleAggregateFunction(max, Nullable(Bool)),
    synced_capable         SimpleAggregateFunction(max, Nullable(Bool))
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, session_id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS sessions_state_mv_v1 TO sessions_state_v1 AS
SELECT
    e.project_id AS project_id,
    e.session_id AS session_id,
    min(e.occurred_at) AS first_seen_at,
    max(e.occurred_at) AS last_seen_at,
    max(e.user_hash) AS user_hash,
    max(e.application) AS application,
    max(e.environment) AS environment,
    max(e.release) AS release,
    max(e.os_name) AS os_name,
    max(e.os_version) AS os_version,
    max(e.browser_name) AS browser_name,
    max(e.browser_version) AS browser_version,
    max(e.client_ecosystem) AS client_ecosystem,
    max(e.in_app_browser) AS in_app_browser,
    max(e.synthetic) AS synthetic,
    max(e.webauthn_supported) AS webauthn_supported,
    max(e.platform_authenticator) AS platform_authenticator,
    max(e.conditional_mediation) AS conditional_mediation,
    max(e.passkey_capable) AS passkey_capable,
    max(e.synced_capable) AS synced_capable
FROM events_raw_v1 AS e
WHERE e.session_id != toUUID('00000000-0000-0000-0000-000000000000') AND e.event_type != 'ceremony.verdict'
GROUP BY e.project_id, e.session_id;

CREATE VIEW IF NOT EXISTS sessions_v1 AS
SELECT *, first_seen_at AS occurred_at, toDate(first_seen_at) AS day
FROM sessions_state_v1 FINAL;

-- Sign-ins by any method, as the site reported them; one row each by event id.
CREATE TABLE IF NOT EXISTS signins_state_v1
(
    project_id       LowCardinality(String),
    event_id         UUID,
    occurred_at      SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    session_id       SimpleAggregateFunction(max, UUID),
    flow_id          SimpleAggregateFunction(max, UUID),
    ceremony_id      SimpleAggregateFunction(max, UUID),
    user_hash        SimpleAggregateFunction(max, UInt64),
    method           SimpleAggregateFunction(max, LowCardinality(String)),
    outcome          SimpleAggregateFunction(max, LowCardinality(String)),
    fallback_reason  SimpleAggregateFunction(max, LowCardinality(String)),
    elapsed_ms       SimpleAggregateFunction(max, Nullable(UInt32)),
    application      SimpleAggregateFunction(max, LowCardinality(String)),
    environment      SimpleAggregateFunction(max, LowCardinality(String)),
    release          SimpleAggregateFunction(max, LowCardinality(String)),
    os_name          SimpleAggregateFunction(max, LowCardinality(String)),
    browser_name     SimpleAggregateFunction(max, LowCardinality(String)),
    client_ecosystem SimpleAggregateFunction(max, LowCardinality(String)),
    synthetic        SimpleAggregateFunction(max, Bool)
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, event_id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS signins_state_mv_v1 TO signins_state_v1 AS
SELECT
    e.project_id AS project_id,
    e.event_id AS event_id,
    min(e.occurred_at) AS occurred_at,
    max(e.session_id) AS session_id,
    max(e.flow_id) AS flow_id,
    max(e.ceremony_id) AS ceremony_id,
    max(e.user_hash) AS user_hash,
    max(e.signin_method) AS method,
    max(e.client_outcome) AS outcome,
    max(e.fallback_reason) AS fallback_reason,
    max(e.elapsed_ms) AS elapsed_ms,
    max(e.application) AS application,
    max(e.environment) AS environment,
    max(e.release) AS release,
    max(e.os_name) AS os_name,
    max(e.browser_name) AS browser_name,
    max(e.client_ecosystem) AS client_ecosystem,
    max(e.synthetic) AS synthetic
FROM events_raw_v1 AS e
WHERE e.event_type = 'signin.finished'
GROUP BY e.project_id, e.event_id;

CREATE VIEW IF NOT EXISTS signins_v1 AS
SELECT *, toDate(occurred_at) AS day
FROM signins_state_v1 FINAL;
