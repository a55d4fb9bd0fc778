import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters, WHERE_CLIENT_THEN } from './filter-sql.ts';

/**
 * What a visit's client can do, from best to least known: it can use a passkey; the site is shown in another app's browser view, where
 * WebAuthn is often missing; the browser has no WebAuthn; it has, and neither a screen lock nor another device can serve; it told
 * something, and not enough to judge; it told nothing.
 */
export const READINESS = [
	'ready',
	'in_app',
	'no_webauthn',
	'no_authenticator',
	'unclear',
	'not_told'
] as const;

export type Readiness = (typeof READINESS)[number];

/** Common table expression `visits`: one row a visit, `rank` being the place of what its client can do in READINESS, from 1. */
export const VISITS_SQL = `
visits AS
(
	SELECT
		user_hash, first_seen_at,
		concat(os_name, if(os_name = '' OR browser_name = '', '', ', '), browser_name) AS client,
		multiIf(
			passkey_capable = true, 1,
			passkey_capable = false AND in_app_browser, 2,
			webauthn_supported = false, 3,
			passkey_capable = false, 4,
			webauthn_supported IS NOT NULL, 5, 6) AS rank
	FROM sessions_v1
	WHERE ${WHERE_CLIENT_THEN}
)`;

/**
 * Visits and users by what their client can do. A user of several clients counts by the best of them: who can use a passkey on one is
 * ready. `mostly` names the commonest system and browser of each row.
 */
export const queryReadiness = defineQuery({
	name: 'readiness',
	parameters: filterParameters,
	row: z.object({
		readiness: z.enum(READINESS),
		visits: count,
		users: count,
		mostly: z.string()
	}),
	sql: `
WITH ${VISITS_SQL}
SELECT
	[${READINESS.map((one) => `'${one}'`).join(', ')}][rank] AS readiness,
	v.visits AS visits,
	u.users AS users,
	v.mostly AS mostly
FROM (SELECT rank, count() AS visits, topKIf(1)(client, client != '')[1] AS mostly FROM visits GROUP BY rank) AS v
LEFT JOIN
(
	SELECT rank, count() AS users
	FROM (SELECT user_hash, min(visits.rank) AS rank FROM visits WHERE user_hash != 0 GROUP BY user_hash)
	GROUP BY rank
) AS u ON u.rank = v.rank
ORDER BY rank`
});
