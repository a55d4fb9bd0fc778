-- The ledger as pages read it: one finished row a credential. The states it is made of must merge as they are read, and what each ceremony
-- showed is read whole for a page that asks about a past day; of millions of credentials neither can be done while somebody waits.
-- What changed over time lies in short arrays, so that a row answers as of any day:
--   flag_changes  when the flags (1 + 2·BE + BS) were first seen and each time they were seen otherwise, judged as in migrations/0020
--   places        the ecosystem of each client it was used in, with the first time
--   moves         each system on which it answered as the device's own and that its provider does not serve, with the first time
-- The collector makes the rows anew of the credentials that arriving events name; the newest version of a row counts.
CREATE TABLE IF NOT EXISTS credential_rows_state_v1
(
    project_id              LowCardinality(String),
    credential_hash         UInt64,
    user_hash               UInt64,
    first_seen_at           DateTime64(3, 'UTC'),
    registered_at           Nullable(DateTime64(3, 'UTC')),
    registration_verified   Nullable(Bool),
    last_used_at            Nullable(DateTime64(3, 'UTC')),
    last_observed_at        Nullable(DateTime64(3, 'UTC')),
    uses_count              UInt64,
    application             LowCardinality(String),
    environment             LowCardinality(String),
    synthetic               Bool,
    aaguid                  LowCardinality(String),
    provider                LowCardinality(String),
    credential_ecosystem    LowCardinality(String),
    credential_legacy_class LowCardinality(String),
    test_authenticator      Bool,
    transport_list          Array(LowCardinality(String)),
    attachment              LowCardinality(String),
    discoverable            Nullable(Bool),
    algorithm               Nullable(Int32),
    attestation_format      LowCardinality(String),
    registration_os         LowCardinality(String),
    used_on_os              Array(LowCardinality(String)),
    used_in_ecosystems      Array(LowCardinality(String)),
    be                      Nullable(Bool),
    bs                      Nullable(Bool),
    be_first                Nullable(Bool),
    bs_first                Nullable(Bool),
    backed_up_at            Nullable(DateTime64(3, 'UTC')),
    backup_flags_illegal    Bool,
    backup_eligibility_changed Bool,
    sync_state              LowCardinality(String),
    user_verified_seen      Nullable(Bool),
    revoked_at              Nullable(DateTime64(3, 'UTC')),
    revocation_reason       LowCardinality(String),
    signalled_at            Nullable(DateTime64(3, 'UTC')),
    status                  LowCardinality(String),
    counter                 LowCardinality(String),
    counter_regressions     UInt64,
    shown_first_at          Nullable(DateTime64(3, 'UTC')) COMMENT 'First ceremony in which it showed itself; NULL: none is known',
    shown_last_at           Nullable(DateTime64(3, 'UTC')),
    flag_changes            Array(Tuple(at DateTime64(3, 'UTC'), flags UInt8, verdict LowCardinality(String))),
    places                  Array(Tuple(ecosystem LowCardinality(String), first_at DateTime64(3, 'UTC'))),
    moves                   Array(Tuple(os_name LowCardinality(String), first_at DateTime64(3, 'UTC'))),
    version                 UInt64 COMMENT 'Microseconds since the epoch when the row was made, by the database''s clock'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project_id, credential_hash);

-- What a row must be by the states: what the collector writes and verify compares.
CREATE VIEW IF NOT EXISTS credential_rows_made_v1 AS
SELECT
    c.project_id AS project_id, c.credential_hash AS credential_hash, c.user_hash AS user_hash, c.first_seen_at AS first_seen_at,
    c.registered_at AS registered_at, c.registration_verified AS registration_verified, c.last_used_at AS last_used_at,
    c.last_observed_at AS last_observed_at, c.uses_count AS uses_count, c.application AS application, c.environment AS environment,
    c.synthetic AS synthetic, c.aaguid AS aaguid, c.provider AS provider, c.credential_ecosystem AS credential_ecosystem,
    c.credential_legacy_class AS credential_legacy_class, c.test_authenticator AS test_authenticator, c.transport_list AS transport_list,
    c.attachment AS attachment, c.discoverable AS discoverable, c.algorithm AS algorithm, c.attestation_format AS attestation_format,
    c.registration_os AS registration_os, c.used_on_os AS used_on_os, c.used_in_ecosystems AS used_in_ecosystems,
    c.be AS be, c.bs AS bs, c.be_first AS be_first, c.bs_first AS bs_first, c.backed_up_at AS backed_up_at,
    c.backup_flags_illegal AS backup_flags_illegal, c.backup_eligibility_changed AS backup_eligibility_changed,
    c.sync_state AS sync_state, c.user_verified_seen AS user_verified_seen, c.revoked_at AS revoked_at,
    c.revocation_reason AS revocation_reason, c.signalled_at AS signalled_at, c.status AS status,
    c.counter AS counter, c.counter_regressions AS counter_regressions, p.first_at AS shown_first_at, p.last_at AS shown_last_at,
    arrayMap(one -> (one.at, toUInt8(1 + 2 * one.be + one.bs), one.verdict), c.changes) AS flag_changes,
    arraySort(CAST(p.places, 'Array(Tuple(String, DateTime64(3, \'UTC\')))')) AS places,
    c.moves AS moves
FROM credential_ledger_v1 AS c
LEFT JOIN
(
    SELECT
        project_id,
        credential_hash,
        min(toNullable(observed_at)) AS first_at,
        max(toNullable(observed_at)) AS last_at,
        minMap(if(client_ecosystem = '', CAST(map(), 'Map(String, DateTime64(3, \'UTC\'))'), map(toString(client_ecosystem), observed_at))) AS places
    FROM credential_observations_v1
    GROUP BY project_id, credential_hash
) AS p ON p.project_id = c.project_id AND p.credential_hash = c.credential_hash;

-- What was taken before this migration, in four parts, so that none is held in memory whole.
INSERT INTO credential_rows_state_v1 SELECT *, toUnixTimestamp64Micro(now64(6)) FROM credential_rows_made_v1
WHERE credential_hash < 0x4000000000000000;

INSERT INTO credential_rows_state_v1 SELECT *, toUnixTimestamp64Micro(now64(6)) FROM credential_rows_made_v1
WHERE credential_hash BETWEEN 0x4000000000000000 AND 0x7FFFFFFFFFFFFFFF;

INSERT INTO credential_rows_state_v1 SELECT *, toUnixTimestamp64Micro(now64(6)) FROM credential_rows_made_v1
WHERE credential_hash BETWEEN 0x8000000000000000 AND 0xBFFFFFFFFFFFFFFF;

INSERT INTO credential_rows_state_v1 SELECT *, toUnixTimestamp64Micro(now64(6)) FROM credential_rows_made_v1
WHERE credential_hash >= 0xC000000000000000;

CREATE VIEW IF NOT EXISTS credential_rows_v1 AS
SELECT * EXCEPT (version)
FROM credential_rows_state_v1 FINAL;
