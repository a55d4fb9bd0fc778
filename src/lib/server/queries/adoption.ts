import type { ClickHouseClient } from '@clickhouse/client';
import { bucketOf, comparisonRange, type Filters } from '../../filters.ts';
import { toParameters } from './filter-sql.ts';
import { queryDailyActivity } from './daily-activity.ts';
import { queryKpiPasskeyHolders } from './kpi-passkey-holders.ts';
import { queryKpiUsers } from './kpi-users.ts';
import { splitSpans, toSpanParameters } from './spans-sql.ts';

/**
 * What the Adoption page's figures are made of: for the period as a whole, for the days compared with (undefined without a
 * comparison), and bucket by bucket for the sparklines.
 */
export async function readAdoption(client: ClickHouseClient, filters: Filters) {
	const spans = toSpanParameters(filters);
	const range = comparisonRange(filters);
	const bucket = bucketOf(filters);
	const [users, holders, now, before] = await Promise.all([
		queryKpiUsers(client, spans).then(splitSpans),
		queryKpiPasskeyHolders(client, spans).then(splitSpans),
		queryDailyActivity(client, { ...toParameters(filters), bucket }),
		range && queryDailyActivity(client, { ...toParameters(filters, range), bucket })
	]);
	return {
		totals: { users: users.whole, holders: holders.whole, activity: now },
		compared: before && { users: users.compared, holders: holders.compared, activity: before },
		trends: { users: users.buckets, holders: holders.buckets }
	};
}

export type AdoptionTotals = Awaited<ReturnType<typeof readAdoption>>['totals'];
