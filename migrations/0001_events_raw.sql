-- Raw events, one row each, wide and typed: what every other table is made from and can be remade from.
-- Identity is event_id: a row sent twice is one row after merging (ReplacingMergeTree) and counts once everywhere,
-- because every table fed from here only takes minima, maxima and sets.
-- The order keeps a ceremony's rows together: it compresses twice as well as ordering by time and finds a ceremony by id and day.
-- 0 in a hash column means "none"; NULL in a flag means "unknown", never false.
CREATE TABLE IF NOT EXISTS events_raw_v1
(
    project_id           LowCardinality(String) COMMENT 'Project the ingest key belongs to',
    event_date           Date MATERIALIZED toDate(occurred_at) COMMENT 'Day (UTC) it happened',
    event_id             UUID COMMENT 'UUIDv7 made by the sender; the identity of the event',
    event_type           LowCardinality(String) COMMENT 'One of the contract''s event types',
    schema_version       UInt16 COMMENT 'Version of the contract it was sent under',
    occurred_at          DateTime64(3, 'UTC') COMMENT 'When it happened: the sender''s clock corrected by the measured skew, never later than received_at',
    received_at          DateTime64(3, 'UTC') COMMENT 'When the collector took it',
    clock_skew_ms        Int64 COMMENT 'received minus sent; network time included, so only values over a few seconds mean a wrong clock',
    time_corrected       Bool COMMENT 'occurred_at differs from the sender''s own time',
    late                 Bool COMMENT 'Reached the collector more than thirty days after it happened, by the sender''s own account',
    session_id           UUID COMMENT 'Zero: none',
    flow_id              UUID COMMENT 'Zero: none',
    ceremony_id          UUID COMMENT 'Zero: not about a ceremony',
    prompt_id            UUID COMMENT 'Zero: not about a prompt',
    user_hash            UInt64 COMMENT 'Keyed hash of the one-way user reference',
    credential_hash      UInt64 COMMENT 'Keyed hash of the one-way credential reference',
    application          LowCardinality(String),
    environment          LowCardinality(String),
    release              LowCardinality(String),
    tags                 Map(LowCardinality(String), String),
    sdk_name             LowCardinality(String),
    sdk_version          LowCardinality(String),
    trace_id             String COMMENT 'W3C trace id, 32 hex digits, empty when there was none',
    span_id              String COMMENT 'W3C parent span id, 16 hex digits',
    synthetic            Bool COMMENT 'Made by a simulator',
    os_name              LowCardinality(String) COMMENT 'Client''s operating system: iOS, iPadOS, macOS, Android, ChromeOS, Windows, Linux; empty when unknown',
    os_version           LowCardinality(String),
    browser_name         LowCardinality(String),
    browser_version      LowCardinality(String) COMMENT 'Major version',
    device_type          LowCardinality(String) COMMENT 'desktop, mobile, tablet or empty',
    in_app_browser       Bool COMMENT 'WebView or an app''s own browser',
    client_ecosystem     LowCardinality(String) COMMENT 'Ecosystem of the device: apple, google, microsoft or unknown',

    -- client.capabilities
    webauthn_supported   Nullable(Bool),
    platform_authenticator Nullable(Bool) COMMENT 'isUserVerifyingPlatformAuthenticatorAvailable',
    conditional_mediation Nullable(Bool) COMMENT 'isConditionalMediationAvailable',
    capabilities         Map(LowCardinality(String), Bool) COMMENT 'getClientCapabilities; a missing key is unknown',
    passkey_capable      Nullable(Bool) COMMENT 'Derived: this client can use a passkey',
    synced_capable       Nullable(Bool) COMMENT 'Derived: this client can create a synced passkey',

    -- prompt.*
    prompt_purpose       LowCardinality(String),
    prompt_mode          LowCardinality(String),
    prompt_showing       UInt16 COMMENT 'Which showing for this user, from 1; 0 unknown',
    prompt_placement     LowCardinality(String),

    -- ceremony.*: how it was asked
    ceremony_type        LowCardinality(String) COMMENT 'registration or authentication',
    mediation            LowCardinality(String),
    origin               LowCardinality(String),
    rp_id                LowCardinality(String),
    timeout_ms           Nullable(UInt64),
    resident_key         LowCardinality(String),
    user_verification    LowCardinality(String),
    requested_attachment LowCardinality(String),
    hints                Array(LowCardinality(String)),
    attestation          LowCardinality(String) COMMENT 'Attestation conveyance asked for',
    allow_count          Nullable(UInt16),
    allow_transports     Array(LowCardinality(String)),
    exclude_count        Nullable(UInt16),
    exclude_transports   Array(LowCardinality(String)),

    -- ceremony.finished: how it ended
    client_outcome       LowCardinality(String) COMMENT 'succeeded or error; of a sign-in: succeeded, failed, abandoned',
    elapsed_ms           Nullable(UInt32),
    focused_at_start     Nullable(Bool),
    blurred              Nullable(Bool),
    blurred_after_ms     Nullable(UInt32),
    hidden               Nullable(Bool),
    user_activation      Nullable(Bool),
    signal_aborted       Nullable(Bool),
    api_replaced         Nullable(Bool),
    page_left            Nullable(Bool),
    error_name           LowCardinality(String),
    error_signature      LowCardinality(String) COMMENT 'Normalised message',
    error_code           LowCardinality(String) COMMENT 'A library''s own code',

    -- what the response told
    authenticator_attachment LowCardinality(String),
    transports           Array(LowCardinality(String)),
    aaguid               LowCardinality(String) COMMENT 'At registration only; the zero AAGUID means unknown',
    user_present         Nullable(Bool) COMMENT 'UP flag',
    user_verified        Nullable(Bool) COMMENT 'UV flag: a claim',
    backup_eligible      Nullable(Bool) COMMENT 'BE flag',
    backup_state         Nullable(Bool) COMMENT 'BS flag',
    sign_count_zero      Nullable(Bool),
    discoverable         Nullable(Bool) COMMENT 'credProps.rk',
    algorithm            Nullable(Int32) COMMENT 'COSE algorithm',
    user_handle_present  Nullable(Bool),
    cross_device         Nullable(Bool),

    -- derived by the collector
    provider             LowCardinality(String) COMMENT 'Provider claimed at registration, from the AAGUID; empty when unknown',
    credential_ecosystem LowCardinality(String) COMMENT 'apple, google, microsoft, third_party, security_key or unknown; empty when the event tells nothing of it',
    legacy_class         LowCardinality(String) COMMENT 'Class of a credential that an upgrade would replace; empty when none',
    test_authenticator   Bool COMMENT 'AAGUID of a virtual authenticator',
    cause                LowCardinality(String) COMMENT 'Probable cause of a failure',
    cause_confidence     LowCardinality(String) COMMENT 'certain, likely or possible',
    cause_evidence       Array(String) COMMENT 'Evidence in words',
    classifier_version   UInt16 COMMENT 'Version of the rules that gave the cause; 0 when nothing was classified',

    -- ceremony.verdict, signin.finished, credential.*
    verified             Nullable(Bool),
    verdict_reason       LowCardinality(String),
    verdict_detail       String,
    attestation_format   LowCardinality(String),
    signin_method        LowCardinality(String),
    fallback_reason      LowCardinality(String),
    revocation_reason    LowCardinality(String),
    signal               LowCardinality(String) COMMENT 'Signal API method',

    -- What arrived lately is found without reading the rest: the daily rollup asks for it every second or so.
    INDEX received_at_range received_at TYPE minmax
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(event_date)
ORDER BY (project_id, event_date, ceremony_id, event_id)
SETTINGS non_replicated_deduplication_window = 1000;
