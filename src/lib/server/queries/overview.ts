import type { ClickHouseClient } from '@clickhouse/client';
import { bucketOf, comparisonRange, type DayRange, type Filters } from '../../filters.ts';
import { toParameters } from './filter-sql.ts';
import { queryDailyActivity } from './daily-activity.ts';
import { queryKpiCeremonies } from './kpi-ceremonies.ts';
import { queryKpiPasskeyHolders } from './kpi-passkey-holders.ts';
import { queryKpiUsers } from './kpi-users.ts';
import { querySyncCoverage } from './sync-coverage.ts';

/** Everything the Overview's figures are made of, for one range of days as a whole. */
export async function readTotals(client: ClickHouseClient, filters: Filters, range: DayRange) {
	const parameters = toParameters(filters, range);
	const whole = { ...parameters, bucket: 'all' as const };
	const [[users], [holders], [ceremonies], [sync], activity] = await Promise.all([
		queryKpiUsers(client, whole),
		queryKpiPasskeyHolders(client, whole),
		queryKpiCeremonies(client, whole),
		querySyncCoverage(client, parameters),
		queryDailyActivity(client, { ...parameters, bucket: bucketOf(filters) })
	]);
	return { users, holders, ceremonies, sync, activity };
}

export type Totals = Awaited<ReturnType<typeof readTotals>>;

/** The totals of the days compared with; undefined when nothing is compared. */
export function readCompared(
	client: ClickHouseClient,
	filters: Filters
): Promise<Totals> | undefined {
	const range = comparisonRange(filters);
	return range && readTotals(client, filters, range);
}

/** The rows behind the cards' sparklines. */
export async function readTrends(client: ClickHouseClient, filters: Filters) {
	const parameters = { ...toParameters(filters), bucket: bucketOf(filters) };
	const [users, holders, ceremonies] = await Promise.all([
		queryKpiUsers(client, parameters),
		queryKpiPasskeyHolders(client, parameters),
		queryKpiCeremonies(client, parameters)
	]);
	return { users, holders, ceremonies };
}
