import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { Segment } from '../../changes/decompose.ts';
import { DIMENSIONS, type Breakdown, type Dimension } from '../../changes/explain-change.ts';
import type { Filters } from '../../filters.ts';
import { defineQuery } from '../define-query.ts';
import { count } from './column-types.ts';
import { MATCHES_CLIENT, OFFERS, REAL, REAL_ACTIVITY } from './filter-sql.ts';
import {
	DAYS_OF_SPANS,
	SPAN,
	spanParameters,
	toSpanParameters,
	type SpanParameters
} from './spans-sql.ts';

/** Every rollup has these columns under the same names. */
export const SEGMENTS = `arrayJoin([('browser', browser_name), ('platform', os_name), ('ecosystem', client_ecosystem),
		('application', application), ('release', release), ('country', country)])`;

export const segmentColumns = {
	dimension: z.enum(DIMENSIONS),
	segment: z.string(),
	span: z.enum(['whole', 'compared'])
};

/** Ceremonies started by users and how they ended, by each dimension, in the period and in the days compared with. */
const queryCeremonySegments = defineQuery({
	name: 'ceremony-segments',
	parameters: spanParameters,
	row: z.object({
		...segmentColumns,
		/** As of ceremony_success: without those the page completed and no verdict came for. */
		judged: count,
		verified: count,
		/** As of cancel_rate and error_rate: all that ended. */
		started: count,
		cancelled: count,
		failed: count
	}),
	sql: `
SELECT
	part.1 AS dimension, part.2 AS segment, days.1 AS span,
	sum(d.ceremonies) - sum(d.completed - d.completed_decided) AS judged,
	sum(d.verified) AS verified,
	sum(d.ceremonies) AS started,
	sumIf(d.ceremonies, d.outcome = 'cancelled') AS cancelled,
	sumIf(d.ceremonies, d.outcome = 'failed') AS failed
FROM
(
	SELECT ${SPAN} AS days, ${SEGMENTS} AS part, outcome, ceremonies, completed, completed_decided, verified
	FROM daily_ceremonies_v1
	WHERE project_id = {project: String} AND (${DAYS_OF_SPANS}) AND ${MATCHES_CLIENT} AND ${REAL} AND user_driven
) AS d
GROUP BY dimension, segment, span
ORDER BY dimension, segment, span`
});

/** Successful sign-ins, and users who were offered a passkey and created one, likewise. A user of two segments is in both. */
const queryActivitySegments = defineQuery({
	name: 'activity-segments',
	parameters: spanParameters,
	row: z.object({
		...segmentColumns,
		passkey_signins: count,
		other_signins: count,
		offered: count,
		created: count,
		offered_or_created: count
	}),
	sql: `
WITH
	activity = 'prompt_shown' AND detail IN ${OFFERS} AS is_offer,
	activity IN ('registration', 'automatic_registration') AND detail = 'succeeded' AS is_creation
SELECT
	part.1 AS dimension, part.2 AS segment, days.1 AS span,
	sumIf(occurrences, activity = 'authentication') AS passkey_signins,
	sumIf(occurrences, activity = 'signin') AS other_signins,
	uniqExactMergeIf(users, is_offer) AS offered,
	uniqExactMergeIf(users, is_creation) AS created,
	uniqExactMergeIf(users, is_offer OR is_creation) AS offered_or_created
FROM
(
	SELECT ${SPAN} AS days, ${SEGMENTS} AS part, activity, detail, occurrences, users
	FROM daily_activity_v1
	WHERE project_id = {project: String} AND (${DAYS_OF_SPANS}) AND ${MATCHES_CLIENT} AND ${REAL_ACTIVITY}
		AND (activity = 'signin' OR (activity = 'prompt_shown' AND detail IN ${OFFERS})
			OR (activity IN ('authentication', 'registration', 'automatic_registration') AND detail = 'succeeded'))
)
GROUP BY dimension, segment, span
ORDER BY dimension, segment, span`
});

/** The figures whose changes are told apart by segment. */
export const EXPLAINED = [
	'ceremony_success',
	'usage_rate_all',
	'enrollment_rate',
	'cancel_rate',
	'error_rate'
] as const;

export type Explained = (typeof EXPLAINED)[number];

/** The counts of each such figure by every dimension. Dimensions nothing is known of have one segment without a name. */
export async function readBreakdowns(
	client: ClickHouseClient,
	filters: Filters
): Promise<Record<Explained, Breakdown>> {
	const parameters = toWholeSpans(filters);
	const [ceremonies, activity] = await Promise.all([
		queryCeremonySegments(client, parameters),
		queryActivitySegments(client, parameters)
	]);
	return {
		ceremony_success: toBreakdown(ceremonies, (row) => [row.verified, row.judged]),
		usage_rate_all: toBreakdown(activity, (row) => [
			row.passkey_signins,
			row.passkey_signins + row.other_signins
		]),
		enrollment_rate: toBreakdown(activity, (row) => [
			row.offered + row.created - row.offered_or_created,
			row.offered
		]),
		cancel_rate: toBreakdown(ceremonies, (row) => [row.cancelled, row.started]),
		error_rate: toBreakdown(ceremonies, (row) => [row.failed, row.started])
	};
}

/** The period and the days compared with, each as a whole. */
export const toWholeSpans = (filters: Filters): SpanParameters => ({
	...toSpanParameters(filters),
	spans: ['whole', 'compared']
});

interface SegmentRow {
	dimension: Dimension;
	segment: string;
	span: 'whole' | 'compared';
}

export function toBreakdown<Row extends SegmentRow>(
	rows: readonly Row[],
	countsOf: (row: Row) => [numerator: number, denominator: number]
): Breakdown {
	return bySegment(rows, (key, { before, after }): Segment => {
		const of = (row: Row | undefined) => {
			const [numerator, denominator] = row ? countsOf(row) : [0, 0];
			return { numerator, denominator };
		};
		return { key, before: of(before), after: of(after) };
	});
}

/** Rows of each segment, by its dimension. Undefined: none in that span. */
export function bySegment<Row extends SegmentRow, Made>(
	rows: readonly Row[],
	make: (key: string, of: { before: Row | undefined; after: Row | undefined }) => Made
): Partial<Record<Dimension, Made[]>> {
	const made: Partial<Record<Dimension, Made[]>> = {};
	for (const of of Map.groupBy(
		rows,
		({ dimension, segment }) => `${dimension} ${segment}`
	).values()) {
		const { dimension, segment } = of[0]!;
		const inSpan = (wanted: Row['span']) => of.find(({ span }) => span === wanted);
		(made[dimension] ??= []).push(
			make(segment, { before: inSpan('compared'), after: inSpan('whole') })
		);
	}
	return made;
}
