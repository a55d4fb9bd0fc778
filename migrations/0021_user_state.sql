-- The state of a user: by which method they last signed in, how many offers they saw, and what their credentials amount to.
-- Two columns more for what every event of a user tells; the rest is read from the ledger when it is asked for.
ALTER TABLE users_state_v1
    ADD COLUMN IF NOT EXISTS last_signin_by_method SimpleAggregateFunction(maxMap, Map(String, DateTime64(3, 'UTC'))) COMMENT 'Newest successful sign-in of each method; passkey: as the server verified it',
    ADD COLUMN IF NOT EXISTS prompts_seen AggregateFunction(uniqExact, UUID) COMMENT 'Creation prompts shown, each once';

ALTER TABLE users_state_mv_v1 MODIFY QUERY
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
    max(e.synthetic) AS synthetic,
    maxMap(multiIf(
        e.event_type = 'ceremony.verdict' AND ifNull(e.verified, false) AND e.ceremony_type = 'authentication', map('passkey', e.occurred_at),
        e.event_type = 'signin.finished' AND e.client_outcome = 'succeeded' AND e.signin_method != 'passkey', map(toString(e.signin_method), e.occurred_at),
        CAST(map(), 'Map(String, DateTime64(3, \'UTC\'))'))) AS last_signin_by_method,
    uniqExactStateIf(e.prompt_id, e.event_type = 'prompt.shown' AND e.prompt_purpose IN ('enroll', 'upgrade')) AS prompts_seen
FROM events_raw_v1 AS e
WHERE e.user_hash != 0
GROUP BY e.project_id, e.user_hash;

-- What was taken before this migration: only the two new columns; minima and maxima of the others stay what they are.
INSERT INTO users_state_v1 (project_id, user_hash, first_seen_at, last_seen_at, last_signin_by_method, prompts_seen)
SELECT
    e.project_id, e.user_hash, min(e.occurred_at), max(e.occurred_at),
    maxMap(multiIf(
        e.event_type = 'ceremony.verdict' AND ifNull(e.verified, false) AND e.ceremony_type = 'authentication', map('passkey', e.occurred_at),
        e.event_type = 'signin.finished' AND e.client_outcome = 'succeeded' AND e.signin_method != 'passkey', map(toString(e.signin_method), e.occurred_at),
        CAST(map(), 'Map(String, DateTime64(3, \'UTC\'))'))),
    uniqExactStateIf(e.prompt_id, e.event_type = 'prompt.shown' AND e.prompt_purpose IN ('enroll', 'upgrade'))
FROM events_raw_v1 AS e
WHERE e.user_hash != 0
GROUP BY e.project_id, e.user_hash;

CREATE OR REPLACE VIEW users_v1 AS
SELECT
    * EXCEPT (os_names, client_ecosystems, prompts_seen),
    arraySort(os_names) AS os_names, arraySort(client_ecosystems) AS client_ecosystems,
    finalizeAggregation(prompts_seen) AS prompts_seen
FROM users_state_v1 FINAL;

-- What a user holds now, from the ledger: usable credentials alone, as sync coverage counts them.
--   reach         ecosystems with a usable credential: 0, 1, 2 and more. An unknown one may be one already counted: it adds none.
--   lockout_risk  one usable credential in all, and it is device-bound
--   removal_ready two usable credentials or a backed-up one, and a sign-in with one of them in the last 60 days
CREATE VIEW IF NOT EXISTS user_state_v1 AS
SELECT
    u.project_id AS project_id, u.user_hash AS user_hash, u.first_seen_at AS first_seen_at, u.last_seen_at AS last_seen_at,
    u.last_signin_by_method AS last_signin_by_method, u.prompts_seen AS prompts_seen, u.last_offered_at AS last_offered_at,
    u.os_names AS os_names, u.synthetic AS synthetic, u.passkey_capable AS passkey_capable, u.synced_capable AS synced_capable,
    h.passkeys AS passkeys, h.synced AS synced, h.legacy_classes AS legacy_classes, h.ecosystems AS ecosystems,
    if(h.passkeys = 0, 0, greatest(1, length(arrayFilter(one -> one != 'unknown', h.ecosystems)))) AS reach,
    h.passkeys = 1 AND h.device_bound = 1 AS lockout_risk,
    (h.passkeys >= 2 OR h.synced > 0) AND ifNull(h.last_used_at > now64(3) - INTERVAL 60 DAY, false) AS removal_ready,
    h.last_used_at AS last_passkey_use_at
FROM users_v1 AS u
LEFT JOIN
(
    SELECT
        project_id, user_hash,
        count() AS passkeys,
        countIf(sync_state = 'synced') AS synced,
        countIf(sync_state = 'device_bound') AS device_bound,
        arraySort(groupUniqArrayIf(credential_legacy_class, credential_legacy_class != '')) AS legacy_classes,
        arraySort(groupUniqArray(credential_ecosystem)) AS ecosystems,
        max(last_used_at) AS last_used_at
    FROM credentials_v1
    WHERE user_hash != 0 AND status = 'active'
    GROUP BY project_id, user_hash
) AS h ON h.project_id = u.project_id AND h.user_hash = u.user_hash;
