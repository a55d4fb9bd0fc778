import { toShare } from '../../format/number.ts';
import type { KpiAnswer } from '../../format/kpi.ts';

/**
 * A share bucket by bucket, for a sparkline: null where nothing can be divided.
 *
 * @param rows of any question that answers by bucket, several rows a bucket or one
 */
export function trendOf<Row extends { bucket: string }>(
	buckets: readonly string[],
	rows: readonly Row[],
	answer: (rows: Row[]) => KpiAnswer
): (number | null)[] {
	const byBucket = Map.groupBy(rows, ({ bucket }) => bucket);
	return buckets.map((bucket) => {
		const { numerator, denominator } = answer(byBucket.get(bucket) ?? []);
		return toShare(numerator, denominator);
	});
}
