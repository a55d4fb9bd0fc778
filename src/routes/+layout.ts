import { isFiltered } from '$lib/components/navigation.ts';
import type { LayoutLoad } from './$types';

/** Parts of the frame that not every page has are fetched where they are shown. */
export const load: LayoutLoad = async ({ data, url }) => {
	const [filterBar, nothingSent] = await Promise.all([
		isFiltered(url.pathname) && import('$lib/components/filter-bar.svelte'),
		!data.hasData && import('$lib/components/nothing-sent.svelte')
	]);
	return {
		...data,
		FilterBar: filterBar ? filterBar.default : undefined,
		NothingSent: nothingSent ? nothingSent.default : undefined
	};
};
