import { isAtThisMachine, ownOrigin, ownPath } from '$lib/server/access/own-address.ts';
import { settings } from '$lib/server/settings.ts';
import { redirect } from '@sveltejs/kit';
import { nobodyIsThere } from '../../../settings/access/people.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const { locals, url } = event;
	const next = ownPath(url.searchParams.get('next'));
	if (locals.access.person) redirect(303, next);
	const atThisMachine = isAtThisMachine(event);
	return {
		next,
		origin: ownOrigin(event).origin,
		/** What can be read without a sign-in. */
		openProjects: locals.access.projects.map(({ id, name }) => ({ id, name })),
		nobody: atThisMachine && (await nobodyIsThere(await settings()))
	};
};
