-- The credential ledger: one row a credential, from its registration, each later use, and the end of its life.
-- What only a registration tells (AAGUID, transports, discoverable) is kept from there; BE and BS keep their first and newest values,
-- so that a change the specification forbids (BE flipped, or BS without BE) shows.
-- Where a newest or weightiest value is kept, the value itself ends the comparison: two at the same moment give the same row in any order.
-- A legacy class by attestation format is a certainty that only the server's verdict has, so it outweighs what the page could tell.
CREATE TABLE IF NOT EXISTS credentials_state_v1
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
    ecosystem            AggregateFunction(argMax, String, Tuple(UInt8, DateTime64(3, 'UTC'), String)) COMMENT 'What the registration told outweighs what a use suggests',
    legacy_class         AggregateFunction(argMax, String, Tuple(UInt8, DateTime64(3, 'UTC'), String)),
    test_authenticator   SimpleAggregateFunction(max, Bool),
    transports           SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    authenticator_attachment AggregateFunction(argMin, String, Tuple(DateTime64(3, 'UTC'), String)),
    discoverable         SimpleAggregateFunction(max, Nullable(Bool)),
    algorithm            SimpleAggregateFunction(max, Nullable(Int32)),
    attestation_format   SimpleAggregateFunction(max, LowCardinality(String)),
    registration_os      SimpleAggregateFunction(max, LowCardinality(String)),
    os_names             SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    client_ecosystems    SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    first_backup_eligible AggregateFunction(argMin, String, Tuple(DateTime64(3, 'UTC'), String)) COMMENT '''true'', ''false'' or empty for unknown: argMin keeps no NULL',
    backup_eligible      AggregateFunction(argMax, String, Tuple(DateTime64(3, 'UTC'), String)),
    first_backup_state   AggregateFunction(argMin, String, Tuple(DateTime64(3, 'UTC'), String)),
    backup_state         AggregateFunction(argMax, String, Tuple(DateTime64(3, 'UTC'), String)),
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

CREATE MATERIALIZED VIEW IF NOT EXISTS credentials_state_mv_v1 TO credentials_state_v1 AS
WITH
    e.event_type = 'ceremony.finished' AS by_page,
    e.ceremony_type = 'registration' AND by_page AS is_registration,
    e.event_type IN ('ceremony.finished', 'ceremony.verdict') AS is_ceremony
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
    argMaxState(toString(e.credential_ecosystem), (
        toUInt8(multiIf(e.credential_ecosystem IN ('', 'unknown'), 0, is_registration, 2, 1)),
        e.occurred_at, toString(e.credential_ecosystem))) AS ecosystem,
    argMaxState(toString(e.legacy_class), (
        toUInt8(multiIf(e.legacy_class != '' AND e.attestation_format != '', 3, is_registration, 2, e.legacy_class != '', 1, 0)),
        e.occurred_at, toString(e.legacy_class))) AS legacy_class,
    max(e.test_authenticator) AS test_authenticator,
    groupUniqArrayArray(e.transports) AS transports,
    argMinStateIf(toString(e.authenticator_attachment), (e.occurred_at, toString(e.authenticator_attachment)), e.authenticator_attachment != '') AS authenticator_attachment,
    max(e.discoverable) AS discoverable,
    max(e.algorithm) AS algorithm,
    max(e.attestation_format) AS attestation_format,
    maxIf(e.os_name, is_registration) AS registration_os,
    groupUniqArrayIf(e.os_name, by_page AND e.os_name != '') AS os_names,
    groupUniqArrayIf(e.client_ecosystem, by_page AND e.client_ecosystem != '') AS client_ecosystems,
    argMinStateIf(toString(assumeNotNull(e.backup_eligible)), (e.occurred_at, toString(assumeNotNull(e.backup_eligible))), e.backup_eligible IS NOT NULL) AS first_backup_eligible,
    argMaxStateIf(toString(assumeNotNull(e.backup_eligible)), (e.occurred_at, toString(assumeNotNull(e.backup_eligible))), e.backup_eligible IS NOT NULL) AS backup_eligible,
    argMinStateIf(toString(assumeNotNull(e.backup_state)), (e.occurred_at, toString(assumeNotNull(e.backup_state))), e.backup_state IS NOT NULL) AS first_backup_state,
    argMaxStateIf(toString(assumeNotNull(e.backup_state)), (e.occurred_at, toString(assumeNotNull(e.backup_state))), e.backup_state IS NOT NULL) AS backup_state,
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

-- What pages read. `sync_state` names the BE/BS pair: device_bound (0,0), syncable (1,0), synced (1,1), illegal (0,1), unknown.
-- `status`: active, revoked, or refused (the server refused its registration or said that it does not know it, and never took it:
-- the device keeps offering what the server does not take, so a mere attempt to use it proves nothing).
-- `revoked_at` is when it was told, or else when the server, having taken it before, first said that it does not know it any more.
-- `last_used_at` is the last sign-in the server accepted; the page's word counts where no server tells of sign-ins.
-- `last_observed_at` is the last sign-in of any outcome: a refused one shows flags and places too, and makes the newest ones newer.
CREATE VIEW IF NOT EXISTS credentials_v1 AS
SELECT
    project_id, credential_hash, owner.2 AS user_hash, first_seen_at, registered_at, registration_verified,
    if(authentication_verified IS NULL, last_answered_at, last_verified_use_at) AS last_used_at,
    greatest(coalesce(last_answered_at, last_verified_use_at), coalesce(last_verified_use_at, last_answered_at)) AS last_observed_at,
    finalizeAggregation(uses) AS uses_count,
    application, environment, synthetic, aaguid, provider,
    if(finalizeAggregation(ecosystem) = '', 'unknown', finalizeAggregation(ecosystem)) AS credential_ecosystem,
    finalizeAggregation(legacy_class) AS credential_legacy_class,
    test_authenticator, arraySort(transports) AS transport_list,
    finalizeAggregation(authenticator_attachment) AS attachment,
    discoverable, algorithm, attestation_format, registration_os,
    arraySort(os_names) AS used_on_os, arraySort(client_ecosystems) AS used_in_ecosystems,
    nullIf(finalizeAggregation(backup_eligible), '') = 'true' AS be,
    nullIf(finalizeAggregation(backup_state), '') = 'true' AS bs,
    nullIf(finalizeAggregation(first_backup_eligible), '') = 'true' AS be_first,
    nullIf(finalizeAggregation(first_backup_state), '') = 'true' AS bs_first,
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
FROM credentials_state_v1 AS c FINAL;
