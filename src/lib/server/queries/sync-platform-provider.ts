import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters } from './filter-sql.ts';
import { USABLE_SQL } from './sync-as-of-sql.ts';

/**
 * Usable credentials by the system they were registered or used on and by provider, as of the period's last day.
 * A credential used on two systems is in two cells, so cells do not add up to the number of credentials.
 */
export const querySyncPlatformProvider = defineQuery({
	name: 'sync-platform-provider',
	parameters: filterParameters,
	row: z.object({
		/** Empty: no system known. */
		platform: z.string(),
		provider: z.string(),
		credentials: count,
		synced: count
	}),
	sql: `
WITH ${USABLE_SQL}
SELECT
	arrayJoin(if(empty(used_on_os), [''], used_on_os)) AS platform,
	provider,
	count() AS credentials,
	countIf(sync_state = 'synced') AS synced
FROM usable
WHERE in_filter
GROUP BY platform, provider
ORDER BY platform, provider`
});
