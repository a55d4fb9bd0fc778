-- A page that was left for good while the dialog was open says so, and nothing more can come of it but the server's verdict, which outweighs
-- it whenever it comes. Such a ceremony is abandoned at once, not pending for five minutes; and where its start was lost on the way, it was
-- pending for ever. Five minutes are for those of which no end was told at all. An autofill request stays untouched.
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
