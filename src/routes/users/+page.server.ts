import { database } from '$lib/server/database.ts';
import { GAP_FUNNELS, parseGap, readGapUsers } from '$lib/server/queries/funnel-gaps.ts';
import { parseUserGroup, readUserGroup } from '$lib/server/queries/user-groups.ts';
import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

/** The users behind a funnel's drop-out, or behind a bar or cell that counts users. */
export const load: PageServerLoad = async ({ parent, url }) => {
	const { filters } = await parent();
	const gap = parseGap(url.searchParams);
	const group = parseUserGroup(url.searchParams);
	const asked = { client: await database(), filters };
	if (gap) {
		const found = await readGapUsers({ ...asked, search: url.searchParams, gap });
		const steps: readonly string[] = GAP_FUNNELS[gap.funnel];
		return { gap: { ...gap, before: steps[steps.indexOf(gap.step) - 1]! }, ...found };
	}
	// The lists are reached from a chart alone; who types the address finds the funnels.
	if (!group) redirect(307, `/adoption${url.search}`);
	return { group, ...(await readUserGroup({ ...asked, group })) };
};
