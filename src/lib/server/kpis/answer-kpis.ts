import type { ClickHouseClient } from '@clickhouse/client';
import { listBuckets, type Filters } from '../../filters.ts';
import {
	wilsonInterval,
	SMALL_SAMPLE,
	type DurationAnswer,
	type KpiAnswer,
	type KpiDefinition
} from '../../format/kpi.ts';
import { toShare } from '../../format/number.ts';
import { readCollected, type Collected } from '../queries/kpi-collected.ts';
import type { Kpi } from './define-kpi.ts';
import { findKpi } from './registry.ts';
import { SOURCES, type Reading, type Rows, type SourceName } from './sources.ts';

export interface ShareResult {
	definition: KpiDefinition;
	answer: KpiAnswer;
	/** Of the days compared with; absent when nothing is compared. */
	previous?: KpiAnswer;
	/** One share a bucket of the period, null where nothing can be divided; empty where the figure has no course over time. */
	trend: (number | null)[];
}

export interface DurationResult {
	definition: KpiDefinition;
	duration: DurationAnswer;
	previousDuration?: DurationAnswer;
	/** Medians. */
	trend: (number | null)[];
}

/** A figure's answer where it must be a share. @throws TypeError on a duration, which is a mistake in a page */
export function shareOf(result: KpiResult): KpiAnswer {
	if ('answer' in result) return result.answer;
	throw new TypeError(`${result.definition.id} is no share`);
}

/** What a card takes. */
export type KpiResult = ShareResult | DurationResult;

type Readings = { [Name in SourceName]?: Reading<Rows[Name]> };

/**
 * Answers figures of the registry under a page's filters. Each question behind them is asked once.
 * Filters without a comparison give no `previous`; `trend: false` asks for no course over time.
 */
export async function answerKpis<Id extends string>({
	client,
	ids,
	filters,
	trend = true
}: {
	client: ClickHouseClient;
	ids: readonly Id[];
	filters: Filters;
	trend?: boolean;
}): Promise<{
	kpis: Record<Id, KpiResult>;
	collected: Collected;
	/** The counts of the period themselves, by question, for what a page shows beside its figures. */
	rows: Partial<Rows>;
}> {
	const wanted = ids.map(findKpi);
	const names = [...new Set(wanted.flatMap(({ sources }) => sources))];
	const [collected, ...read] = await Promise.all([
		readCollected(client, filters.project),
		...names.map(async (name) => [name, await SOURCES[name]({ client, filters, trend })] as const)
	]);
	const readings = Object.fromEntries(read) as Readings;
	const kpis = Object.fromEntries(
		wanted.map((one) => [one.definition.id, resultOf(one, { readings, collected, filters, trend })])
	) as Record<Id, KpiResult>;
	return { kpis, collected, rows: rowsOf(readings, names, ({ whole }) => whole) };
}

/**
 * One figure with all that is needed to judge it, for an API or an alert: counts, never a ready-made ratio.
 * `interval` is the 95 % Wilson interval of a share with fewer than thirty cases.
 */
export async function answerKpi({
	client,
	id,
	filters
}: {
	client: ClickHouseClient;
	id: string;
	filters: Filters;
}): Promise<KpiResult & { interval?: { low: number; high: number } }> {
	const { kpis } = await answerKpis({
		client,
		ids: [id],
		filters: { ...filters, compare: 'none' },
		trend: false
	});
	const result = kpis[id]!;
	return { ...result, ...intervalOf(result) };
}

function intervalOf(result: KpiResult) {
	if (!('answer' in result)) return {};
	const { numerator, denominator } = result.answer;
	if (numerator === null || !denominator || denominator >= SMALL_SAMPLE) return {};
	return { interval: wilsonInterval(numerator, denominator) };
}

function resultOf(
	kpi: Kpi,
	{
		readings,
		collected,
		filters,
		trend
	}: { readings: Readings; collected: Collected; filters: Filters; trend: boolean }
): KpiResult {
	const { definition, sources } = kpi;
	const whole = rowsOf(readings, sources, ({ whole }) => whole);
	const compared =
		filters.compare === 'none' ? undefined : rowsOf(readings, sources, ({ compared }) => compared);
	const overTime = trend && sources.every((name) => (readings[name]?.buckets.length ?? 0) > 0);
	const buckets = overTime
		? listBuckets(filters).map((bucket) =>
				rowsOf(readings, sources, ({ buckets }) => buckets.find((row) => row.bucket === bucket))
			)
		: [];
	if (kpi.definition.unit === 'duration') {
		const { answer } = kpi as Extract<Kpi, { definition: { unit: 'duration' } }>;
		return {
			definition,
			duration: answer(whole, collected),
			...(compared && { previousDuration: answer(compared, collected) }),
			trend: buckets.map((rows) => answer(rows, collected).p50)
		};
	}
	const { answer } = kpi as Extract<Kpi, { definition: { unit: 'share' } }>;
	return {
		definition,
		answer: answer(whole, collected),
		...(compared && { previous: answer(compared, collected) }),
		trend: buckets.map((rows) => {
			const { numerator, denominator } = answer(rows, collected);
			return toShare(numerator, denominator);
		})
	};
}

type AnyRow = Rows[SourceName] & { bucket?: string };

/** One row of each source: what a figure's answer is made from. */
function rowsOf(
	readings: Readings,
	sources: readonly SourceName[],
	pick: (reading: Reading<AnyRow>) => AnyRow | undefined
): Partial<Rows> {
	return Object.fromEntries(
		sources.map((name) => [name, pick(readings[name] as Reading<AnyRow>)])
	) as Partial<Rows>;
}
