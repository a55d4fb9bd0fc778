import { z } from 'zod';
import { SYNC_STATES } from '../../format/names.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import {
	COUNTED_HERE_SQL,
	CREDENTIAL_STATUSES,
	credentialFilterParameters,
	INVENTORY_SQL,
	WHERE_LISTED_CREDENTIAL
} from './credential-filter-sql.ts';

/** Credentials under the list's filters, by status and sync state. */
export const queryCredentialSummary = defineQuery({
	name: 'credential-summary',
	parameters: credentialFilterParameters,
	row: z.object({
		status: z.enum(CREDENTIAL_STATUSES),
		sync_state: z.enum(SYNC_STATES),
		credentials: count,
		flags_illegal: count,
		eligibility_changed: count
	}),
	sql: `
WITH ${INVENTORY_SQL},
${COUNTED_HERE_SQL}
SELECT
	status,
	sync_state,
	count() AS credentials,
	countIf(backup_flags_illegal) AS flags_illegal,
	countIf(backup_eligibility_changed) AS eligibility_changed
FROM inventory
WHERE ${WHERE_LISTED_CREDENTIAL}
GROUP BY status, sync_state
ORDER BY status, sync_state`
});
