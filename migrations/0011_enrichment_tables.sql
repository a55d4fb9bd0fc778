-- What the collectors know of authenticators beside the events, and how their tables stand. Written by the collectors whenever a table
-- was loaded, read by pages. Nothing of a person is in them.
-- A generation is written whole by one insert; readers take the newest, so an AAGUID that left a list is gone.
CREATE TABLE IF NOT EXISTS authenticators_state_v1
(
    aaguid        String,
    generation    UInt64 COMMENT 'Milliseconds since the epoch when it was written',
    name          String COMMENT 'The provider as named in events',
    named_by      LowCardinality(String) COMMENT 'passlens, aaguids (the operator''s list) or mds',
    ecosystem     LowCardinality(String) COMMENT 'Empty: told by the transports of each credential',
    test          Bool COMMENT 'A browser''s virtual authenticator',
    icon_light    String COMMENT 'data:image/…, for display; empty when the list has none',
    icon_dark     String,
    description   String COMMENT 'As the FIDO Metadata Service describes the model; empty when it does not',
    status        LowCardinality(String) COMMENT 'Its newest status there, such as FIDO_CERTIFIED_L1 or REVOKED',
    status_since  Nullable(Date),
    certification LowCardinality(String) COMMENT 'Highest certification there; empty: none',
    mds_number    UInt32 COMMENT 'Number of the blob that says so; 0: none does'
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY aaguid;

CREATE VIEW IF NOT EXISTS authenticators_v1 AS
SELECT * EXCEPT (generation)
FROM authenticators_state_v1 FINAL
WHERE generation = (SELECT max(generation) FROM authenticators_state_v1);

CREATE TABLE IF NOT EXISTS enrichment_tables_state_v1
(
    collector   String COMMENT 'Host and data directory',
    name        LowCardinality(String) COMMENT 'country, aaguids or mds',
    reported_at DateTime64(3, 'UTC'),
    source      String COMMENT 'File or address, without what may be secret in it',
    version     String COMMENT 'Empty: none was loaded yet',
    entries     UInt32,
    loaded_at   Nullable(DateTime64(3, 'UTC')),
    tried_at    Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was last looked for',
    last_error  String COMMENT 'Why the last look failed; the last good table stays in use',
    next_update Nullable(DateTime64(3, 'UTC')) COMMENT 'When its publisher means to bring out the next'
)
ENGINE = ReplacingMergeTree(reported_at)
ORDER BY (collector, name);

CREATE VIEW IF NOT EXISTS enrichment_tables_v1 AS
SELECT * FROM enrichment_tables_state_v1 FINAL;
