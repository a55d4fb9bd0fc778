import { describeChanges, type DescribedChange } from '../../changes/describe-change.ts';
import { describeTimeChange } from '../../changes/describe-time-change.ts';
import { EXPLAINED, type readBreakdowns } from '../queries/segment-counts.ts';
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

/** Whose changes are told. Of those that cost too much to tell apart on each visit, only that they changed: a breakdown is one click away. */
export const TOLD_CHANGES = [
	...EXPLAINED,
	'activation_rate',
	'sync_coverage',
	'time_to_sign_in'
] as const;

/** What changed beyond noise against the days compared with, and in which segments: in words, the largest first, a time last. */
export function describeOverviewChanges(
	kpis: OverviewFigures,
	breakdowns: Awaited<ReturnType<typeof readBreakdowns>>
): DescribedChange[] {
	const shares = describeChanges([
		...EXPLAINED.map((id) => ({ ...(kpis[id] as ShareResult), breakdown: breakdowns[id] })),
		kpis.activation_rate as ShareResult,
		kpis.sync_coverage as ShareResult
	]);
	return [...shares, ...describeTimeChange(kpis.time_to_sign_in as DurationResult)];
}
