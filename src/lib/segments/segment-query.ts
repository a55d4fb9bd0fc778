import { changeFilters, narrowingToQuery, queryToNarrowing, type Filters } from '../filters.ts';

/** What a segment keeps: the filters that hide something, and the page's search line. Empty when there is neither. */
export function segmentQuery(
	filters: Parameters<typeof narrowingToQuery>[0],
	search: string
): string {
	const line = search.trim();
	return [narrowingToQuery(filters), line && new URLSearchParams({ q: line }).toString()]
		.filter(Boolean)
		.join('&');
}

/** The search line in a segment; empty: it has none, and is one of every page. */
export const searchOf = (query: string): string => new URLSearchParams(query).get('q') ?? '';

/** Whether a page has a search line. */
export const takesLine = (pathname: string): boolean =>
	['/ceremonies', '/ceremonies/different'].includes(pathname) || /^\/failures(\/|$)/.test(pathname);

/** Where a segment leads: to the page one is on, under its filters; with a search line, to the list of ceremonies where the page has none. */
export function segmentHref({
	query,
	url,
	filters,
	defaultProject
}: {
	query: string;
	url: { pathname: string; searchParams: URLSearchParams };
	filters: Filters;
	defaultProject: string;
}): string {
	const line = searchOf(query);
	const searchParams = new URLSearchParams(url.searchParams);
	searchParams.delete('q');
	if (line) searchParams.set('q', line);
	return changeFilters({
		url: {
			pathname: line && !takesLine(url.pathname) ? '/ceremonies' : url.pathname,
			searchParams
		},
		filters,
		changes: queryToNarrowing(query),
		defaultProject
	});
}
