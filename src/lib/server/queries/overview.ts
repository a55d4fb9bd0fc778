import type { ClickHouseClient } from '@clickhouse/client';
import { bucketOf, comparisonRange, type DayRange, type Filters } from '../../filters.ts';
import { toParameters } from './filter-sql.ts';
import { queryDailyActivity } from './daily-activity.ts';
import { queryKpiCeremonies } from './kpi-ceremonies.ts';
import { queryKpiPasskeyHolders } from './kpi-passkey-holders.ts';
import { queryKpiUsers } from './kpi-users.ts';
import { splitSpans, toSpanParameters } from './spans-sql.ts';
import { querySyncCoverage } from './sync-coverage.ts';

/**
 * Everything the Overview's figures are made of: for the period as a whole, for the days compared with (undefined without a
 * comparison), and bucket by bucket for the sparklines.
 */
export async function readOverview(client: ClickHouseClient, filters: Filters) {
	const spans = toSpanParameters(filters);
	const range = comparisonRange(filters);
	const [users, holders, ceremonies, now, before] = await Promise.all([
		queryKpiUsers(client, spans).then(splitSpans),
		queryKpiPasskeyHolders(client, spans).then(splitSpans),
		queryKpiCeremonies(client, spans).then(splitSpans),
		readByRange(client, filters, filters),
		range && readByRange(client, filters, range)
	]);
	const of = (span: 'whole' | 'compared') => ({
		users: users[span],
		holders: holders[span],
		ceremonies: ceremonies[span]
	});
	return {
		totals: { ...of('whole'), ...now },
		compared: before && { ...of('compared'), ...before },
		trends: { users: users.buckets, holders: holders.buckets, ceremonies: ceremonies.buckets }
	};
}

export type Totals = Awaited<ReturnType<typeof readOverview>>['totals'];

async function readByRange(client: ClickHouseClient, filters: Filters, range: DayRange) {
	const parameters = toParameters(filters, range);
	const [[sync], activity] = await Promise.all([
		querySyncCoverage(client, parameters),
		queryDailyActivity(client, { ...parameters, bucket: bucketOf(filters) })
	]);
	return { sync, activity };
}
