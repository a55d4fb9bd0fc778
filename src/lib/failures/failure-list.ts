import type { Outcome } from '../format/names.ts';
import { TRIAGE_STATES, type TriageState } from './triage-state.ts';

/** What the list of failures shows: the open states together, one state, every error, or what ended without success and is none. */
export const FAILURE_VIEWS = ['open', ...TRIAGE_STATES, 'all', 'expected'] as const;

/** What asks for somebody. */
export const OPEN_STATES: readonly TriageState[] = ['new', 'ongoing', 'regressed'];

export type FailureView = (typeof FAILURE_VIEWS)[number];

/** The view an address asks for; anything else is the one that is left out of it. */
export function parseFailureView(search: URLSearchParams): FailureView {
	return FAILURE_VIEWS.find((view) => view === search.get('view')) ?? 'open';
}

export function isInView(state: TriageState, view: FailureView): boolean {
	if (view === 'all' || view === 'expected') return true;
	return view === 'open' ? OPEN_STATES.includes(state) : state === view;
}

/** How many ceremonies the groups of a view are a share of: those that users started and that ended; of expected outcomes, all there are. */
export function countStarted(
	outcomes: readonly { outcome: Outcome; ceremonies: number }[],
	view: FailureView
): number {
	return outcomes
		.filter(
			({ outcome }) => view === 'expected' || (outcome !== 'untouched' && outcome !== 'pending')
		)
		.reduce((sum, { ceremonies }) => sum + ceremonies, 0);
}

/** Ceremonies of all groups by how they ended, bucket by bucket. */
export function failuresByBucket(
	groups: readonly { outcome: Outcome; trend: readonly number[] }[],
	buckets: readonly string[]
): ({ bucket: string } & Partial<Record<Outcome, number>>)[] {
	const outcomes = [...new Set(groups.map(({ outcome }) => outcome))].sort();
	return buckets.map((bucket, index) => ({
		bucket,
		...Object.fromEntries(
			outcomes.map((outcome) => [
				outcome,
				groups
					.filter((group) => group.outcome === outcome)
					.reduce((sum, { trend }) => sum + (trend[index] ?? 0), 0)
			])
		)
	}));
}
