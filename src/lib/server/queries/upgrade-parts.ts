import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { funnelParameters } from './funnel-parameters.ts';
import { listedUsers, listUsers } from './listed-users.ts';
import { onePartParameters, partParameters } from './part-sql.ts';
import { UPGRADE_PARTS_SQL, UPGRADED } from './upgrade-sql.ts';

/** The users of upgrade-rate.ts by the part that they signed in from with a legacy credential; who did from two is in both. */
export const queryUpgradeParts = defineQuery({
	name: 'upgrade-parts',
	parameters: funnelParameters.extend(partParameters),
	row: z.object({ part: z.string(), users: count, upgraded: count }),
	sql: `
WITH ${UPGRADE_PARTS_SQL}
SELECT part, uniqExact(user_hash) AS users, uniqExactIf(user_hash, ${UPGRADED}) AS upgraded
FROM by_user
WHERE legacy_class != 'password'
GROUP BY part
ORDER BY part`
});

const listOf = (name: string, condition: string) =>
	defineQuery({
		name,
		parameters: funnelParameters.extend({ ...onePartParameters, limit: listedUsers.limit }),
		row: listedUsers.row,
		sql: `WITH ${UPGRADE_PARTS_SQL} ${listUsers(
			`SELECT user_hash AS of_user, max(began_at) AS last_at FROM by_user
	WHERE legacy_class != 'password' AND part = {part: String} AND ${condition} GROUP BY user_hash`,
			{ at: 'last_at' }
		)}`
	});

/** Who is behind both counts, of all or of one part. */
export const UPGRADE_USER_LISTS = {
	with_legacy: listOf('users-with-a-legacy-credential', 'true'),
	upgraded: listOf('users-upgraded', UPGRADED)
};
