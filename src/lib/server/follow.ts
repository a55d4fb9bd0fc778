import { WITHOUT_SCRIPT } from '$lib/without-script.ts';
import type { RequestEvent } from '@sveltejs/kit';

/**
 * What takes the database long follows the page's frame: the frame is painted while the questions run. It comes with the page where
 * nobody could put it in later: without script (see `page-skeleton.svelte`), and on the way from page to page, where the old one stays
 * until the new one is whole. What the page takes from its address it reads before: afterwards SvelteKit does not note that a change of it
 * asks anew. Give promises by name, await what comes back, and return it from `load`.
 */
export async function follow<Parts extends object>(
	{ isDataRequest, url }: Pick<RequestEvent, 'isDataRequest' | 'url'>,
	parts: { [Name in keyof Parts]: Promise<Parts[Name]> }
): Promise<{ [Name in keyof Parts]: Parts[Name] | Promise<Parts[Name]> }> {
	const entries = Object.entries(parts) as [keyof Parts, Promise<Parts[keyof Parts]>][];
	if (isDataRequest || url.searchParams.has(WITHOUT_SCRIPT))
		return Object.fromEntries(
			await Promise.all(entries.map(async ([name, part]) => [name, await part]))
		) as Parts;
	// The page tells of a question that failed; before it is looked at, nobody does.
	for (const [, part] of entries) part.catch(() => undefined);
	return parts;
}
