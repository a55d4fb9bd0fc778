import type { ClickHouseClient } from '@clickhouse/client';
import { bucketOf, type Filters } from '../../filters.ts';
import { RISKS } from '../../format/risk-names.ts';
import { countsByBucket, type CountsOfBucket } from './counts-by-bucket.ts';
import { toParameters } from './filter-sql.ts';
import { queryRiskCourse, querySharedVisitsCourse } from './risk.ts';
import { lastDays } from './sync-states-over-time.ts';

interface Asked {
	client: ClickHouseClient;
	filters: Filters;
	/** The project's first day with data. */
	firstDay: string;
}

const AT_RISK = ['holders', ...RISKS] as const;

/** Users at each risk at the end of a bucket. */
export type RisksOfBucket = CountsOfBucket<(typeof AT_RISK)[number]>;

/** The course of every risk over a chart's buckets. */
export async function readRiskCourse({ client, ...asked }: Asked): Promise<RisksOfBucket[]> {
	const days = lastDays(asked.filters);
	const rows = await queryRiskCourse(client, { ...toParameters(asked.filters), days });
	const byDay = new Map(rows.map((row) => [row.day, row]));
	return countsByBucket(AT_RISK, { ...asked, rowOf: (_, index) => byDay.get(days[index]!) });
}

const SHARED = ['visits', 'users'] as const;

/** Visits of a bucket in which passkeys of several users answered, and their users. */
export type SharedOfBucket = CountsOfBucket<(typeof SHARED)[number]>;

/** The course of the hints at shared devices over a chart's buckets. */
export async function readSharedCourse({ client, ...asked }: Asked): Promise<SharedOfBucket[]> {
	const { filters } = asked;
	const parameters = { ...toParameters(filters), bucket: bucketOf(filters) };
	const rows = await querySharedVisitsCourse(client, parameters);
	const byBucket = new Map(rows.map((row) => [row.bucket, row]));
	return countsByBucket(SHARED, { ...asked, rowOf: (bucket) => byBucket.get(bucket) });
}
