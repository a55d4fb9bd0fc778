import { z } from 'zod';
import { SYNC_STATES } from '../../format/names.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters } from './filter-sql.ts';
import { USABLE_SQL } from './sync-as-of-sql.ts';

/** Usable credentials by BE/BS state as of the period's last day, and those whose flags ever broke a rule. States without credentials have no row. */
export const querySyncStates = defineQuery({
	name: 'sync-states',
	parameters: filterParameters,
	row: z.object({
		sync_state: z.enum(SYNC_STATES),
		credentials: count,
		users: count,
		/** BS without BE was seen at some time. */
		flags_illegal: count,
		/** BE was seen both set and clear: it must never change. */
		eligibility_changed: count
	}),
	sql: `
WITH ${USABLE_SQL}
SELECT
	sync_state,
	count() AS credentials,
	uniqExactIf(user_hash, user_hash != 0) AS users,
	countIf(flags_illegal) AS flags_illegal,
	countIf(eligibility_changed) AS eligibility_changed
FROM (SELECT * FROM usable WHERE in_filter)
GROUP BY sync_state
ORDER BY credentials DESC`
});
