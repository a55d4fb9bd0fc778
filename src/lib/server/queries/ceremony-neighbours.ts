import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { bool } from './column-types.ts';
import { CEREMONY_COLUMNS, ceremonyRow } from './ceremony-list.ts';

/**
 * The ceremonies nearest in time that share the user or the credential with one ceremony, which is left out itself.
 * Hashes are 16 hex digits; empty: nothing is shared through it.
 */
export const queryCeremonyNeighbours = defineQuery({
	name: 'ceremony-neighbours',
	parameters: z.object({
		project: z.string(),
		ceremony_id: z.string(),
		at: z.iso.datetime(),
		/** As numbers in text; '0': none. */
		user_hash: z.string(),
		credential_hash: z.string(),
		limit: z.int().min(1).max(200)
	}),
	row: ceremonyRow.extend({ same_user: bool, same_credential: bool }),
	sql: `
WITH
toUInt64({user_hash: String}) AS the_user,
toUInt64({credential_hash: String}) AS the_credential,
near AS
(
	SELECT ceremony_hour, ceremony_id
	FROM ceremonies_v1
	WHERE project_id = {project: String} AND toString(ceremony_id) != {ceremony_id: String}
		AND ((the_user != 0 AND user_hash = the_user) OR (the_credential != 0 AND credential_hash = the_credential))
	ORDER BY abs(dateDiff('millisecond', occurred_at, parseDateTime64BestEffort({at: String}, 3, 'UTC')))
	LIMIT {limit: UInt16}
),
chosen AS
(
	SELECT *, user_hash != 0 AND user_hash = the_user AS same_user,
		credential_hash != 0 AND credential_hash = the_credential AS same_credential
	FROM ceremonies_v1
	WHERE project_id = {project: String} AND (ceremony_hour, ceremony_id) IN (SELECT ceremony_hour, ceremony_id FROM near)
)
SELECT ${CEREMONY_COLUMNS}, c.same_user AS same_user, c.same_credential AS same_credential
FROM chosen AS c
LEFT JOIN
(
	SELECT credential_hash, provider FROM credentials_v1
	WHERE project_id = {project: String} AND credential_hash IN (SELECT credential_hash FROM chosen)
) AS k ON k.credential_hash = c.credential_hash
ORDER BY c.occurred_at DESC, toString(c.ceremony_id) DESC`
});
