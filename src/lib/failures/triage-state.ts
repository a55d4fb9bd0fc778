import { dayOf } from '../format/date.ts';

/**
 * How a group of failures stands. Nobody types the first three: nobody has decided about it (`new`: it began in the period), or it was
 * resolved and is seen again.
 */
export const TRIAGE_STATES = ['new', 'ongoing', 'regressed', 'resolved', 'ignored'] as const;

export type TriageState = (typeof TRIAGE_STATES)[number];

export const TRIAGE_STATE_NAMES: Record<TriageState, string> = {
	new: 'New',
	ongoing: 'Ongoing',
	regressed: 'Regressed',
	resolved: 'Resolved',
	ignored: 'Ignored'
};

export const TRIAGE_STATE_MEANINGS: Record<TriageState, string> = {
	new: 'Not seen before this period, and nobody has decided about it.',
	ongoing: 'Seen before this period too, and nobody has decided about it.',
	regressed: 'It was resolved, and has been seen again.',
	resolved: 'It was resolved, and has not been seen again.',
	ignored: 'Somebody decided that it needs nothing.'
};

export interface Decision {
	decision: 'open' | 'resolved' | 'ignored';
	/** Of `resolved`: the newest release that still had it; empty: resolved for every release at once. */
	afterRelease: string;
	/** Unix epoch in milliseconds. */
	decidedAt: number;
}

/** A group in a release: when it was first and last seen there, ISO 8601. */
export interface Sighting {
	release: string;
	first_at: string;
	last_at: string;
}

/** When each release first appeared in the project, ISO 8601: what tells a later release from an earlier, whatever it is called. */
export type ReleaseOrder = ReadonlyMap<string, string>;

/**
 * Resolved "with the next release": back when seen in a release that appeared after the one it was resolved after; what older pages,
 * still open, go on to send is no regression. Resolved at once: back when seen after the decision.
 */
export function triageState(
	decision: Decision | undefined,
	sightings: readonly Sighting[],
	releases: ReleaseOrder,
	period: { from: string; zone: string }
): TriageState {
	if (!decision || decision.decision === 'open')
		return sightings.some(({ first_at }) => dayOf(first_at, period.zone) < period.from)
			? 'ongoing'
			: 'new';
	if (decision.decision === 'ignored') return 'ignored';
	return returned(decision, sightings, releases) === undefined ? 'resolved' : 'regressed';
}

/** The release in which a resolved group is back, the first to appear; undefined when it is not. Empty: a release without a name. */
export function returned(
	{ afterRelease, decidedAt }: Decision,
	sightings: readonly Sighting[],
	releases: ReleaseOrder
): string | undefined {
	const fixedAfter = afterRelease === '' ? undefined : releases.get(afterRelease);
	const back = sightings.filter(({ release, last_at }) =>
		fixedAfter === undefined
			? Date.parse(last_at) > decidedAt
			: (releases.get(release) ?? '') > fixedAfter
	);
	back.sort((a, b) => (releases.get(a.release) ?? '').localeCompare(releases.get(b.release) ?? ''));
	return back[0]?.release;
}

/** The release that appeared last; undefined when no page ever named one. */
export function newestRelease(releases: ReleaseOrder): string | undefined {
	let newest: [release: string, at: string] | undefined;
	for (const [release, at] of releases)
		if (release !== '' && (!newest || at > newest[1])) newest = [release, at];
	return newest?.[0];
}
