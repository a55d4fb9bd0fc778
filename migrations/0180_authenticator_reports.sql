-- What the FIDO Metadata Service reported of an authenticator model, and since when: a model's certification and status are asked of past
-- days, too, and a blob tells neither what an earlier one said nor when a report without a date began. One row a report; several
-- collectors may write the same in any order. Nothing of a person is in them.
CREATE TABLE IF NOT EXISTS authenticator_reports_state_v1
(
    aaguid                             String,
    status                             LowCardinality(String) COMMENT 'As MDS names it, such as FIDO_CERTIFIED_L1 or REVOKED',
    effective_date                     String COMMENT 'YYYY-MM-DD; empty: MDS gives none, the report counts while it is there',
    authenticator_version              String COMMENT 'Firmware the report is about; empty: not told',
    certificate_number                 String COMMENT 'Empty: not told',
    certification_descriptor           SimpleAggregateFunction(max, String),
    certification_policy_version       SimpleAggregateFunction(max, String),
    certification_requirements_version SimpleAggregateFunction(max, String),
    first_seen_at                      SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'When a collector first read it',
    last_seen_at                       SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    gone_at                            SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'When a blob without it was last read first; 1970: it was always there'
)
ENGINE = AggregatingMergeTree
ORDER BY (aaguid, status, effective_date, authenticator_version, certificate_number);

CREATE VIEW IF NOT EXISTS authenticator_reports_v1 AS
SELECT
    aaguid,
    status,
    effective_date,
    authenticator_version,
    certificate_number,
    max(certification_descriptor) AS certification_descriptor,
    max(certification_policy_version) AS certification_policy_version,
    max(certification_requirements_version) AS certification_requirements_version,
    min(r.first_seen_at) AS first_seen_at,
    max(r.last_seen_at) AS last_seen_at,
    if(max(r.gone_at) > max(r.last_seen_at), max(r.gone_at), NULL) AS gone_at
FROM authenticator_reports_state_v1 AS r
GROUP BY aaguid, status, effective_date, authenticator_version, certificate_number;

-- From which day until which (the first it does not hold for) a model had which status and certification. The newest report counts, wherever it
-- stands in the blob; of one day's the gravest, since MDS says that the latest tells the current state and not which of two of a day that is.
-- A report without a date counts from the day it was first read, one that left the blob until that day. UPDATE_AVAILABLE and certificates by
-- FIPS say nothing of either, and statuses that are not known here are to be ignored, says MDS 3.1. The certification is the highest since the
-- model was last reported without one. Before the first report there is no row: not known.
CREATE VIEW IF NOT EXISTS authenticator_status_v1 AS
SELECT
    aaguid, from_day, until_day,
    held[-1].3 AS status,
    held[arrayLastIndex(r -> r.3 != status, held) + 1].1 AS status_since,
    highest.3 AS certification,
    if(certification = '', NULL, highest.1) AS certification_since
FROM
(
    SELECT
        aaguid,
        day AS from_day,
        until AS until_day,
        arraySort(arrayFilter(r -> r.1 <= day AND r.4 > day, reports)) AS held,
        arrayMax(r -> if(r.2 = 1, r.1, toDate(0)), held) AS without_since,
        arrayReverseSort(r -> (r.2, -toInt32(r.1)), arrayFilter(r -> r.2 BETWEEN 3 AND 9 AND r.1 >= without_since, held))[1] AS highest
    FROM
    (
        SELECT
            aaguid,
            groupArray((starts, rank, status, ends)) AS reports,
            arraySort(arrayDistinct(arrayConcat(groupArray(starts), groupArray(ends)))) AS days
        FROM
        (
            SELECT
                aaguid,
                toString(status) AS status,
                ifNull(toDateOrNull(effective_date), toDate(first_seen_at)) AS starts,
                ifNull(toDate(gone_at), toDate('2149-06-06')) AS ends,
                transform(status,
                    ['NOT_FIDO_CERTIFIED', 'SELF_ASSERTION_SUBMITTED', 'FIDO_CERTIFIED', 'FIDO_CERTIFIED_L1', 'FIDO_CERTIFIED_L1plus', 'FIDO_CERTIFIED_L2',
                        'FIDO_CERTIFIED_L2plus', 'FIDO_CERTIFIED_L3', 'FIDO_CERTIFIED_L3plus', 'RETIRED', 'USER_VERIFICATION_BYPASS',
                        'ATTESTATION_KEY_COMPROMISE', 'USER_KEY_PHYSICAL_COMPROMISE', 'USER_KEY_REMOTE_COMPROMISE', 'REVOKED'],
                    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], 0) AS rank
            FROM authenticator_reports_v1
            WHERE rank > 0
        )
        GROUP BY aaguid
    )
    ARRAY JOIN days AS day, arrayPushBack(arrayPopFront(days), toDate('2149-06-06')) AS until
    WHERE notEmpty(held)
);

ALTER TABLE authenticators_state_v1
    ADD COLUMN IF NOT EXISTS status_changed_on Nullable(Date) COMMENT 'When MDS last changed what it reports of the model, as it says';

-- Status and certification are today's by the reports; the columns of those names in the table are what earlier versions wrote.
CREATE OR REPLACE VIEW authenticators_v1 AS
SELECT
    a.* EXCEPT (generation, status, status_since, certification),
    s.status AS status,
    if(s.status = '', NULL, s.status_since) AS status_since,
    s.certification AS certification
FROM
(
    SELECT *
    FROM authenticators_state_v1 FINAL
    WHERE generation = (SELECT max(generation) FROM authenticators_state_v1)
) AS a
LEFT JOIN
(
    SELECT aaguid, status, status_since, certification
    FROM authenticator_status_v1
    WHERE from_day <= toDate(now64(3, 'UTC')) AND until_day > toDate(now64(3, 'UTC'))
) AS s ON s.aaguid = a.aaguid;
