import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters } from './filter-sql.ts';
import { USABLE_SQL } from './sync-as-of-sql.ts';

/** Usable credentials by the provider claimed at registration (empty: unknown) and their sync state, as of the period's last day. */
export const querySyncByProvider = defineQuery({
	name: 'sync-by-provider',
	parameters: filterParameters,
	row: z.object({
		provider: z.string(),
		ecosystem: z.string(),
		credentials: count,
		users: count,
		synced: count,
		syncable: count,
		device_bound: count,
		illegal: count,
		unknown: count
	}),
	sql: `
WITH ${USABLE_SQL}
SELECT
	provider,
	ecosystem,
	count() AS credentials,
	uniqExactIf(user_hash, user_hash != 0) AS users,
	countIf(sync_state = 'synced') AS synced,
	countIf(sync_state = 'syncable') AS syncable,
	countIf(sync_state = 'device_bound') AS device_bound,
	countIf(sync_state = 'illegal') AS illegal,
	countIf(sync_state = 'unknown') AS unknown
FROM usable
WHERE in_filter
GROUP BY provider, ecosystem
ORDER BY credentials DESC, provider, ecosystem`
});
