import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters, WHERE_CLIENT } from './filter-sql.ts';
import { USABLE_SQL } from './sync-as-of-sql.ts';

/**
 * Common table expression `holders`: one row a user who holds a usable passkey at the end of the period and came on a client that can use
 * passkeys in it, with the systems they are `stranded` on: where none of theirs is known to work, as an Apple passkey on Android. A passkey
 * works where it was registered or used; a password manager's and a security key's anywhere; a synced one of Apple, Google or Microsoft
 * in its ecosystem; Google's in Chrome everywhere. One whose provider is not known is given the benefit of the doubt. A phone at hand
 * can still answer by QR. Constant text: values are bound.
 */
const HOLDERS_SQL = `
${USABLE_SQL},
held AS
(
	SELECT user_hash, groupArray((ecosystem, used_on_os, flags >= 3)) AS passkeys
	FROM usable
	WHERE user_hash != 0
	GROUP BY user_hash
),
came AS
(
	SELECT user_hash, groupArray((os_name, browser_name, client_ecosystem, assumeNotNull(capable_until))) AS visits
	FROM user_days_v1
	WHERE ${WHERE_CLIENT} AND passkey_capable = 'yes' AND os_name != ''
	GROUP BY user_hash
),
holders AS
(
	SELECT
		c.user_hash AS user_hash, c.visits AS visits,
		arraySort(arrayDistinct(arrayMap(one -> toString(one.1), h.passkeys))) AS holds,
		arraySort(arrayDistinct(arrayMap(visit -> toString(visit.1), arrayFilter(visit ->
			NOT arrayExists(one -> one.1 IN ('third_party', 'security_key', 'unknown') OR has(one.2, visit.1)
				OR (one.3 AND one.1 = visit.3) OR (one.1 = 'google' AND visit.2 = 'Chrome'), h.passkeys), c.visits)))) AS stranded_on
	FROM came AS c
	INNER JOIN held AS h ON h.user_hash = c.user_hash
)`;

/** Common table expression `stranded`: one row a user and system they are stranded on, with what they hold and when they last came there. */
export const STRANDED_SQL = `${HOLDERS_SQL},
stranded AS
(
	SELECT user_hash, system, holds, arrayMax(arrayMap(visit -> visit.4, arrayFilter(visit -> visit.1 = system, visits))) AS last_at
	FROM holders
	ARRAY JOIN stranded_on AS system
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
WITH ${HOLDERS_SQL},
alike AS (SELECT holds, stranded_on, count() AS people FROM holders GROUP BY holds, stranded_on),
beside_all AS (SELECT *, sum(people * notEmpty(stranded_on)) OVER () AS all_people, sum(people) OVER () AS all_holders FROM alike)
SELECT holds, system, sum(people) AS users, any(all_people) AS all_users, any(all_holders) AS holders_seen
FROM beside_all
ARRAY JOIN stranded_on AS system
GROUP BY holds, system
ORDER BY users DESC, holds, system
LIMIT 50`
});

export type StrandedRow = Awaited<ReturnType<typeof queryStrandedUsers>>[number];
