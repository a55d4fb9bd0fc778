import type { ClickHouseClient } from '@clickhouse/client';
import { bucketOf, type DayRange, type Filters } from '../../filters.ts';
import { toParameters } from './filter-sql.ts';
import { queryDailyActivity } from './daily-activity.ts';
import { queryKpiPasskeyHolders } from './kpi-passkey-holders.ts';
import { queryKpiUsers } from './kpi-users.ts';

/** What the Adoption page's figures are made of, for one range of days as a whole. */
export async function readAdoption(client: ClickHouseClient, filters: Filters, range: DayRange) {
	const parameters = toParameters(filters, range);
	const whole = { ...parameters, bucket: 'all' as const };
	const [[users], [holders], activity] = await Promise.all([
		queryKpiUsers(client, whole),
		queryKpiPasskeyHolders(client, whole),
		queryDailyActivity(client, { ...parameters, bucket: bucketOf(filters) })
	]);
	return { users, holders, activity };
}

export type AdoptionTotals = Awaited<ReturnType<typeof readAdoption>>;
