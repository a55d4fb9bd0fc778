-- Merging a row of the raw events costs more than inserting it into every table: 8.4 µs, half of it for the words of its 45 LowCardinality columns,
-- which each merge looks up anew. In twenties a row is merged once until tens of millions lie in a month, and twice until hundreds of millions.
-- More than fifty parts of a partition lower the base by themselves, and so does age: a site of ordinary size sees no more parts than before.
ALTER TABLE events_raw_v1 MODIFY SETTING merge_selector_base = 20;
-- The next most: 2 µs for each event of a page with a ceremony in five. They lie in the order of time, so parts hardly overlap.
ALTER TABLE ceremonies_state_v1 MODIFY SETTING merge_selector_base = 10;
