-- A row of the raw events is merged once more whenever the parts around it have grown severalfold, and each time costs as much as its insert:
-- a hundred columns, row by row. Ten instead of five parts of a size to a merge leave that at two thirds to a half, for a dozen parts instead of
-- five; few questions read this table, and those find their rows by its order.
-- Below 128 MiB (half a million rows) a part is one file and not a thousand, which a merge makes and deletes again.
ALTER TABLE events_raw_v1 MODIFY SETTING merge_selector_base = 10, min_bytes_for_wide_part = 134217728;
