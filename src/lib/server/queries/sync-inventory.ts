import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { SYNC_STATES, type SyncState } from '../../format/names.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters, type FilterParameters } from './filter-sql.ts';
import { stateOf, USABLE_SQL } from './sync-as-of-sql.ts';

const counts = {
	credentials: count,
	/** With a user named for them; of the groups by system not counted. */
	users: count,
	synced: count,
	syncable: count,
	device_bound: count,
	illegal: count,
	unknown: count,
	/** BS without BE was seen at some time. */
	flags_illegal: count,
	/** BE was seen both set and clear: it must never change. */
	eligibility_changed: count
};

/**
 * Usable credentials as of the period's last day, grouped three ways in one pass over the ledger: by sync state, by the provider
 * claimed at registration, and by system and provider. A credential used on two systems is in both.
 */
const querySyncInventory = defineQuery({
	name: 'sync-inventory',
	parameters: filterParameters,
	row: z.object({
		grouping: z.enum(['state', 'provider', 'platform']),
		sync_state: z.enum(['', ...SYNC_STATES]),
		/** Empty: unknown. */
		provider: z.string(),
		ecosystem: z.string(),
		/** Empty: no system known. */
		platform: z.string(),
		...counts
	}),
	sql: `
WITH ${USABLE_SQL}
SELECT
	group.1 AS grouping, group.2 AS sync_state, group.3 AS provider, group.4 AS ecosystem, group.5 AS platform,
	sum(alike) AS credentials,
	uniqExactMergeIf(owners, group.1 != 'platform') AS users,
	sumIf(alike, state = 'synced') AS synced,
	sumIf(alike, state = 'syncable') AS syncable,
	sumIf(alike, state = 'device_bound') AS device_bound,
	sumIf(alike, state = 'illegal') AS illegal,
	sumIf(alike, state = 'unknown') AS unknown,
	sum(illegal_once) AS flags_illegal,
	sum(changed_once) AS eligibility_changed
FROM
(
	-- Credentials that are alike in all of it are counted first: there are few such kinds.
	SELECT
		toString(${stateOf('flags')}) AS state, alike, owners, illegal_once, changed_once,
		arrayJoin(arrayConcat(
			[('state', state, '', '', ''), ('provider', '', toString(provider), toString(ecosystem), '')],
			arrayMap(system -> ('platform', '', toString(provider), '', toString(system)), if(empty(used_on_os), [''], used_on_os)))) AS group
	FROM
	(
		SELECT
			flags, provider, ecosystem, used_on_os,
			count() AS alike, countIf(flags_illegal) AS illegal_once, countIf(eligibility_changed) AS changed_once,
			uniqExactStateIf(user_hash, user_hash != 0) AS owners
		FROM usable
		WHERE in_filter
		GROUP BY flags, provider, ecosystem, used_on_os
	)
)
GROUP BY group
ORDER BY grouping, platform, if(grouping = 'platform', 0, credentials) DESC, provider, ecosystem`
});

/** The three groupings, the commonest first, but systems by their name. States without credentials have no row. */
export async function readSyncInventory(client: ClickHouseClient, parameters: FilterParameters) {
	const rows = await querySyncInventory(client, parameters);
	const of = (grouping: (typeof rows)[number]['grouping']) =>
		rows.filter((row) => row.grouping === grouping);
	return {
		states: of('state').map(
			({ sync_state, credentials, users, flags_illegal, eligibility_changed }) => ({
				sync_state: sync_state as SyncState,
				...{ credentials, users, flags_illegal, eligibility_changed }
			})
		),
		providers: of('provider').map(
			({
				provider,
				ecosystem,
				credentials,
				users,
				synced,
				syncable,
				device_bound,
				illegal,
				unknown
			}) => ({
				...{ provider, ecosystem, credentials, users },
				...{ synced, syncable, device_bound, illegal, unknown }
			})
		),
		platforms: of('platform').map(({ platform, provider, credentials, synced }) => ({
			...{ platform, provider, credentials, synced }
		}))
	};
}
