import { z } from 'zod';
import { bucketOf, comparisonRange, type Filters } from '../../filters.ts';
import {
	bucketOfDay,
	bucketParameters,
	HAPPENED_IN_PERIOD,
	happenedWithin,
	toParameters
} from './filter-sql.ts';
import { PART, PART_OF_MOMENT, partParameters } from './part-sql.ts';

const SPANS = ['bucket', 'whole', 'compared'] as const;

export type Span = (typeof SPANS)[number];

/** A range of no days. */
const NO_DAYS = { compared_from: '1970-01-02', compared_to: '1970-01-01' };

/**
 * Parameters of a query that answers up to three things in one pass over its table: the period bucket by bucket,
 * the period as a whole, and the days it is compared with as a whole. What is distinct or a quantile cannot be added up from buckets.
 */
export const spanParameters = bucketParameters.extend({
	spans: z.array(z.enum(SPANS)).default(['bucket']),
	compared_from: z.iso.date().default(NO_DAYS.compared_from),
	compared_to: z.iso.date().default(NO_DAYS.compared_to)
});

export type SpanParameters = z.input<typeof spanParameters>;

export const spanColumns = { span: z.enum(SPANS), bucket: z.iso.date() };

/** The days of all spans, of the rollups. */
export const DAYS_OF_SPANS = `day BETWEEN {from: Date} AND {to: Date} OR day BETWEEN {compared_from: Date} AND {compared_to: Date}`;

/** The same of views that keep moments. */
export const HAPPENED_IN_SPANS = `${HAPPENED_IN_PERIOD} OR ${happenedWithin('{compared_from: Date}', '{compared_to: Date}')}`;

/** The spans a local day lies in, each with its first day: one row becomes one for each. The two ranges never overlap. */
export const spanOfDay = (
	day: string
) => `arrayJoin(arrayFilter(one -> has({spans: Array(String)}, one.1),
	if(${day} BETWEEN {from: Date} AND {to: Date}, [('bucket', ${bucketOfDay(day)}), ('whole', {from: Date})], [('compared', {compared_from: Date})])))`;

/** The same of a row of a rollup. */
export const SPAN = spanOfDay('day');

/** What makes of a row its spans, and reads them back: of all rows, or of each part. */
export interface SpanSql {
	/** `days`: one for each span of a row. */
	days: string;
	columns: string;
}

const COLUMNS = `days.1 AS span, days.2 AS bucket`;
const PARTED_COLUMNS = `${COLUMNS}, days.3 AS part`;
const parted = (day: string, part: string) => `tupleConcat(${spanOfDay(day)}, tuple(${part}))`;

/** Questions of the daily rollups. */
export const OF_DAYS: SpanSql = { days: SPAN, columns: COLUMNS };
export const OF_DAYS_BY_PART: SpanSql = { days: parted('day', PART), columns: PARTED_COLUMNS };

/** Questions of the views that keep moments. */
const HAPPENED_ON = 'toDate(occurred_at, {zone: String})';
export const OF_MOMENTS: SpanSql = { days: spanOfDay(HAPPENED_ON), columns: COLUMNS };
export const OF_MOMENTS_BY_PART: SpanSql = {
	days: parted(HAPPENED_ON, PART_OF_MOMENT),
	columns: PARTED_COLUMNS
};

export const partedParameters = spanParameters.extend(partParameters);
export type PartedParameters = z.input<typeof partedParameters>;
export const partedColumns = { ...spanColumns, part: z.string() };

/** Parameters that ask for all a page shows of a figure. */
export function toSpanParameters(filters: Filters): SpanParameters {
	const compared = comparisonRange(filters);
	return {
		...toParameters(filters),
		bucket: bucketOf(filters),
		spans: [...SPANS],
		...(compared && { compared_from: compared.from, compared_to: compared.to })
	};
}

/** The rows of a query of spans, told apart. A span in which nothing happened is undefined. */
export function splitSpans<Row extends { span: Span }>(rows: readonly Row[]) {
	return {
		buckets: rows.filter(({ span }) => span === 'bucket'),
		whole: rows.find(({ span }) => span === 'whole'),
		compared: rows.find(({ span }) => span === 'compared')
	};
}
