import { comparisonRange, leftOut, narrowing, type Filters } from '../filters.ts';
import { formatRange } from './date.ts';
import { NARROWING_NAMES, nameNarrowing } from './name-narrowing.ts';
import { zonePlace } from '../zone/local-day.ts';

/** What a page shows, in words, for whoever meets it away from the page: in a picture or on paper. */
export function describeView({
	filters,
	project,
	synthetic
}: {
	filters: Filters;
	/** Its name. */
	project: string;
	/** The project holds simulated events. */
	synthetic: boolean;
}): string[] {
	const compared = comparisonRange(filters);
	return [
		project,
		`${formatRange(filters)} (${zonePlace(filters.zone)})${compared ? `, compared with ${formatRange(compared)}` : ''}`,
		...describeNarrowing(filters),
		synthetic && !leftOut(filters).synthetic ? 'With synthetic data' : ''
	].filter(Boolean);
}

/** What hides something, in words: "Platform: iOS". */
export const describeNarrowing = (filters: Parameters<typeof narrowing>[0]): string[] =>
	narrowing(filters).map(
		(name) => `${NARROWING_NAMES[name]}: ${nameNarrowing(name, filters[name])}`
	);
