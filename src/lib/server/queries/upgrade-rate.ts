import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { funnelParameters } from './funnel-parameters.ts';
import { UPGRADE_SQL, UPGRADED } from './upgrade-sql.ts';

/**
 * Users who signed in with a legacy credential in the period, and those of them who got as far as using a synced passkey:
 * one row an ecosystem, and one of all with an empty name, in which a user of two ecosystems counts once.
 */
export const queryUpgradeRate = defineQuery({
	name: 'upgrade-rate',
	parameters: funnelParameters,
	row: z.object({
		ecosystem: z.string(),
		users: count,
		upgraded: count,
		synthetic_users: count,
		test_users: count
	}),
	sql: `
WITH ${UPGRADE_SQL}
SELECT
	if(grouping(place) = 1, '', place) AS ecosystem,
	uniqExact(user_hash) AS users,
	uniqExactIf(user_hash, ${UPGRADED}) AS upgraded,
	uniqExactIf(user_hash, user_hash IN (SELECT user_hash FROM users_state_v1 WHERE project_id = {project: String} AND synthetic)) AS synthetic_users,
	uniqExactIf(user_hash, user_hash IN (SELECT user_hash FROM credential_rows_v1 WHERE project_id = {project: String} AND test_authenticator)) AS test_users
FROM (SELECT * EXCEPT (ecosystem), ecosystem AS place FROM by_user WHERE legacy_class != 'password')
GROUP BY GROUPING SETS ((place), ())
ORDER BY ecosystem`
});
