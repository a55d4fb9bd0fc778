import { describeChanges, type DescribedChange } from '../../changes/describe-change.ts';
import { EXPLAINED, type readBreakdowns } from '../queries/segment-counts.ts';
import type { KpiResult, ShareResult } from './answer-kpis.ts';

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

/** What changed beyond noise against the days compared with, and in which segments: in words, the largest first. */
export function describeOverviewChanges(
	kpis: OverviewFigures,
	breakdowns: Awaited<ReturnType<typeof readBreakdowns>>
): DescribedChange[] {
	return describeChanges(
		EXPLAINED.map((id) => ({ ...(kpis[id] as ShareResult), breakdown: breakdowns[id] }))
	);
}
