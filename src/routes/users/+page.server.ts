import { database } from '$lib/server/database.ts';
import { GAP_FUNNELS, GAP_LIMIT, parseGap, readGapUsers } from '$lib/server/queries/funnel-gaps.ts';
import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const gap = parseGap(url.searchParams);
	// The lists are reached from a drop-out alone; who types the address finds the funnels.
	if (!gap) redirect(307, `/adoption${url.search}`);
	const found = await readGapUsers({
		client: await database(),
		filters,
		search: url.searchParams,
		gap
	});
	const steps: readonly string[] = GAP_FUNNELS[gap.funnel];
	return { gap, before: steps[steps.indexOf(gap.step) - 1]!, limit: GAP_LIMIT, ...found };
};
