-- How long events took to arrive, and how many come in a request and go into an insert, told by the collectors themselves: the page
-- Collector read a whole day of raw events for the first, and could not tell the others.
ALTER TABLE collector_health_v1
    ADD COLUMN IF NOT EXISTS requests UInt64 COMMENT 'Requests whose events were acknowledged',
    ADD COLUMN IF NOT EXISTS inserts UInt64 COMMENT 'Inserts that succeeded',
    ADD COLUMN IF NOT EXISTS late UInt64 COMMENT 'Events over thirty days old when they came',
    ADD COLUMN IF NOT EXISTS over_an_hour UInt64 COMMENT 'Events over an hour old when they came',
    ADD COLUMN IF NOT EXISTS delays Map(UInt8, UInt64) COMMENT 'Events by how long after their happening they came: four times the binary logarithm of a millisecond more. Not of synthetic events, nor of those whose sender''s clock was wrong';
