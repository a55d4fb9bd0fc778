-- The credential ledger again, with plain columns where it had states of argMin and argMax: the greatest of (time, value) is the newest value,
-- so a maximum of that pair says the same, and a page reads columns of numbers instead of building a state for every credential.
CREATE TABLE IF NOT EXISTS credentials_state_v2
(
    project_id           LowCardinality(String),
    credential_hash      UInt64,
    owner                SimpleAggregateFunction(max, Tuple(UInt8, UInt64)) COMMENT 'Weight and user: who the server verified it for outweighs who the page thought it had',
    first_seen_at        SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    registered_at        SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'NULL: registered before anyone watched',
    registration_verified SimpleAggregateFunction(max, Nullable(Bool)) COMMENT 'false: the server refused it, so it does not exist there',
    authentication_verified SimpleAggregateFunction(max, Nullable(Bool)) COMMENT 'true: the server accepted a sign-in with it, so it does exist there',
    last_answered_at     SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) COMMENT 'A page got a sign-in response from it, whatever the server made of that',
    last_verified_use_at SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) COMMENT 'The server accepted a sign-in with it',
    last_accepted_at     SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) COMMENT 'The server accepted its registration or a sign-in with it',
    first_unknown_at     SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'The server said that it does not know it',
    uses                 AggregateFunction(uniqExact, UUID) COMMENT 'Ceremonies it signed, each once',
    application          SimpleAggregateFunction(max, LowCardinality(String)),
    environment          SimpleAggregateFunction(max, LowCardinality(String)),
    synthetic            SimpleAggregateFunction(max, Bool),
    aaguid               SimpleAggregateFunction(max, LowCardinality(String)),
    provider             SimpleAggregateFunction(max, LowCardinality(String)),
    ecosystem            SimpleAggregateFunction(max, Tuple(UInt8, DateTime64(3, 'UTC'), String)) COMMENT 'Weight, time, ecosystem: what the registration told outweighs what a use suggests',
    legacy_class         SimpleAggregateFunction(max, Tuple(UInt8, DateTime64(3, 'UTC'), String)) COMMENT 'Weight, time, class',
    test_authenticator   SimpleAggregateFunction(max, Bool),
    transports           SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    authenticator_attachment SimpleAggregateFunction(min, Tuple(DateTime64(3, 'UTC'), String)) COMMENT 'Time and attachment; in 2299: none yet',
    discoverable         SimpleAggregateFunction(max, Nullable(Bool)),
    algorithm            SimpleAggregateFunction(max, Nullable(Int32)),
    attestation_format   SimpleAggregateFunction(max, LowCardinality(String)),
    registration_os      SimpleAggregateFunction(max, LowCardinality(String)),
    os_names             SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    client_ecosystems    SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    first_backup_eligible SimpleAggregateFunction(min, Tuple(DateTime64(3, 'UTC'), Int8)) COMMENT 'Time and flag; in 2299, -1: none yet',
    backup_eligible      SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), Int8)) COMMENT 'Time and flag; in 1970, -1: none yet',
    first_backup_state   SimpleAggregateFunction(min, Tuple(DateTime64(3, 'UTC'), Int8)),
    backup_state         SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), Int8)),
    backed_up_at         SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'First time BS was seen set',
    backup_flags_illegal SimpleAggregateFunction(max, Bool) COMMENT 'BS without BE was seen',
    eligible_seen        SimpleAggregateFunction(max, Nullable(Bool)) COMMENT 'BE was seen set',
    ineligible_seen      SimpleAggregateFunction(max, Nullable(Bool)) COMMENT 'BE was seen clear',
    user_verified_seen   SimpleAggregateFunction(max, Nullable(Bool)),
    revoked_at           SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))),
    revocation_reason    SimpleAggregateFunction(max, LowCardinality(String)),
    signalled_at         SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'The site told the provider that it does not know this credential'
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, credential_hash)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS credentials_state_mv_v2 TO credentials_state_v2 AS
WITH
    toDateTime64('2299-01-01 00:00:00', 3, 'UTC') AS never,
    e.event_type = 'ceremony.finished' AS by_page,
    e.ceremony_type = 'registration' AND by_page AS is_registration
SELECT
    e.project_id AS project_id,
    e.credential_hash AS credential_hash,
    max((toUInt8(multiIf(e.user_hash = 0, 0, e.verified = true, 2, 1)), e.user_hash)) AS owner,
    min(e.occurred_at) AS first_seen_at,
    minIf(toNullable(e.occurred_at), e.ceremony_type = 'registration') AS registered_at,
    maxIf(e.verified, e.ceremony_type = 'registration') AS registration_verified,
    maxIf(e.verified, e.ceremony_type = 'authentication') AS authentication_verified,
    maxIf(toNullable(e.occurred_at), e.ceremony_type = 'authentication' AND by_page) AS last_answered_at,
    maxIf(toNullable(e.occurred_at), e.ceremony_type = 'authentication' AND e.verified = true) AS last_verified_use_at,
    maxIf(toNullable(e.occurred_at), e.verified = true) AS last_accepted_at,
    minIf(toNullable(e.occurred_at), e.verdict_reason = 'credential_unknown') AS first_unknown_at,
    uniqExactStateIf(e.ceremony_id, e.ceremony_type = 'authentication') AS uses,
    maxIf(e.application, by_page) AS application,
    maxIf(e.environment, by_page) AS environment,
    max(e.synthetic) AS synthetic,
    max(e.aaguid) AS aaguid,
    max(e.provider) AS provider,
    max((toUInt8(multiIf(e.credential_ecosystem IN ('', 'unknown'), 0, is_registration, 2, 1)),
        e.occurred_at, toString(e.credential_ecosystem))) AS ecosystem,
    max((toUInt8(multiIf(e.legacy_class != '' AND e.attestation_format != '', 3, is_registration, 2, e.legacy_class != '', 1, 0)),
        e.occurred_at, toString(e.legacy_class))) AS legacy_class,
    max(e.test_authenticator) AS test_authenticator,
    groupUniqArrayArray(e.transports) AS transports,
    min(if(e.authenticator_attachment != '', (e.occurred_at, toString(e.authenticator_attachment)), (never, ''))) AS authenticator_attachment,
    max(e.discoverable) AS discoverable,
    max(e.algorithm) AS algorithm,
    max(e.attestation_format) AS attestation_format,
    maxIf(e.os_name, is_registration) AS registration_os,
    groupUniqArrayIf(e.os_name, by_page AND e.os_name != '') AS os_names,
    groupUniqArrayIf(e.client_ecosystem, by_page AND e.client_ecosystem != '') AS client_ecosystems,
    min(if(e.backup_eligible IS NOT NULL, (e.occurred_at, toInt8(assumeNotNull(e.backup_eligible))), (never, toInt8(-1)))) AS first_backup_eligible,
    max(if(e.backup_eligible IS NOT NULL, (e.occurred_at, toInt8(assumeNotNull(e.backup_eligible))), (toDateTime64(0, 3, 'UTC'), toInt8(-1)))) AS backup_eligible,
    min(if(e.backup_state IS NOT NULL, (e.occurred_at, toInt8(assumeNotNull(e.backup_state))), (never, toInt8(-1)))) AS first_backup_state,
    max(if(e.backup_state IS NOT NULL, (e.occurred_at, toInt8(assumeNotNull(e.backup_state))), (toDateTime64(0, 3, 'UTC'), toInt8(-1)))) AS backup_state,
    minIf(toNullable(e.occurred_at), e.backup_state = true AND e.backup_eligible = true) AS backed_up_at,
    max(ifNull(e.backup_state = true AND e.backup_eligible = false, false)) AS backup_flags_illegal,
    max(e.backup_eligible) AS eligible_seen,
    max(NOT e.backup_eligible) AS ineligible_seen,
    max(e.user_verified) AS user_verified_seen,
    minIf(toNullable(e.occurred_at), e.event_type = 'credential.revoked') AS revoked_at,
    max(e.revocation_reason) AS revocation_reason,
    minIf(toNullable(e.occurred_at), e.event_type = 'credential.signalled') AS signalled_at
FROM events_raw_v1 AS e
WHERE e.credential_hash != 0
GROUP BY e.project_id, e.credential_hash;

-- The states' times cannot be read back, so the ledger is made anew from the events.
INSERT INTO credentials_state_v2
WITH
    toDateTime64('2299-01-01 00:00:00', 3, 'UTC') AS never,
    e.event_type = 'ceremony.finished' AS by_page,
    e.ceremony_type = 'registration' AND by_page AS is_registration
SELECT
    e.project_id AS project_id,
    e.credential_hash AS credential_hash,
    max((toUInt8(multiIf(e.user_hash = 0, 0, e.verified = true, 2, 1)), e.user_hash)) AS owner,
    min(e.occurred_at) AS first_seen_at,
    minIf(toNullable(e.occurred_at), e.ceremony_type = 'registration') AS registered_at,
    maxIf(e.verified, e.ceremony_type = 'registration') AS registration_verified,
    maxIf(e.verified, e.ceremony_type = 'authentication') AS authentication_verified,
    maxIf(toNullable(e.occurred_at), e.ceremony_type = 'authentication' AND by_page) AS last_answered_at,
    maxIf(toNullable(e.occurred_at), e.ceremony_type = 'authentication' AND e.verified = true) AS last_verified_use_at,
    maxIf(toNullable(e.occurred_at), e.verified = true) AS last_accepted_at,
    minIf(toNullable(e.occurred_at), e.verdict_reason = 'credential_unknown') AS first_unknown_at,
    uniqExactStateIf(e.ceremony_id, e.ceremony_type = 'authentication') AS uses,
    maxIf(e.application, by_page) AS application,
    maxIf(e.environment, by_page) AS environment,
    max(e.synthetic) AS synthetic,
    max(e.aaguid) AS aaguid,
    max(e.provider) AS provider,
    max((toUInt8(multiIf(e.credential_ecosystem IN ('', 'unknown'), 0, is_registration, 2, 1)),
        e.occurred_at, toString(e.credential_ecosystem))) AS ecosystem,
    max((toUInt8(multiIf(e.legacy_class != '' AND e.attestation_format != '', 3, is_registration, 2, e.legacy_class != '', 1, 0)),
        e.occurred_at, toString(e.legacy_class))) AS legacy_class,
    max(e.test_authenticator) AS test_authenticator,
    groupUniqArrayArray(e.transports) AS transports,
    min(if(e.authenticator_attachment != '', (e.occurred_at, toString(e.authenticator_attachment)), (never, ''))) AS authenticator_attachment,
    max(e.discoverable) AS discoverable,
    max(e.algorithm) AS algorithm,
    max(e.attestation_format) AS attestation_format,
    maxIf(e.os_name, is_registration) AS registration_os,
    groupUniqArrayIf(e.os_name, by_page AND e.os_name != '') AS os_names,
    groupUniqArrayIf(e.client_ecosystem, by_page AND e.client_ecosystem != '') AS client_ecosystems,
    min(if(e.backup_eligible IS NOT NULL, (e.occurred_at, toInt8(assumeNotNull(e.backup_eligible))), (never, toInt8(-1)))) AS first_backup_eligible,
    max(if(e.backup_eligible IS NOT NULL, (e.occurred_at, toInt8(assumeNotNull(e.backup_eligible))), (toDateTime64(0, 3, 'UTC'), toInt8(-1)))) AS backup_eligible,
    min(if(e.backup_state IS NOT NULL, (e.occurred_at, toInt8(assumeNotNull(e.backup_state))), (never, toInt8(-1)))) AS first_backup_state,
    max(if(e.backup_state IS NOT NULL, (e.occurred_at, toInt8(assumeNotNull(e.backup_state))), (toDateTime64(0, 3, 'UTC'), toInt8(-1)))) AS backup_state,
    minIf(toNullable(e.occurred_at), e.backup_state = true AND e.backup_eligible = true) AS backed_up_at,
    max(ifNull(e.backup_state = true AND e.backup_eligible = false, false)) AS backup_flags_illegal,
    max(e.backup_eligible) AS eligible_seen,
    max(NOT e.backup_eligible) AS ineligible_seen,
    max(e.user_verified) AS user_verified_seen,
    minIf(toNullable(e.occurred_at), e.event_type = 'credential.revoked') AS revoked_at,
    max(e.revocation_reason) AS revocation_reason,
    minIf(toNullable(e.occurred_at), e.event_type = 'credential.signalled') AS signalled_at
FROM events_raw_v1 AS e
WHERE e.credential_hash != 0
GROUP BY e.project_id, e.credential_hash;

-- As migrations/0003 describes it.
CREATE OR REPLACE VIEW credentials_v1 AS
SELECT
    project_id, credential_hash, owner.2 AS user_hash, first_seen_at, registered_at, registration_verified,
    if(authentication_verified IS NULL, last_answered_at, last_verified_use_at) AS last_used_at,
    greatest(coalesce(last_answered_at, last_verified_use_at), coalesce(last_verified_use_at, last_answered_at)) AS last_observed_at,
    finalizeAggregation(uses) AS uses_count,
    application, environment, synthetic, aaguid, provider,
    if(ecosystem.3 = '', 'unknown', ecosystem.3) AS credential_ecosystem,
    legacy_class.3 AS credential_legacy_class,
    test_authenticator, arraySort(transports) AS transport_list,
    authenticator_attachment.2 AS attachment,
    discoverable, algorithm, attestation_format, registration_os,
    arraySort(os_names) AS used_on_os, arraySort(client_ecosystems) AS used_in_ecosystems,
    nullIf(backup_eligible.2, -1) = 1 AS be,
    nullIf(backup_state.2, -1) = 1 AS bs,
    nullIf(first_backup_eligible.2, -1) = 1 AS be_first,
    nullIf(first_backup_state.2, -1) = 1 AS bs_first,
    backed_up_at,
    backup_flags_illegal,
    ifNull(eligible_seen, false) AND ifNull(ineligible_seen, false) AS backup_eligibility_changed,
    multiIf(be IS NULL OR bs IS NULL, 'unknown', be AND bs, 'synced', be, 'syncable', bs, 'illegal', 'device_bound') AS sync_state,
    user_verified_seen,
    coalesce(c.revoked_at, if(first_unknown_at > last_accepted_at, first_unknown_at, NULL)) AS revoked_at,
    revocation_reason, signalled_at,
    multiIf(
        revoked_at IS NOT NULL, 'revoked',
        last_accepted_at IS NULL AND (registration_verified = false OR first_unknown_at IS NOT NULL), 'refused',
        'active') AS status
FROM credentials_state_v2 AS c FINAL;

DROP VIEW IF EXISTS credentials_state_mv_v1;

DROP TABLE IF EXISTS credentials_state_v1;
