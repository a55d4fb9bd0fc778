import type { ClickHouseClient } from '@clickhouse/client';
import { leftOut, listBuckets, type Filters } from '../../filters.ts';
import {
	wilsonInterval,
	SMALL_SAMPLE,
	type DurationAnswer,
	type Exclusion,
	type ExclusionKind,
	type KpiAnswer,
	type KpiDefinition
} from '../../format/kpi.ts';
import { toShare } from '../../format/number.ts';
import { readCollected, type Collected } from '../queries/kpi-collected.ts';
import { isDuration, type Kpi } from './define-kpi.ts';
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
 * Answers figures of the registry under a page's filters. Each question behind them is asked once; where the reader leaves out
 * what is made up, once more without that, so that each answer still tells how much it left out.
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
		...names.map(
			async (name) => [name, await SOURCES[name].read({ client, filters, trend })] as const
		)
	]);
	const readings = Object.fromEntries(read) as Readings;
	const everything = filters.without ? await readEverything(client, names, filters) : undefined;
	const kpis = Object.fromEntries(
		wanted.map((one) => [
			one.definition.id,
			resultOf(one, { readings, everything, collected, filters, trend })
		])
	) as Record<Id, KpiResult>;
	return { kpis, collected, rows: rowsOf(readings, names, ({ whole }) => whole) };
}

/** The 95 % Wilson interval of a share with few cases; nothing of others. */
export function intervalOf(result: KpiResult): { interval?: { low: number; high: number } } {
	if (!('answer' in result)) return {};
	const { numerator, denominator } = result.answer;
	if (numerator === null || !denominator || denominator >= SMALL_SAMPLE) return {};
	return { interval: wilsonInterval(numerator, denominator) };
}

/** The period as it is when nothing is left out. */
async function readEverything(
	client: ClickHouseClient,
	names: readonly SourceName[],
	filters: Filters
): Promise<Partial<Rows>> {
	const asked = {
		client,
		filters: { ...filters, without: '', compare: 'none' },
		trend: false
	} as const;
	const read = await Promise.all(
		names.map(async (name) => [name, (await SOURCES[name].read(asked)).whole] as const)
	);
	return Object.fromEntries(read) as Partial<Rows>;
}

/** What is in an answer of everything and was left out of this one is told as left out. */
function withLeftOut<Answer extends { excluded?: Exclusion[] }>(
	answer: Answer,
	ofEverything: Answer,
	filters: Filters
): Answer {
	const { synthetic, tests } = leftOut(filters);
	const gone: Partial<Record<ExclusionKind, boolean>> = { synthetic, test_authenticators: tests };
	const before = ofEverything.excluded?.filter(({ kind }) => gone[kind]) ?? [];
	return {
		...answer,
		excluded: [
			...(answer.excluded?.filter(({ kind }) => !gone[kind]) ?? []),
			...before.map(({ kind, count, reason }) => ({ kind, count, reason }))
		]
	};
}

function resultOf(
	kpi: Kpi,
	{
		readings,
		everything,
		collected,
		filters,
		trend
	}: {
		readings: Readings;
		/** Undefined: nothing is left out. */
		everything: Partial<Rows> | undefined;
		collected: Collected;
		filters: Filters;
		trend: boolean;
	}
): KpiResult {
	const { definition, sources } = kpi;
	const whole = rowsOf(readings, sources, ({ whole }) => whole);
	const compared =
		filters.compare === 'none' ? undefined : rowsOf(readings, sources, ({ compared }) => compared);
	const overTime =
		trend &&
		sources.every((name) => SOURCES[name].overTime) &&
		sources.some((name) => (readings[name]?.buckets.length ?? 0) > 0);
	const buckets = overTime
		? listBuckets(filters).map((bucket) =>
				rowsOf(readings, sources, ({ buckets }) => buckets.find((row) => row.bucket === bucket))
			)
		: [];
	if (isDuration(kpi)) {
		const { answer } = kpi;
		return {
			definition,
			duration: everything
				? withLeftOut(answer(whole, collected), answer(everything, collected), filters)
				: answer(whole, collected),
			...(compared && { previousDuration: answer(compared, collected) }),
			trend: buckets.map((rows) => answer(rows, collected).p50)
		};
	}
	const { answer } = kpi;
	return {
		definition,
		answer: everything
			? withLeftOut(answer(whole, collected), answer(everything, collected), filters)
			: answer(whole, collected),
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
