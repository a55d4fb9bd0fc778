import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { FLAG_CHANGES, type FlagChange } from '../../ledger/findings.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters, type FilterParameters } from './filter-sql.ts';
import { changedInPeriod, OF_PERIOD } from './ledger-findings.ts';

const queryFlagChangeCounts = defineQuery({
	name: 'flag-change-counts',
	parameters: filterParameters,
	row: z.object({
		/** `seen`: every credential that showed itself in the period, changed or not. */
		verdict: z.enum(['seen', ...FLAG_CHANGES]),
		changes: count,
		credentials: count,
		/** With a user named for them. */
		users: count
	}),
	sql: `
WITH ${OF_PERIOD}
SELECT toString(change.verdict) AS verdict, count() AS changes, uniqExact(credential_hash) AS credentials, uniqExactIf(user_hash, user_hash != 0) AS users
FROM (SELECT credential_hash, user_hash, arrayJoin(arrayPopFront(flag_changes)) AS change FROM ledgers)
WHERE ${changedInPeriod('change')}
GROUP BY verdict
UNION ALL
SELECT 'seen' AS verdict, toUInt64(0) AS changes, count() AS credentials, uniqExactIf(user_hash, user_hash != 0) AS users FROM ledgers`
});

export interface FlagChangeCounts {
	/** Credentials that showed themselves in the period: what the changed ones are of. */
	seen: number;
	/** Each kind of change, those that did not happen too. */
	changes: { verdict: FlagChange; changes: number; credentials: number; users: number }[];
}

/** How often backup flags changed in the period, by what the change is. */
export async function readFlagChanges(
	client: ClickHouseClient,
	parameters: FilterParameters
): Promise<FlagChangeCounts> {
	const rows = await queryFlagChangeCounts(client, parameters);
	const of = (name: string) => rows.find(({ verdict }) => verdict === name);
	return {
		seen: of('seen')?.credentials ?? 0,
		changes: FLAG_CHANGES.map((verdict) => {
			const { changes = 0, credentials = 0, users = 0 } = of(verdict) ?? {};
			return { verdict, changes, credentials, users };
		})
	};
}

/** Common table expression `moved`: each suspected move of the period. Constant text: values are bound. */
export const MOVED_SQL = `${OF_PERIOD},
moved AS
(
	SELECT credential_hash, user_hash, provider, toString(move.os_name) AS system, move.first_at AS moved_at
	FROM (SELECT credential_hash, user_hash, toString(provider) AS provider, arrayJoin(moves) AS move FROM ledgers)
	WHERE toDate(move.first_at, {zone: String}) BETWEEN {from: Date} AND {to: Date}
)`;

/**
 * Credentials that in the period first answered as the device's own on a system that the provider recorded at registration does not
 * serve, by both: they may have been exported. A suspicion, never a fact.
 */
export const querySuspectedMoves = defineQuery({
	name: 'suspected-moves',
	parameters: filterParameters,
	row: z.object({
		provider: z.string(),
		system: z.string(),
		credentials: count,
		/** With a user named for them. */
		users: count
	}),
	sql: `
WITH ${MOVED_SQL}
SELECT provider, system, uniqExact(credential_hash) AS credentials, uniqExactIf(user_hash, user_hash != 0) AS users
FROM moved
GROUP BY provider, system
ORDER BY credentials DESC, provider, system`
});

export type SuspectedMove = Awaited<ReturnType<typeof querySuspectedMoves>>[number];
