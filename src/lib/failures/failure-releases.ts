import type { ReleaseOrder } from './triage-state.ts';

/** A group in one release. */
export interface FailureRelease {
	/** Empty: the page named none. */
	release: string;
	/** When the release first appeared in the project, ISO 8601. */
	appeared_at: string;
	ceremonies: number;
	/** All of the release, however they ended. */
	of: number;
	/** ISO 8601; undefined: the group was never seen in it. */
	first_at: string | undefined;
	last_at: string | undefined;
}

interface Sighting {
	group_id: string;
	release: string;
	first_at: string;
	last_at: string;
	ceremonies: number;
}

/** How common a group is in each release, the newest release first; releases before it began are left out. */
export function failureReleases(
	group: string,
	history: readonly Sighting[],
	releases: ReleaseOrder
): FailureRelease[] {
	const totals = new Map<string, number>();
	const own = new Map<string, Sighting>();
	for (const sighting of history) {
		const { release, ceremonies } = sighting;
		totals.set(release, (totals.get(release) ?? 0) + ceremonies);
		if (sighting.group_id === group) own.set(release, sighting);
	}
	const rows = [...releases]
		.map(([release, appeared_at]) => ({
			release,
			appeared_at,
			ceremonies: own.get(release)?.ceremonies ?? 0,
			of: totals.get(release) ?? 0,
			first_at: own.get(release)?.first_at,
			last_at: own.get(release)?.last_at
		}))
		.sort((a, b) => b.appeared_at.localeCompare(a.appeared_at));
	const began = rows.findLastIndex(({ ceremonies }) => ceremonies > 0);
	return rows.slice(0, began + 1);
}
