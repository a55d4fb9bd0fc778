import { listBuckets, type Filters } from '../../filters.ts';
import { isCollected } from './overview-outcomes.ts';

/** Counts of a bucket, which its first day names; null before the project sent anything. */
export type CountsOfBucket<Key extends string> = { day: string } & Record<Key, number | null>;

/** Counts for each bucket of a chart, 0 where nothing was found. */
export function countsByBucket<Key extends string>(
	keys: readonly Key[],
	{
		filters,
		firstDay,
		rowOf
	}: {
		filters: Filters;
		/** The project's first day with data. */
		firstDay: string;
		rowOf: (bucket: string, index: number) => Record<Key, number> | undefined;
	}
): CountsOfBucket<Key>[] {
	return listBuckets(filters).map((bucket, index) => {
		const row = rowOf(bucket, index);
		const known = isCollected({ bucket, range: filters, firstDay });
		const counts = keys.map((key) => [key, known ? (row?.[key] ?? 0) : null]);
		return { day: bucket, ...Object.fromEntries(counts) } as CountsOfBucket<Key>;
	});
}
