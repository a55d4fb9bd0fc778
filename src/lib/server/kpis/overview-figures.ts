import type { ClickHouseClient } from '@clickhouse/client';
import { describeChanges, toCounts, type DescribedChange } from '../../changes/describe-change.ts';
import {
	describeTimeChange,
	isTimeNoteworthy,
	type TimeBreakdown
} from '../../changes/describe-time-change.ts';
import { isNoteworthy, type Breakdown } from '../../changes/explain-change.ts';
import type { Filters } from '../../filters.ts';
import { readHolderSegments } from '../queries/holder-segments.ts';
import { EXPLAINED, type readBreakdowns } from '../queries/segment-counts.ts';
import { readSyncSegments } from '../queries/sync-segments.ts';
import { readTimeSegments } from '../queries/time-segments.ts';
import type { DurationResult, KpiResult, ShareResult } from './answer-kpis.ts';

/** What the Overview and the weekly e-mail tell of. */
export const OVERVIEW_FIGURES = [
	'eligible_users',
	'activation_rate',
	'enrollment_rate',
	'usage_rate_all',
	'sync_coverage',
	'ceremony_success',
	'time_to_sign_in',
	'cancel_rate',
	'error_rate',
	'telemetry_loss',
	'verdict_coverage'
] as const;

export type OverviewFigures = Record<(typeof OVERVIEW_FIGURES)[number], KpiResult>;

/** Whose segments cost more than a look at the rollups: they are read where the figure moved, and may follow. */
export const EXPLAINED_LATER = ['activation_rate', 'sync_coverage', 'time_to_sign_in'] as const;

/** Whose changes are told, and what each is likely due to. */
export const TOLD_CHANGES = [...EXPLAINED, ...EXPLAINED_LATER] as const;

/** The segments of what moved beyond noise; undefined of what did not. */
export interface LaterBreakdowns {
	activation_rate?: Breakdown | undefined;
	sync_coverage?: Breakdown | undefined;
	time_to_sign_in?: TimeBreakdown | undefined;
}

/** What changed beyond noise against the days compared with, and in which segments: in words, the largest first, a time last. */
export function describeOverviewChanges(
	kpis: OverviewFigures,
	breakdowns: Awaited<ReturnType<typeof readBreakdowns>>,
	later: LaterBreakdowns = {}
): DescribedChange[] {
	const share = (id: keyof OverviewFigures, breakdown: Breakdown | undefined) => ({
		...(kpis[id] as ShareResult),
		...(breakdown && { breakdown })
	});
	const shares = describeChanges([
		...EXPLAINED.map((id) => share(id, breakdowns[id])),
		share('activation_rate', later.activation_rate),
		share('sync_coverage', later.sync_coverage)
	]);
	const { time_to_sign_in: breakdown } = later;
	const time = { ...(kpis.time_to_sign_in as DurationResult), ...(breakdown && { breakdown }) };
	return [...shares, ...describeTimeChange(time)];
}

/** Those of TOLD_CHANGES that have cases on both sides: of the others nobody knows whether they moved. */
export const comparedChanges = (kpis: OverviewFigures) =>
	TOLD_CHANGES.filter((id) => {
		const kpi = kpis[id];
		if ('duration' in kpi) return kpi.duration.count > 0 && (kpi.previousDuration?.count ?? 0) > 0;
		return toCounts(kpi.previous) !== undefined && toCounts(kpi.answer) !== undefined;
	});

type Later = (typeof EXPLAINED_LATER)[number];

/** Those of EXPLAINED_LATER that moved beyond noise. */
export const laterMoved = (kpis: OverviewFigures): Later[] =>
	EXPLAINED_LATER.filter((id) => {
		const kpi = kpis[id];
		if ('duration' in kpi) return isTimeNoteworthy(kpi.duration, kpi.previousDuration);
		const [before, after] = [toCounts(kpi.previous), toCounts(kpi.answer)];
		return before !== undefined && after !== undefined && isNoteworthy(before, after);
	});

/** Asks for the segments of those that moved. */
export async function readLaterBreakdowns(
	client: ClickHouseClient,
	filters: Filters,
	kpis: OverviewFigures
): Promise<LaterBreakdowns> {
	const moved = laterMoved(kpis);
	const where = <Value>(id: Later, read: () => Promise<Value>) =>
		moved.includes(id) ? read() : undefined;
	const { previousDuration } = kpis.time_to_sign_in as DurationResult;
	const [activation_rate, sync_coverage, time_to_sign_in] = await Promise.all([
		where('activation_rate', () => readHolderSegments(client, filters)),
		where('sync_coverage', () => readSyncSegments(client, filters)),
		where('time_to_sign_in', () => readTimeSegments(client, filters, previousDuration!.p50!))
	]);
	return { activation_rate, sync_coverage, time_to_sign_in };
}
