import type { ClickHouseClient } from '@clickhouse/client';
import { bucketOf, listBuckets, type Filters } from '../../filters.ts';
import { RISKS, type Risk } from '../../format/risk-names.ts';
import { toParameters } from './filter-sql.ts';
import { isCollected } from './overview-outcomes.ts';
import { queryRiskCourse, querySharedVisitsCourse } from './risk.ts';
import { lastDays } from './sync-states-over-time.ts';

/** Users at each risk at the end of a bucket, which its first day names; null before the project sent anything. */
export type RisksOfBucket = { day: string; holders: number | null } & Record<Risk, number | null>;

/** The course of every risk over a chart's buckets. */
export async function readRiskCourse({
	client,
	filters,
	firstDay
}: {
	client: ClickHouseClient;
	filters: Filters;
	/** The project's first day with data. */
	firstDay: string;
}): Promise<RisksOfBucket[]> {
	const days = lastDays(filters);
	const rows = await queryRiskCourse(client, { ...toParameters(filters), days });
	const byDay = new Map(rows.map((row) => [row.day, row]));
	return listBuckets(filters).map((bucket, index) => {
		const row = byDay.get(days[index]!);
		const known = isCollected({ bucket, range: filters, firstDay });
		const valueOf = (key: Risk | 'holders') => (known ? (row?.[key] ?? 0) : null);
		return {
			day: bucket,
			holders: valueOf('holders'),
			...(Object.fromEntries(RISKS.map((risk) => [risk, valueOf(risk)])) as Record<
				Risk,
				number | null
			>)
		};
	});
}

/** Visits of a bucket in which passkeys of several users answered, and their users; null before the project sent anything. */
export type SharedOfBucket = {
	day: string;
	visits: number | null;
	users: number | null;
};

/** The course of the hints at shared devices over a chart's buckets. */
export async function readSharedCourse({
	client,
	filters,
	firstDay
}: {
	client: ClickHouseClient;
	filters: Filters;
	firstDay: string;
}): Promise<SharedOfBucket[]> {
	const asked = { ...toParameters(filters), bucket: bucketOf(filters) };
	const rows = await querySharedVisitsCourse(client, asked);
	const byBucket = new Map(rows.map((row) => [row.bucket, row]));
	return listBuckets(filters).map((bucket) => {
		const row = byBucket.get(bucket);
		const known = isCollected({ bucket, range: filters, firstDay });
		return {
			day: bucket,
			visits: known ? (row?.visits ?? 0) : null,
			users: known ? (row?.users ?? 0) : null
		};
	});
}
