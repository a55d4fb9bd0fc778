-- The tags that the events of a ceremony, a visit and a sign-in carried, as prompts keep theirs: what is told apart by a tag, and what is
-- listed behind one of its values, read the raw events of the page's days. Of two values of one tag the greater is kept, so that neither
-- order nor repetition matters, and a tag takes one value's room in a row however many it had.
ALTER TABLE ceremonies_state_v1 ADD COLUMN IF NOT EXISTS tags SimpleAggregateFunction(maxMap, Map(String, String)) COMMENT 'Of two values of one tag the greater';

ALTER TABLE sessions_state_v1 ADD COLUMN IF NOT EXISTS tags SimpleAggregateFunction(maxMap, Map(String, String)) COMMENT 'Of two values of one tag the greater';

ALTER TABLE signins_state_v1 ADD COLUMN IF NOT EXISTS tags SimpleAggregateFunction(maxMap, Map(String, String)) COMMENT 'Of two values of one tag the greater';

ALTER TABLE ceremonies_state_mv_v1 MODIFY QUERY
SELECT
    e.project_id AS project_id,
    toStartOfHour(UUIDv7ToDateTime(e.ceremony_id, 'UTC')) AS ceremony_hour,
    e.ceremony_id AS ceremony_id,
    max(e.ceremony_type) AS ceremony_type,
    minIf(toNullable(e.occurred_at), e.event_type = 'ceremony.started') AS started_at,
    minIf(toNullable(e.occurred_at), e.event_type = 'ceremony.finished') AS finished_at,
    minIf(toNullable(e.occurred_at), e.event_type = 'ceremony.verdict') AS verdict_at,
    max(e.received_at) AS received_at,
    maxIf(toNullable(e.clock_skew_ms), e.event_type != 'ceremony.verdict') AS clock_skew_ms,
    max(e.session_id) AS session_id,
    max(e.flow_id) AS flow_id,
    max(e.prompt_id) AS prompt_id,
    max((toUInt8(multiIf(e.user_hash = 0, 0, e.event_type = 'ceremony.verdict', 2, 1)), e.user_hash)) AS owner,
    max(e.credential_hash) AS credential_hash,
    maxIf(e.application, e.event_type != 'ceremony.verdict') AS application,
    maxIf(e.environment, e.event_type != 'ceremony.verdict') AS environment,
    maxIf(e.release, e.event_type != 'ceremony.verdict') AS release,
    maxIf(e.sdk_version, e.event_type != 'ceremony.verdict') AS sdk_version,
    max(e.trace_id) AS trace_id,
    max(e.synthetic) AS synthetic,
    maxIf(e.os_name, e.event_type != 'ceremony.verdict') AS os_name,
    maxIf(e.os_version, e.event_type != 'ceremony.verdict') AS os_version,
    maxIf(e.browser_name, e.event_type != 'ceremony.verdict') AS browser_name,
    maxIf(e.browser_version, e.event_type != 'ceremony.verdict') AS browser_version,
    maxIf(e.device_type, e.event_type != 'ceremony.verdict') AS device_type,
    maxIf(e.in_app_browser, e.event_type != 'ceremony.verdict') AS in_app_browser,
    maxIf(e.client_ecosystem, e.event_type != 'ceremony.verdict') AS client_ecosystem,
    maxIf(e.country, e.event_type != 'ceremony.verdict') AS country,
    max(e.mediation) AS mediation,
    max(e.origin) AS origin,
    max(e.rp_id) AS rp_id,
    max(e.timeout_ms) AS timeout_ms,
    max(e.resident_key) AS resident_key,
    max(e.user_verification) AS user_verification,
    max(e.requested_attachment) AS requested_attachment,
    groupUniqArrayArray(e.hints) AS hints,
    max(e.attestation) AS attestation,
    max(e.allow_count) AS allow_count,
    groupUniqArrayArray(e.allow_transports) AS allow_transports,
    max(e.exclude_count) AS exclude_count,
    groupUniqArrayArray(e.exclude_transports) AS exclude_transports,
    max(e.client_outcome) AS client_outcome,
    max(e.elapsed_ms) AS elapsed_ms,
    max(e.focused_at_start) AS focused_at_start,
    max(e.blurred) AS blurred,
    max(e.blurred_after_ms) AS blurred_after_ms,
    max(e.hidden) AS hidden,
    max(e.user_activation) AS user_activation,
    max(e.signal_aborted) AS signal_aborted,
    max(e.api_replaced) AS api_replaced,
    max(e.page_left) AS page_left,
    max(e.error_name) AS error_name,
    max(e.error_signature) AS error_signature,
    max(e.error_code) AS error_code,
    max(e.authenticator_attachment) AS authenticator_attachment,
    groupUniqArrayArray(e.transports) AS transports,
    max(e.aaguid) AS aaguid,
    max(e.user_present) AS user_present,
    max(e.user_verified) AS user_verified,
    max(e.backup_eligible) AS backup_eligible,
    max(e.backup_state) AS backup_state,
    max(e.sign_count_zero) AS sign_count_zero,
    max(e.discoverable) AS discoverable,
    max(e.algorithm) AS algorithm,
    max(e.user_handle_present) AS user_handle_present,
    max(e.cross_device) AS cross_device,
    max(e.provider) AS provider,
    maxIf(e.credential_ecosystem, e.credential_ecosystem != 'unknown') AS credential_ecosystem,
    max(e.legacy_class) AS legacy_class,
    max(e.test_authenticator) AS test_authenticator,
    max((e.classifier_version, toString(e.cause), toString(e.cause_confidence))) AS classification,
    max((e.classifier_version, toString(e.cause), e.cause_evidence)) AS classification_evidence,
    max(e.verified) AS verified,
    max(e.verdict_reason) AS verdict_reason,
    max(e.verdict_detail) AS verdict_detail,
    max(e.attestation_format) AS attestation_format,
    maxMap(CAST(e.tags, 'Map(String, String)')) AS tags
FROM events_raw_v1 AS e
WHERE e.event_type IN ('ceremony.started', 'ceremony.finished', 'ceremony.verdict')
GROUP BY e.project_id, ceremony_hour, e.ceremony_id;

ALTER TABLE sessions_state_mv_v1 MODIFY QUERY
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
    max(e.country) AS country,
    max(e.in_app_browser) AS in_app_browser,
    max(e.synthetic) AS synthetic,
    max(e.webauthn_supported) AS webauthn_supported,
    max(e.platform_authenticator) AS platform_authenticator,
    max(e.conditional_mediation) AS conditional_mediation,
    max(e.passkey_capable) AS passkey_capable,
    max(e.synced_capable) AS synced_capable,
    maxMap(CAST(e.tags, 'Map(String, String)')) AS tags
FROM events_raw_v1 AS e
WHERE e.session_id != toUUID('00000000-0000-0000-0000-000000000000') AND e.event_type != 'ceremony.verdict'
GROUP BY e.project_id, e.session_id;

ALTER TABLE signins_state_mv_v1 MODIFY QUERY
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
    max(e.country) AS country,
    max(e.synthetic) AS synthetic,
    maxMap(CAST(e.tags, 'Map(String, String)')) AS tags
FROM events_raw_v1 AS e
WHERE e.event_type = 'signin.finished'
GROUP BY e.project_id, e.event_id;

-- What was taken before this migration: an event's tags as a row of their own, with the moment that rows are found by, which merges with
-- the others. Nothing is grouped, so that it takes no memory, however many there are.
INSERT INTO ceremonies_state_v1 (project_id, ceremony_hour, ceremony_id, started_at, finished_at, verdict_at, tags)
SELECT
    e.project_id, toStartOfHour(UUIDv7ToDateTime(e.ceremony_id, 'UTC')), e.ceremony_id,
    if(e.event_type = 'ceremony.started', toNullable(e.occurred_at), NULL),
    if(e.event_type = 'ceremony.finished', toNullable(e.occurred_at), NULL),
    if(e.event_type = 'ceremony.verdict', toNullable(e.occurred_at), NULL),
    CAST(e.tags, 'Map(String, String)')
FROM events_raw_v1 AS e
WHERE e.event_type IN ('ceremony.started', 'ceremony.finished', 'ceremony.verdict') AND notEmpty(e.tags);

INSERT INTO sessions_state_v1 (project_id, session_id, first_seen_at, last_seen_at, tags)
SELECT e.project_id, e.session_id, e.occurred_at, e.occurred_at, CAST(e.tags, 'Map(String, String)')
FROM events_raw_v1 AS e
WHERE e.session_id != toUUID('00000000-0000-0000-0000-000000000000') AND e.event_type != 'ceremony.verdict' AND notEmpty(e.tags);

INSERT INTO signins_state_v1 (project_id, event_id, occurred_at, tags)
SELECT e.project_id, e.event_id, e.occurred_at, CAST(e.tags, 'Map(String, String)')
FROM events_raw_v1 AS e
WHERE e.event_type = 'signin.finished' AND notEmpty(e.tags);

-- Their columns are fixed when a view is made.
CREATE OR REPLACE VIEW ceremonies_v1 AS
WITH
    classification.2 AS classified_cause,
    client_outcome = 'error' AND mediation = 'conditional'
        AND classified_cause IN ('aborted_by_page', 'superseded', 'timed_out', 'conditional_not_eligible', 'no_credential_here') AS conditional_ended
SELECT
    * EXCEPT (owner, classification, classification_evidence, verdict_reason, credential_ecosystem, hints, allow_transports, exclude_transports, transports),
    owner.2 AS user_hash,
    arraySort(hints) AS hints, arraySort(allow_transports) AS allow_transports,
    arraySort(exclude_transports) AS exclude_transports, arraySort(transports) AS transports,
    if(credential_ecosystem = '' AND credential_hash != 0, 'unknown', credential_ecosystem) AS credential_ecosystem,
    coalesce(started_at, finished_at, verdict_at) AS occurred_at,
    toDate(coalesce(started_at, finished_at, verdict_at)) AS day,
    multiIf(
        verified = false, 'rejected',
        client_outcome = 'succeeded' OR verified = true, 'succeeded',
        conditional_ended, 'untouched',
        client_outcome = 'error' AND classified_cause = 'user_cancelled', 'cancelled',
        client_outcome = 'error' AND classified_cause IN ('aborted_by_page', 'superseded'), 'aborted',
        client_outcome = 'error', 'failed',
        mediation = 'conditional', 'untouched',
        client_outcome = 'abandoned' OR started_at < now64(3) - INTERVAL 5 MINUTE, 'abandoned',
        'pending') AS outcome,
    ceremony_type = 'registration' AND mediation = 'conditional' AS automatic,
    NOT automatic AND outcome NOT IN ('untouched', 'pending')
        AND NOT (mediation = 'conditional' AND outcome = 'failed' AND NOT ifNull(blurred OR hidden, false)) AS user_driven,
    if(verified = false, verdict_reason, classified_cause) AS cause,
    if(verified = false, 'certain', classification.3) AS cause_confidence,
    if(verified = false, [concat('The server refused the response: ', verdict_reason)], classification_evidence.3) AS cause_evidence,
    if(verified = false, verdict_reason, '') AS refusal_reason
FROM ceremonies_state_v1 FINAL;

CREATE OR REPLACE VIEW sessions_v1 AS
SELECT *, first_seen_at AS occurred_at, toDate(first_seen_at) AS day
FROM sessions_state_v1 FINAL;

CREATE OR REPLACE VIEW signins_v1 AS
SELECT *, toDate(occurred_at) AS day
FROM signins_state_v1 FINAL;

-- Prompts keep every value, each as name=value: the same is made of them here.
CREATE OR REPLACE VIEW prompts_v1 AS
SELECT
    * EXCEPT (tags),
    CAST(
        arrayReduce('maxMap', arrayMap(one -> map(substring(one, 1, position(one, '=') - 1), substring(one, position(one, '=') + 1)), tags)),
        'Map(String, String)') AS tags,
    coalesce(shown_at, accepted_at, dismissed_at) AS occurred_at,
    toDate(occurred_at) AS day
FROM prompts_state_v1 FINAL;
