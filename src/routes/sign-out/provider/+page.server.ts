import { readLeaving } from '$lib/server/access/cookies.ts';
import { leaveProvider } from '$lib/server/access/provider/leave-provider.ts';
import { settings } from '$lib/server/settings.ts';
import { redirect } from '@sveltejs/kit';
import { readSignInProvider } from '../../../../settings/access/sign-in-provider.ts';
import type { PageServerLoad } from './$types';

/** For a browser that has just signed out here, and for no other: a link alone signs nobody out anywhere. */
export const load: PageServerLoad = async (event) => {
	const leaving = readLeaving(event);
	const provider = await readSignInProvider(await settings());
	if (!leaving || !provider?.signOutThere || event.locals.access.person) redirect(303, '/sign-in');
	event.setHeaders({ 'cache-control': 'no-store' });
	return {
		name: provider.name,
		target: (await leaveProvider(event, { provider, leaving }))?.href
	};
};
