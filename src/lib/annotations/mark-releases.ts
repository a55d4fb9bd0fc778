import type { Annotation } from '../../../settings/annotations.ts';
import { shiftDay, type DayRange } from '../filters.ts';

/** The first day of a release, as an annotation that nobody had to write. */
export interface ReleaseMark extends Pick<Annotation, 'id' | 'day' | 'text'> {
	kind: 'release';
	source: 'data';
}

/** What charts over time and lists of what was noted show. */
export type ChartAnnotation = Annotation | ReleaseMark;

/** A site that deploys every day would have a mark on every day: they would explain nothing. */
const MOST_MARKS = 12;
/** At the beginning of what is kept, whatever was there before comes for a first time. */
const DAYS_OF_BEGINNING = 7;

/**
 * What was noted in a period, and the releases that appeared in it, in order of their days. A release that somebody noted by name is not
 * said twice.
 */
export function markReleases({
	noted,
	releases,
	firstDay,
	period
}: {
	noted: readonly Annotation[];
	releases: readonly { release: string; first_day: string }[];
	/** Of the project's data, `YYYY-MM-DD`. */
	firstDay: string;
	period: DayRange;
}): ChartAnnotation[] {
	const since = shiftDay(firstDay, DAYS_OF_BEGINNING);
	const began = releases.filter(
		({ first_day }) => first_day >= since && first_day >= period.from && first_day <= period.to
	);
	if (began.length > MOST_MARKS) return [...noted];
	const marks = began
		.filter(({ release }) => !noted.some(({ text }) => names(text, release)))
		.map(({ release, first_day }): ReleaseMark => {
			return {
				...{ id: `release-${release}`, day: first_day, text: `${release} first seen` },
				...{ kind: 'release', source: 'data' }
			};
		});
	return [...noted, ...marks].toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}

/** Whether a text names a release by itself: 2.4.1 is not 2.4. */
function names(text: string, release: string): boolean {
	return text.split(/[\s,;:()"“”]+/).some((word) => word === release || word === `v${release}`);
}
