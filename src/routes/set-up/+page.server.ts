import { env } from '$env/dynamic/private';
import { parseFilters } from '$lib/filters.ts';
import { settings } from '$lib/server/settings.ts';
import { fail, redirect, type ActionFailure } from '@sveltejs/kit';
import { uuidV7 } from '../../../sdk/common/uuid-v7.ts';
import { requestDemo } from '../../../settings/demo-runs.ts';
import { addKey } from '../../../settings/keys.ts';
import { allowOrigin, ProjectError, withdrawOrigin } from '../../../settings/projects.ts';
import { checkSite } from './check-site.ts';
import { readLive } from './read-live.ts';
import { WAYS } from './snippets.ts';
import type { Actions, PageServerLoad } from './$types';

/** Everything between a project and its first event. */
export const load: PageServerLoad = async ({ url, locals }) => {
	const project = findProject(url, locals);
	if (!project) redirect(307, '/set-up/new');
	const way = WAYS.find((known) => known === url.searchParams.get('how')) ?? WAYS[0];
	return {
		...{ project, way },
		example: { exampleId: uuidV7(), now: Date.now() },
		loadsDemo: env.PASSLENS_LOADS_DEMO === '1',
		live: await readLive(project.id, locals.access)
	};
};

export const actions: Actions = {
	allowOrigin: ({ request, url, locals }) =>
		change({ url, locals }, async (projectId) => {
			const origin = String((await request.formData()).get('origin') ?? '').trim();
			await allowOrigin(await settings(), { projectId, origin });
		}),
	withdrawOrigin: ({ request, url, locals }) =>
		change({ url, locals }, async (projectId) => {
			const origin = String((await request.formData()).get('origin') ?? '');
			await withdrawOrigin(await settings(), { projectId, origin });
		}),
	makeServerKey: ({ url, locals }) =>
		change({ url, locals }, async (projectId) => ({
			serverKey: await addKey(await settings(), { projectId, kind: 'server' })
		})),
	checkSite: ({ request, url, locals }) =>
		change({ url, locals }, async () => {
			const project = findProject(url, locals);
			const origin = String((await request.formData()).get('origin') ?? '');
			if (!project?.origins.includes(origin))
				throw new ProjectError('invalid_origin', `${origin} is no allowed origin of the project.`);
			return { checked: { origin, findings: await checkSite({ origin }) } };
		}),
	loadDemo: async () => requestDemo(await settings(), { action: 'load' }),
	removeDemo: async () => requestDemo(await settings(), { action: 'remove' })
};

/** Carries out a change of the URL's project; a mistake of whoever asked goes back as words. */
async function change<Result>(
	{ url, locals }: { url: URL; locals: App.Locals },
	act: (projectId: string) => Promise<Result>
): Promise<Result | ActionFailure<{ message: string }>> {
	const project = findProject(url, locals);
	if (!project) return fail(404, { message: 'There is no project yet: make one first.' });
	try {
		return await act(project.id);
	} catch (error) {
		if (error instanceof ProjectError) return fail(400, { message: error.message });
		throw error;
	}
}

/** The project that the URL means. */
function findProject(url: URL, { access: { projects } }: App.Locals) {
	const { project } = parseFilters(url.searchParams, { projects: projects.map(({ id }) => id) });
	return projects.find(({ id }) => id === project);
}
