-- What was acknowledged is deleted from the spool when its insert is answered. From here on the insert's files, and the
-- directory that names them, are on disk by then, so that a power failure takes nothing: of the raw events, and of the tables
-- that the same insert feeds. What a merge makes needs no sync: the database keeps its sources for eight minutes.
ALTER TABLE events_raw_v1 MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE ceremonies_state_v1 MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE credentials_state_v2 MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE credential_observations_state_v1 MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE prompts_state_v1 MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE sessions_state_v1 MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE signins_state_v1 MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE users_state_v1 MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE user_ceremonies_state_v1 MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
