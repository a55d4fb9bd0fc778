-- Sign-ins and prompts lie in the order of time, credentials in that of their hashes. A user's page looked through all sign-ins and prompts of
-- the days between their first and last, and through all credentials; an index that says of each granule whom it cannot name leaves the
-- others unread.
ALTER TABLE signins_state_v1 ADD INDEX IF NOT EXISTS users_named user_hash TYPE bloom_filter(0.01);

ALTER TABLE signins_state_v1 MATERIALIZE INDEX users_named;

ALTER TABLE prompts_state_v1 ADD INDEX IF NOT EXISTS users_named user_hash TYPE bloom_filter(0.01);

ALTER TABLE prompts_state_v1 MATERIALIZE INDEX users_named;

ALTER TABLE credentials_state_v2 ADD INDEX IF NOT EXISTS owners_named owner.2 TYPE bloom_filter(0.01);

ALTER TABLE credentials_state_v2 MATERIALIZE INDEX owners_named;
