-- Every ceremony in which a credential showed itself: one row each, found by the credential.
-- The ledger's first and newest flags do not tell what happened between; this does, and it tells which day saw what:
-- each change of BE or BS with its time, whether the counter counts, on which systems the credential answered.
-- The server's reading of the flags outweighs the page's: it has verified what it read.
-- Flags are 1 + 2·BE + BS, 0 for unknown, so that merging is a maximum: the same in any order of arrival.
CREATE TABLE IF NOT EXISTS credential_observations_state_v1
(
    project_id        LowCardinality(String),
    credential_hash   UInt64,
    ceremony_id       UUID,
    ceremony_type     SimpleAggregateFunction(max, LowCardinality(String)),
    observed_at       SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'The page''s end or the server''s verdict, whichever was first',
    page_flags        SimpleAggregateFunction(max, UInt8),
    server_flags      SimpleAggregateFunction(max, UInt8),
    sign_count_zero   SimpleAggregateFunction(max, Nullable(Bool)),
    counter_regressed SimpleAggregateFunction(max, Bool) COMMENT 'The server refused it because the counter went back',
    authenticator_attachment SimpleAggregateFunction(max, LowCardinality(String)),
    os_name           SimpleAggregateFunction(max, LowCardinality(String)),
    client_ecosystem  SimpleAggregateFunction(max, LowCardinality(String)),
    verified          SimpleAggregateFunction(max, Nullable(Bool))
)
ENGINE = AggregatingMergeTree
ORDER BY (project_id, credential_hash, ceremony_id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS credential_observations_state_mv_v1 TO credential_observations_state_v1 AS
WITH
    if(e.backup_eligible IS NULL OR e.backup_state IS NULL, 0,
        1 + 2 * toUInt8(assumeNotNull(e.backup_eligible)) + toUInt8(assumeNotNull(e.backup_state))) AS flags
SELECT
    e.project_id AS project_id,
    e.credential_hash AS credential_hash,
    e.ceremony_id AS ceremony_id,
    max(e.ceremony_type) AS ceremony_type,
    min(e.occurred_at) AS observed_at,
    toUInt8(maxIf(flags, e.event_type = 'ceremony.finished')) AS page_flags,
    toUInt8(maxIf(flags, e.event_type = 'ceremony.verdict')) AS server_flags,
    max(e.sign_count_zero) AS sign_count_zero,
    max(e.verdict_reason = 'counter_regressed') AS counter_regressed,
    max(e.authenticator_attachment) AS authenticator_attachment,
    maxIf(e.os_name, e.event_type = 'ceremony.finished') AS os_name,
    maxIf(e.client_ecosystem, e.event_type = 'ceremony.finished') AS client_ecosystem,
    max(e.verified) AS verified
FROM events_raw_v1 AS e
WHERE e.credential_hash != 0 AND e.event_type IN ('ceremony.finished', 'ceremony.verdict')
GROUP BY e.project_id, e.credential_hash, e.ceremony_id;

-- What was taken before this migration. A row that the view above writes meanwhile merges with it to the same.
INSERT INTO credential_observations_state_v1
WITH
    if(e.backup_eligible IS NULL OR e.backup_state IS NULL, 0,
        1 + 2 * toUInt8(assumeNotNull(e.backup_eligible)) + toUInt8(assumeNotNull(e.backup_state))) AS flags
SELECT
    e.project_id, e.credential_hash, e.ceremony_id, max(e.ceremony_type), min(e.occurred_at),
    toUInt8(maxIf(flags, e.event_type = 'ceremony.finished')), toUInt8(maxIf(flags, e.event_type = 'ceremony.verdict')),
    max(e.sign_count_zero), max(e.verdict_reason = 'counter_regressed'), max(e.authenticator_attachment),
    maxIf(e.os_name, e.event_type = 'ceremony.finished'), maxIf(e.client_ecosystem, e.event_type = 'ceremony.finished'),
    max(e.verified)
FROM events_raw_v1 AS e
WHERE e.credential_hash != 0 AND e.event_type IN ('ceremony.finished', 'ceremony.verdict')
GROUP BY e.project_id, e.credential_hash, e.ceremony_id;

CREATE VIEW IF NOT EXISTS credential_observations_v1 AS
SELECT
    * EXCEPT (page_flags, server_flags),
    if(server_flags > 0, server_flags, page_flags) AS flags,
    server_flags > 0 AS by_server,
    if(flags = 0, NULL, flags >= 3) AS be,
    if(flags = 0, NULL, flags IN (2, 4)) AS bs
FROM credential_observations_state_v1 FINAL;

-- One row a credential: its history in order.
-- `changes`: the first sight of the flags and each later one that differs from the one before, judged by WebAuthn Level 3, 6.1.3
--   (BS needs BE, and BE is fixed at creation; BS may change either way): first, backed_up, no_longer_backed_up,
--   eligibility_changed, illegal. The last two are what the specification forbids.
-- `counter`: unknown; always_zero (as synced passkeys have it); counting; mixed (it was zero once and counted another time).
-- `platform_systems`: systems on which it answered as the device's own (attachment platform), each with the first time.
CREATE VIEW IF NOT EXISTS credential_history_v1 AS
SELECT
    project_id,
    credential_hash,
    count() AS observations,
    arraySort(groupArrayIf((observed_at, ceremony_id, toUInt8(assumeNotNull(flags)), toString(ceremony_type), toString(os_name), by_server), flags > 0)) AS seen,
    arrayFilter((one, index) -> index = 1 OR one.3 != seen[index - 1].3, seen, arrayEnumerate(seen)) AS changed,
    arrayMap((one, index) -> CAST((one.1, one.2, one.3 >= 3, one.3 IN (2, 4),
        index > 1 AND changed[index - 1].3 >= 3, index > 1 AND changed[index - 1].3 IN (2, 4),
        multiIf(one.3 = 2, 'illegal', index = 1, 'first',
            (one.3 >= 3) != (changed[index - 1].3 >= 3), 'eligibility_changed', one.3 = 4, 'backed_up', 'no_longer_backed_up'),
        one.4, one.5, one.6),
        'Tuple(at DateTime64(3, \'UTC\'), ceremony_id UUID, be Bool, bs Bool, be_before Bool, bs_before Bool, verdict String, ceremony_type String, os_name String, by_server Bool)'),
        changed, arrayEnumerate(changed)) AS changes,
    arrayCount(change -> change.verdict IN ('illegal', 'eligibility_changed'), changes) AS forbidden_changes,
    countIf(sign_count_zero = true) AS zero_counts,
    countIf(sign_count_zero = false) AS counts_above_zero,
    multiIf(zero_counts + counts_above_zero = 0, 'unknown', counts_above_zero = 0, 'always_zero', zero_counts = 0, 'counting', 'mixed') AS counter,
    countIf(counter_regressed) AS counter_regressions,
    arrayMap(pair -> CAST(pair, 'Tuple(os_name String, first_at DateTime64(3, \'UTC\'))'),
        arraySort(pair -> (pair.2, pair.1), groupUniqArrayIf((toString(os_name), first_at_on_system), authenticator_attachment = 'platform' AND os_name != ''))) AS platform_systems
FROM
(
    SELECT *, min(observed_at) OVER (PARTITION BY project_id, credential_hash, os_name, authenticator_attachment) AS first_at_on_system
    FROM credential_observations_v1
)
GROUP BY project_id, credential_hash;

-- The ledger as it is read: what credentials_v1 says of a credential, its history, and whether it seems to have moved.
-- An imported passkey keeps id and key and tells of nothing, so a relying party cannot see an import. The only hint: it answers as
-- the device's own on a system that the provider recorded at registration does not serve. A suspicion, never a fact.
-- Providers that serve every system, and unknown ones, give none.
CREATE VIEW IF NOT EXISTS credential_ledger_v1 AS
SELECT
    c.*,
    h.observations AS observations, h.changes AS changes, h.forbidden_changes AS forbidden_changes,
    if(h.counter = '', 'unknown', h.counter) AS counter, h.counter_regressions AS counter_regressions,
    multiIf(
        c.provider IN ('Apple Passwords', 'iCloud Keychain (managed)'), ['iOS', 'iPadOS', 'macOS'],
        c.provider IN ('Windows Hello (hardware)', 'Windows Hello (VBS)', 'Windows Hello (software)', 'Microsoft Password Manager'), ['Windows'],
        c.provider IN ('Chrome on Mac', 'Edge on Mac'), ['macOS'],
        c.provider IN ('Android authenticator', 'Samsung Pass'), ['Android'],
        []) AS systems_served,
    arrayFilter(one -> notEmpty(systems_served) AND NOT has(systems_served, one.os_name), h.platform_systems) AS moves,
    notEmpty(moves) AS suspected_move,
    if(suspected_move, moves[1].first_at, NULL) AS suspected_move_at,
    if(suspected_move, moves[1].os_name, '') AS suspected_move_to
FROM credentials_v1 AS c
LEFT JOIN credential_history_v1 AS h ON h.project_id = c.project_id AND h.credential_hash = c.credential_hash;
