-- What a user is about to do, over all its pages (flow.started, flow.chosen, flow.reached, flow.finished), and what a sender knows
-- to be missing. Both stand in raw events alone: a flow is read by its id, and few pages ask. The method a user chose or ended
-- with is in signin_method, the outcome in client_outcome, the reason of a fallback in fallback_reason, as of a sign-in.
-- The counts are on one event each, so that a batch sent twice counts once.
ALTER TABLE events_raw_v1 ADD COLUMN IF NOT EXISTS flow_purpose LowCardinality(String) COMMENT 'flow.started: sign_in, sign_up, recovery, enroll, upgrade' AFTER signal;
ALTER TABLE events_raw_v1 ADD COLUMN IF NOT EXISTS flow_step LowCardinality(String) COMMENT 'flow.reached: a step of the site''s own' AFTER flow_purpose;
ALTER TABLE events_raw_v1 ADD COLUMN IF NOT EXISTS offered_methods Array(LowCardinality(String)) COMMENT 'flow.started: the methods the page offered' AFTER flow_step;
ALTER TABLE events_raw_v1 ADD COLUMN IF NOT EXISTS dropped_events UInt32 COMMENT 'Events the sender had no room for before this one' AFTER offered_methods;
ALTER TABLE events_raw_v1 ADD COLUMN IF NOT EXISTS sampled_out_events UInt32 COMMENT 'Autofill requests nobody touched that the page left out before this one' AFTER dropped_events;
ALTER TABLE events_raw_v1 ADD COLUMN IF NOT EXISTS sdk_errors UInt32 COMMENT 'Failures inside the SDK before this one, each swallowed' AFTER sampled_out_events;
