import { docPage, DOC_NAMES } from '$lib/server/docs/pages.ts';
import { searchDocs } from '$lib/server/docs/search-docs.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => {
	const words = (url.searchParams.get('q') ?? '').trim().slice(0, 200);
	return {
		words,
		found: words === '' ? [] : searchDocs(words),
		pages: DOC_NAMES.map((name) => {
			const { title, summary } = docPage(name);
			return { name, title, summary };
		})
	};
};
