import type { ClickHouseSettings } from '@clickhouse/client';

/** For an insert of raw events that had arrived before: `arrivals_v1` (0245_arrivals.sql) does not count them again. */
export const WRITTEN_AGAIN: ClickHouseSettings = { log_comment: 'written again' };
