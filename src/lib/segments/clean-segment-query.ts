import { queryToNarrowing } from '../filters.ts';
import { parseSearch } from '../search/parse-search.ts';
import { searchOf, segmentQuery } from './segment-query.ts';

/**
 * A segment's text as it may be kept: what is neither a filter nor a search that can be read is left out.
 * Apart from what every page's row of filters needs: reading a search line takes all of its fields.
 */
export function cleanSegmentQuery(query: string): string {
	const search = searchOf(query);
	return segmentQuery(queryToNarrowing(query), 'search' in parseSearch(search) ? search : '');
}
