import { isAtThisMachine, ownOrigin, ownPath } from '$lib/server/access/own-address.ts';
import { refusalWords } from '$lib/sign-in/provider-refusals.ts';
import { settings } from '$lib/server/settings.ts';
import { redirect } from '@sveltejs/kit';
import { nobodyIsThere } from '../../../settings/access/people.ts';
import { readSignInProvider } from '../../../settings/access/sign-in-provider.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const { locals, url } = event;
	const next = ownPath(url.searchParams.get('next'));
	if (locals.access.person) redirect(303, next);
	const store = await settings();
	const atThisMachine = isAtThisMachine(event);
	return {
		next,
		origin: ownOrigin(event).origin,
		/** The identity provider, as its button names it. */
		provider: (await readSignInProvider(store))?.name,
		refused: refusalWords(url.searchParams.get('refused')),
		/** What can be read without a sign-in. */
		openProjects: locals.access.projects.map(({ id, name }) => ({ id, name })),
		nobody: atThisMachine && (await nobodyIsThere(store))
	};
};
