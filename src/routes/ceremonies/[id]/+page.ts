import type { PageLoad } from './$types';

/** Cards that few ceremonies have are fetched with those alone. */
export const load: PageLoad = async ({ data }) => {
	const [trace, reproduction] = await Promise.all([
		data.trace && import('./trace-card.svelte'),
		data.reproduction && import('./reproduction-card.svelte')
	]);
	return { ...data, TraceCard: trace?.default, ReproductionCard: reproduction?.default };
};
