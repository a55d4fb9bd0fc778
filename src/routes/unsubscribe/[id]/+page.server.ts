import { settings } from '$lib/server/settings.ts';
import { endDigest, findDigest } from '../../../../settings/digests.ts';
import { listProjects } from '../../../../settings/projects.ts';
import type { Actions, PageServerLoad } from './$types';

/** Whoever has the link has the e-mail: no sign-in is asked for. Looking changes nothing, as mail programs look at links themselves. */
export const load: PageServerLoad = async ({ params, setHeaders }) => {
	setHeaders({ 'cache-control': 'no-store' });
	const store = await settings();
	const digest = await findDigest(store, params.id);
	const project = (await listProjects(store)).find(({ id }) => id === digest?.projectId);
	return { about: digest && { project: project?.name ?? digest.projectId, email: digest.email } };
};

export const actions: Actions = {
	// Also what a mail program's own button sends (RFC 8058).
	default: async ({ params }) => {
		await endDigest(await settings(), params.id);
	}
};
