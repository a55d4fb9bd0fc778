import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { defineQuery } from '../define-query.ts';
import { CEREMONY_COLUMNS, ceremonyRow, chosenCeremonies } from './ceremony-list.ts';
import { withProviders } from './ceremony-providers.ts';
import { bool } from './column-types.ts';

const parameters = z.object({
	project: z.string(),
	/** Left out of the answer; empty: nothing is. */
	ceremony_id: z.string(),
	at: z.iso.datetime(),
	/** As numbers in text; '0': none. */
	user_hash: z.string(),
	credential_hash: z.string(),
	limit: z.int().min(1).max(200)
});

const queryNeighbours = defineQuery({
	name: 'ceremony-neighbours',
	parameters,
	row: ceremonyRow.extend({ same_user: bool, same_credential: bool }),
	sql: `
WITH
toUInt64({user_hash: String}) AS the_user,
toUInt64({credential_hash: String}) AS the_credential,
-- Whoever an event named; whose the ceremony is in the end is asked of the ceremony itself.
named AS
(
	SELECT toStartOfHour(UUIDv7ToDateTime(ceremony_id, 'UTC')) AS ceremony_hour, ceremony_id
	FROM user_ceremonies_state_v1
	WHERE project_id = {project: String} AND user_hash = the_user AND the_user != 0
	UNION ALL
	SELECT toStartOfHour(UUIDv7ToDateTime(ceremony_id, 'UTC')), ceremony_id
	FROM credential_observations_state_v1
	WHERE project_id = {project: String} AND credential_hash = the_credential AND the_credential != 0
),
near AS
(
	SELECT ceremony_hour, ceremony_id
	FROM ceremonies_v1
	WHERE project_id = {project: String} AND toString(ceremony_id) != {ceremony_id: String}
		AND (ceremony_hour, ceremony_id) IN (SELECT ceremony_hour, ceremony_id FROM named)
		AND ((the_user != 0 AND user_hash = the_user) OR (the_credential != 0 AND credential_hash = the_credential))
	ORDER BY abs(dateDiff('millisecond', occurred_at, parseDateTime64BestEffort({at: String}, 3, 'UTC')))
	LIMIT {limit: UInt16}
)
SELECT ${CEREMONY_COLUMNS},
	c.user_hash != 0 AND c.user_hash = the_user AS same_user,
	c.credential_hash != 0 AND c.credential_hash = the_credential AS same_credential
FROM (${chosenCeremonies('near')}) AS c
ORDER BY c.occurred_at DESC, toString(c.ceremony_id) DESC`
});

/** The ceremonies nearest in time that share the user or the credential with one ceremony, newest first. */
export async function queryCeremonyNeighbours(
	client: ClickHouseClient,
	input: z.input<typeof parameters>
) {
	const rows = await queryNeighbours(client, input);
	return withProviders(client, { project: input.project, rows });
}
