-- The state of each user, from every event that names one. Credentials are counted from the ledger, not here.
CREATE TABLE IF NOT EXISTS users_state_v1
(
    project_id         LowCardinality(String),
    user_hash          UInt64,
    first_seen_at      SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_seen_at       SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    first_passkey_at   SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First verified registration or passkey sign-in',
    last_passkey_signin_at SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))),
    last_other_signin_at   SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))),
    last_password_signin_at SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))),
    last_offered_at    SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))),
    os_names           SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    client_ecosystems  SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    passkey_capable    SimpleAggregateFunction(max, Nullable(Bool)),
    synced_capable     SimpleAggregateFunction(max, Nullable(Bool)),
    synthetic          SimpleAggregateFunction(max, Bool)
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, user_hash)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS users_state_mv_v1 TO users_state_v1 AS
SELECT
    e.project_id AS project_id,
    e.user_hash AS user_hash,
    min(e.occurred_at) AS first_seen_at,
    max(e.occurred_at) AS last_seen_at,
    minIf(toNullable(e.occurred_at), e.event_type = 'ceremony.verdict' AND e.verified = true) AS first_passkey_at,
    maxIf(toNullable(e.occurred_at), e.event_type = 'ceremony.verdict' AND e.verified = true
        AND e.ceremony_type = 'authentication') AS last_passkey_signin_at,
    maxIf(toNullable(e.occurred_at), e.event_type = 'signin.finished' AND e.client_outcome = 'succeeded'
        AND e.signin_method != 'passkey') AS last_other_signin_at,
    maxIf(toNullable(e.occurred_at), e.event_type = 'signin.finished' AND e.client_outcome = 'succeeded'
        AND e.signin_method = 'password') AS last_password_signin_at,
    maxIf(toNullable(e.occurred_at), e.event_type = 'prompt.shown') AS last_offered_at,
    groupUniqArrayIf(e.os_name, e.os_name != '' AND e.event_type != 'ceremony.verdict') AS os_names,
    groupUniqArrayIf(e.client_ecosystem, e.client_ecosystem != '' AND e.event_type != 'ceremony.verdict') AS client_ecosystems,
    max(e.passkey_capable) AS passkey_capable,
    max(e.synced_capable) AS synced_capable,
    max(e.synthetic) AS synthetic
FROM events_raw_v1 AS e
WHERE e.user_hash != 0
GROUP BY e.project_id, e.user_hash;

CREATE VIEW IF NOT EXISTS users_v1 AS
SELECT * EXCEPT (os_names, client_ecosystems), arraySort(os_names) AS os_names, arraySort(client_ecosystems) AS client_ecosystems
FROM users_state_v1 FINAL;
