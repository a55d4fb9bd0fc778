import { forgetLeaving, readLeaving } from '$lib/server/access/cookies.ts';
import { isAtThisMachine, ownOrigin, ownPath } from '$lib/server/access/own-address.ts';
import { refusalWords } from '$lib/sign-in/provider-refusals.ts';
import { settings } from '$lib/server/settings.ts';
import { redirect } from '@sveltejs/kit';
import { nobodyIsThere } from '../../../settings/access/people.ts';
import { readSignInProvider } from '../../../settings/access/sign-in-provider.ts';
import type { PageServerLoad } from './$types';

/** Whether the provider sent this browser back after it had signed out there. */
function comesFromLeaving(event: Parameters<PageServerLoad>[0]): boolean {
	const leaving = readLeaving(event);
	if (!leaving || event.url.searchParams.get('state') !== leaving.state) return false;
	forgetLeaving(event);
	return true;
}

export const load: PageServerLoad = async (event) => {
	const { locals, url } = event;
	const next = ownPath(url.searchParams.get('next'));
	if (locals.access.person) redirect(303, next);
	const store = await settings();
	const provider = (await readSignInProvider(store))?.name;
	const atThisMachine = isAtThisMachine(event);
	return {
		next,
		origin: ownOrigin(event).origin,
		/** The identity provider, as its button names it. */
		provider,
		/** Where they have signed out, too, before they came here. */
		left: comesFromLeaving(event) ? provider : undefined,
		refused: refusalWords(url.searchParams.get('refused')),
		/** What can be read without a sign-in. */
		openProjects: locals.access.projects.map(({ id, name }) => ({ id, name })),
		nobody: atThisMachine && (await nobodyIsThere(store))
	};
};
