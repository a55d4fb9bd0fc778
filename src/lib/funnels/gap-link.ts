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
}): string | undefined {
	return pageLink({
		path: '/users',
		filters,
		defaultProject,
		parameters: { funnel, step, window: search.get('window') ?? '', ...parameters }
	});
}

/** Where a funnel's bar and its drop-out lead: to the users who got to the step, and to those who got to the one before and no further. */
export const stepLinks = (asked: Parameters<typeof gapLink>[0]) => ({
	href: gapLink({ ...asked, parameters: { ...asked.parameters, reached: 'yes' } }),
	dropHref: gapLink(asked)
});
