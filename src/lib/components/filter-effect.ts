import { tagName, type Filters } from '../filters.ts';
import type { FilterDimension } from './filter-options.ts';

/** What the filter by provider leaves as it is on the pages whose figures are of passkeys; empty: nothing. Every other page sets it aside. */
export const NARROWED_BY_PROVIDER: Record<string, string> = {
	'/sync-coverage': 'Not reach, readiness and stranded users: somebody seen has no provider',
	'/credentials': '',
	'/ledger': '',
	'/risk': 'Not reach and readiness: somebody seen has no provider'
};

/** Whether a page is as it would be without the filter by provider. */
export const setsProviderAside = (pathname: string): boolean =>
	NARROWED_BY_PROVIDER[pathname] === undefined;

export interface FilterEffect {
	/** Whether something of the page is hidden by it. */
	narrows: boolean;
	/** What is to be known at a filter that narrows the page in part, or not at all; empty: nothing. */
	note: string;
}

/** What one filter does to the page at this path. */
export function filterEffect({
	name,
	filters,
	pathname,
	chosenTags
}: {
	name: FilterDimension['name'];
	filters: Filters;
	pathname: string;
	/** Names of the tags that the project's figures are told apart by. */
	chosenTags: readonly string[];
}): FilterEffect {
	if (filters[name] === '') return { narrows: false, note: '' };
	if (name === 'provider')
		return {
			narrows: !setsProviderAside(pathname),
			note:
				NARROWED_BY_PROVIDER[pathname] ??
				'Does not narrow this page: users and failures have no provider'
		};
	const tag = name === 'tagged' ? tagName(filters.tagged) : undefined;
	if (tag !== undefined && !chosenTags.includes(tag))
		return {
			narrows: true,
			note: `Figures are not told apart by “${tag}”, and show nothing of it until Project settings choose it`
		};
	return { narrows: true, note: '' };
}
