import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters, WHERE_CLIENT_THEN } from './filter-sql.ts';
import { USABLE_SQL } from './sync-as-of-sql.ts';

/**
 * Common table expression `stranded`: one row a user who holds a usable passkey at the end of the period and a system they came on in it,
 * on clients that can use passkeys, where none of theirs is known to work: an Apple passkey on Android. A passkey works where it was
 * registered or used; a password manager's and a security key's anywhere; a synced one of Apple, Google or Microsoft in its ecosystem;
 * Google's in Chrome everywhere. One whose provider is not known is given the benefit of the doubt. A phone at hand can still answer by QR.
 * Constant text: values are bound.
 */
export const STRANDED_SQL = `
${USABLE_SQL},
held AS
(
	SELECT user_hash, groupArray((toString(ecosystem), used_on_os, sync_state IN ('synced', 'syncable'))) AS passkeys,
		arraySort(groupUniqArray(toString(ecosystem))) AS holds
	FROM usable
	WHERE user_hash != 0
	GROUP BY user_hash
),
came AS
(
	SELECT user_hash, toString(os_name) AS system, toString(browser_name) AS browser, toString(client_ecosystem) AS place, max(last_seen_at) AS last_at
	FROM sessions_v1
	WHERE ${WHERE_CLIENT_THEN} AND user_hash != 0 AND passkey_capable = true AND os_name != ''
	GROUP BY user_hash, system, browser, place
),
stranded AS
(
	SELECT c.user_hash AS user_hash, c.system AS system, any(h.holds) AS holds, max(c.last_at) AS last_at
	FROM came AS c
	INNER JOIN held AS h ON h.user_hash = c.user_hash
	GROUP BY c.user_hash, c.system
	HAVING max(NOT arrayExists(one -> one.1 IN ('third_party', 'security_key', 'unknown') OR has(one.2, c.system)
		OR (one.3 AND one.1 = c.place) OR (one.1 = 'google' AND c.browser = 'Chrome'), h.passkeys))
)`;

/** Who is stranded where: users by what they hold and the system they came on. A user of two such systems is in both rows. */
export const queryStrandedUsers = defineQuery({
	name: 'stranded-users',
	parameters: filterParameters,
	row: z.object({
		/** Ecosystems, in the order of their names. */
		holds: z.array(z.string()),
		system: z.string(),
		users: count,
		/** Stranded anywhere, each once; and holders who came at all. The same in every row. */
		all_users: count,
		holders_seen: count
	}),
	sql: `
WITH ${STRANDED_SQL}
SELECT
	holds, system, count() AS users,
	(SELECT uniqExact(user_hash) FROM stranded) AS all_users,
	(SELECT uniqExact(c.user_hash) FROM came AS c INNER JOIN held AS h ON h.user_hash = c.user_hash) AS holders_seen
FROM stranded
GROUP BY holds, system
ORDER BY users DESC, holds, system
LIMIT 50`
});

export type StrandedRow = Awaited<ReturnType<typeof queryStrandedUsers>>[number];
