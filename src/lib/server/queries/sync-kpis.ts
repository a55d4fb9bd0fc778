import type { ClickHouseClient } from '@clickhouse/client';
import type { KpiAnswer } from '../../format/kpi.ts';
import type { FilterParameters } from './filter-sql.ts';
import { querySyncCoverage } from './sync-coverage.ts';

/** Ids of the registry that `syncKpis` answers. */
export const SYNC_KPI_IDS = [
	'sync_coverage',
	'synced_share',
	'backed_up_share',
	'lockout_risk',
	'reach'
] as const;

export type SyncKpiId = (typeof SYNC_KPI_IDS)[number];

/** The figures about sync, and the counts behind them, as of the period's last day. */
export async function syncKpis(client: ClickHouseClient, parameters: FilterParameters) {
	const [row] = await querySyncCoverage(client, parameters);
	if (!row) throw new Error('sync-coverage gave no row');
	const known = {
		numerator: row.flags_known,
		denominator: row.credentials,
		of: 'Usable credentials whose flags are known'
	};
	const owned = {
		numerator: row.credentials - row.unowned,
		denominator: row.credentials,
		of: 'Usable credentials whose user is known'
	};
	const answers: Record<SyncKpiId, KpiAnswer> = {
		sync_coverage: {
			numerator: row.covered_users,
			denominator: row.passkey_users,
			coverage: owned
		},
		synced_share: {
			numerator: row.eligible,
			denominator: row.flags_known,
			excluded: [{ count: row.credentials - row.flags_known, reason: 'Flags not known' }],
			coverage: known
		},
		backed_up_share: { numerator: row.backed_up, denominator: row.eligible, coverage: known },
		lockout_risk: {
			numerator: row.locked_out_users,
			denominator: row.passkey_users,
			coverage: owned
		},
		reach: { numerator: row.reach_many, denominator: row.seen_users }
	};
	return { counts: row, answers };
}
