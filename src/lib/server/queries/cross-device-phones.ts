import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { ECOSYSTEMS } from '../../filters.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { CROSS_DEVICE_SQL } from './cross-device.ts';
import { COUNTED, HAPPENED_IN_PERIOD, OFFERS } from './filter-sql.ts';
import { funnelParameters, type FunnelParameters } from './funnel-parameters.ts';

/** Whether the other device answered for this user, on devices of this ecosystem, for the first time in the period, or again. */
export const TURNS = ['first', 'second', 'later', 'unnamed'] as const;

export type Turn = (typeof TURNS)[number];

/**
 * Common table expression `answers`: the crossings that another device answered, each with the ecosystem of the passkey that did, which turn it
 * was for its user, and whether a passkey of the user's own was offered there after it succeeded. Constant text: values are bound.
 */
export const ANSWERS_SQL = `${CROSS_DEVICE_SQL},
offered_there AS
(
	SELECT user_hash, client_ecosystem, groupArray(assumeNotNull(shown_at)) AS shown
	FROM prompts_v1
	WHERE project_id = {project: String} AND ${COUNTED} AND ${HAPPENED_IN_PERIOD}
		AND shown_at IS NOT NULL AND purpose IN ${OFFERS} AND user_hash != 0
	GROUP BY user_hash, client_ecosystem
),
numbered AS
(
	SELECT
		user_hash, os_name, credential_hash, client_ecosystem, limit_at, depth, elapsed_ms, times[3] AS answered_at,
		row_number() OVER (PARTITION BY user_hash, client_ecosystem ORDER BY times[3], began_at) AS number
	FROM crossings
	WHERE depth >= 3
),
answers AS
(
	SELECT
		w.user_hash AS user_hash, w.os_name AS os_name, w.depth AS depth, w.elapsed_ms AS elapsed_ms, w.answered_at AS answered_at,
		w.depth >= 4 AND arrayExists(at -> at >= w.answered_at AND at <= w.limit_at, o.shown) AS offered_here,
		if(k.credential_ecosystem = '', 'unknown', k.credential_ecosystem) AS phone,
		multiIf(w.user_hash = 0, 'unnamed', w.number = 1, 'first', w.number = 2, 'second', 'later') AS turn
	FROM numbered AS w
	LEFT JOIN (SELECT credential_hash, toString(credential_ecosystem) AS credential_ecosystem
		FROM credential_rows_v1 WHERE project_id = {project: String}) AS k ON k.credential_hash = w.credential_hash
	LEFT JOIN offered_there AS o ON o.user_hash = w.user_hash AND o.client_ecosystem = w.client_ecosystem AND w.user_hash != 0
)`;

const query = defineQuery({
	name: 'cross-device-phones',
	parameters: funnelParameters,
	row: z.object({
		grouping: z.enum(['phone', 'turn']),
		/** Of the device that showed the prompt; empty: not known. */
		platform: z.string(),
		phone: z.enum(ECOSYSTEMS).or(z.literal('')),
		turn: z.enum(TURNS).or(z.literal('')),
		answered: count,
		users: count,
		succeeded: count,
		/** Of these: a passkey of the user's own was offered there afterwards, and made. */
		offered_here: count,
		passkey_here: count,
		/** From call to answer; null where nobody measured. */
		answer_p50_ms: count.nullable()
	}),
	sql: `
WITH ${ANSWERS_SQL}
SELECT
	if(grouping(a.os_name) = 0, 'phone', 'turn') AS grouping,
	if(grouping = 'phone', toString(a.os_name), '') AS platform,
	if(grouping = 'phone', a.phone, '') AS phone,
	if(grouping = 'turn', a.turn, '') AS turn,
	count() AS answered,
	uniqExactIf(a.user_hash, a.user_hash != 0) AS users,
	countIf(a.depth >= 4) AS succeeded,
	countIf(a.offered_here) AS offered_here,
	countIf(a.depth >= 5) AS passkey_here,
	if(countIf(a.elapsed_ms IS NOT NULL) = 0, NULL, quantileExactIf(0.5)(assumeNotNull(a.elapsed_ms), a.elapsed_ms IS NOT NULL)) AS answer_p50_ms
FROM answers AS a
GROUP BY GROUPING SETS ((a.os_name, a.phone), (a.turn))
ORDER BY grouping, answered DESC, platform, phone, turn`
});

/** Who answered for whom across devices, and whether it was again: by the two ecosystems, and by turn, in their order. */
export async function readCrossDevicePhones(
	client: ClickHouseClient,
	parameters: FunnelParameters
) {
	const rows = await query(client, parameters);
	const countsOf = (row: (typeof rows)[number]) => {
		const { answered, users, succeeded, offered_here, passkey_here, answer_p50_ms } = row;
		return { answered, users, succeeded, offered_here, passkey_here, answer_p50_ms };
	};
	return {
		phones: rows
			.filter(({ grouping }) => grouping === 'phone')
			.map((row) => ({ platform: row.platform, phone: row.phone, ...countsOf(row) })),
		turns: TURNS.flatMap((turn) =>
			rows
				.filter((row) => row.grouping === 'turn' && row.turn === turn)
				.map((row) => ({ turn, ...countsOf(row) }))
		)
	};
}

export type CrossDevicePhones = Awaited<ReturnType<typeof readCrossDevicePhones>>;
