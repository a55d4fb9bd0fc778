import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { bucketOf, bucketStart, listBuckets, shiftDay, type DayRange } from '../../filters.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { filterParameters, WHERE_CREDENTIAL, type FilterParameters } from './filter-sql.ts';
import { isCollected } from './overview-outcomes.ts';

/**
 * How the number of usable credentials of each provider changed, day by day; changes before the period are summed on the day before it.
 * A credential comes in when it is first seen and goes when it is revoked.
 */
const queryProviderChanges = defineQuery({
	name: 'provider-changes',
	parameters: filterParameters,
	row: z.object({
		day: z.iso.date(),
		/** As claimed at registration; empty: unknown. */
		provider: z.string(),
		ecosystem: z.string(),
		change: count
	}),
	sql: `
SELECT greatest(move.1, addDays({from: Date}, -1)) AS day, provider, ecosystem, sum(move.2) AS change
FROM
(
	SELECT toString(provider) AS provider, toString(credential_ecosystem) AS ecosystem,
		arrayJoin(arrayConcat(
			[(toDate(first_seen_at, {zone: String}), toInt8(1))],
			if(isNull(revoked_at) OR toDate(revoked_at, {zone: String}) > {to: Date}, [], [(toDate(assumeNotNull(revoked_at), {zone: String}), toInt8(-1))])
		)) AS move
	FROM credential_rows_v1
	WHERE ${WHERE_CREDENTIAL} AND status != 'refused'
)
GROUP BY day, provider, ecosystem
HAVING change != 0
ORDER BY day, provider, ecosystem`
});

export interface ProviderCourse {
	/** The commonest at the end first. */
	providers: { key: string; provider: string; ecosystem: string }[];
	/** At the end of each bucket of a chart, which is named by its first day; null before the project sent anything. */
	buckets: {
		day: string;
		/** Usable credentials of all providers. */
		total: number | null;
		/** Of each provider, by its key. */
		counts: Record<string, number> | null;
	}[];
}

/** Usable credentials by provider over time. */
export async function readProviderCourse(
	client: ClickHouseClient,
	parameters: FilterParameters,
	{ range, firstDay }: { range: DayRange; firstDay: string }
): Promise<ProviderCourse> {
	const changes = await queryProviderChanges(client, parameters);
	const keyOf = ({ provider, ecosystem }: { provider: string; ecosystem: string }) =>
		`${provider}:${ecosystem}`;
	const counts: Record<string, number> = {};
	const byDay = Map.groupBy(changes, ({ day }) => day);
	const bucket = bucketOf(range);
	const endOf = new Map<string, Record<string, number>>();
	for (let day = shiftDay(range.from, -1); day <= range.to; day = shiftDay(day, 1)) {
		for (const one of byDay.get(day) ?? [])
			counts[keyOf(one)] = (counts[keyOf(one)] ?? 0) + one.change;
		if (day >= range.from) endOf.set(bucketStart(day, bucket), { ...counts });
	}
	const providers = new Map(
		changes.map((one) => [
			keyOf(one),
			{ key: keyOf(one), provider: one.provider, ecosystem: one.ecosystem }
		])
	);
	return {
		providers: [...providers.values()].toSorted(
			(a, b) => (counts[b.key] ?? 0) - (counts[a.key] ?? 0) || (a.key < b.key ? -1 : 1)
		),
		buckets: listBuckets(range, bucket).map((day) => {
			const known = isCollected({ bucket: day, range, firstDay }) ? endOf.get(day)! : null;
			const total = known && Object.values(known).reduce((sum, value) => sum + value, 0);
			return { day, total, counts: known };
		})
	};
}
