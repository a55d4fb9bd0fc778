import type { Filters } from '../filters.ts';
import { pageLink } from '../page-link.ts';

/** The address of the users who got to the step before this one, and no further. */
export function gapLink({
	funnel,
	step,
	filters,
	defaultProject,
	search,
	parameters = {}
}: {
	funnel: 'enrolment' | 'upgrade' | 'signin' | 'cross-device';
	step: string;
	filters: Filters;
	defaultProject: string;
	/** Of the page that links: the funnel's window goes along. */
	search: URLSearchParams;
	parameters?: Record<string, string>;
}): string {
	return pageLink({
		path: '/users',
		filters,
		defaultProject,
		parameters: { funnel, step, window: search.get('window') ?? '', ...parameters }
	});
}
