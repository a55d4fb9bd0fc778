-- Errors that ended ceremonies, by day and by who saw them: which of them no rule of the classifier knows.
CREATE VIEW IF NOT EXISTS error_signatures_v1 AS
SELECT
    project_id, event_date AS day,
    error_name, error_signature, error_code,
    lower(substring(hex(SHA256(concat(error_name, '\n', error_signature, '\n', error_code))), 1, 10)) AS signature_id,
    os_name, browser_name,
    cause, cause_confidence, cause_rule,
    cause = 'unknown' AND cause_rule = '' AS unknown,
    count() AS occurrences,
    min(occurred_at) AS first_seen_at,
    max(occurred_at) AS last_seen_at
FROM events_raw_v1 FINAL
WHERE event_type = 'ceremony.finished' AND client_outcome = 'error'
GROUP BY project_id, day, error_name, error_signature, error_code, os_name, browser_name, cause, cause_confidence, cause_rule;
