import { env } from '$env/dynamic/private';
import { changeProject, findProject } from '$lib/server/change-project.ts';
import { collectorUrl } from '$lib/server/collector-url.ts';
import { settings } from '$lib/server/settings.ts';
import { checkSite, siteReach } from '$lib/server/site-checks/check-site.ts';
import { redirect } from '@sveltejs/kit';
import { uuidV7 } from '../../../sdk/common/uuid-v7.ts';
import { requestDemo } from '../../../settings/demo-runs.ts';
import { listConfigured } from '../../../settings/configuration/configured.ts';
import { addKey } from '../../../settings/keys.ts';
import { listPrivacy } from '../../../settings/privacy.ts';
import { allowOrigin, ProjectError, withdrawOrigin } from '../../../settings/projects.ts';
import { readLive } from './read-live.ts';
import { snippetsFor } from './snippets.ts';
import { WAYS } from './ways.ts';
import type { Actions, PageServerLoad } from './$types';

/** Everything between a project and its first event. */
export const load: PageServerLoad = async ({ url, locals }) => {
	const project = findProject({ url, locals });
	if (!project) redirect(307, '/set-up/new');
	const way = WAYS.find((known) => known === url.searchParams.get('how')) ?? WAYS[0];
	const asksFirst = (await listPrivacy(await settings())).get(project.id)?.consentFirst ?? false;
	const chosen = url.searchParams.get('consent');
	const consentFirst = chosen === null ? asksFirst : chosen === 'first';
	return {
		...{ project, way, asksFirst, consentFirst },
		snippets: snippetsFor(way, {
			...{ consentFirst, endpoint: collectorUrl(), exampleId: uuidV7(), now: Date.now() },
			ingestKey: project.ingestKeys[0] ?? 'pk_…'
		}),
		loadsDemo: env.PASSLENS_LOADS_DEMO === '1',
		configured: await listConfigured(await settings(), project.id),
		live: await readLive(project, locals.access)
	};
};

export const actions: Actions = {
	allowOrigin: ({ request, url, locals }) =>
		changeProject({ url, locals, field: 'origin' }, async (projectId) => {
			const origin = String((await request.formData()).get('origin') ?? '').trim();
			await allowOrigin(await settings(), { projectId, origin });
		}),
	withdrawOrigin: ({ request, url, locals }) =>
		changeProject({ url, locals }, async (projectId) => {
			const origin = String((await request.formData()).get('origin') ?? '');
			await withdrawOrigin(await settings(), { projectId, origin });
		}),
	makeServerKey: ({ url, locals }) =>
		changeProject({ url, locals }, async (projectId) => ({
			serverKey: await addKey(await settings(), { projectId, kind: 'server' })
		})),
	checkSite: ({ request, url, locals }) =>
		changeProject({ url, locals }, async () => {
			const project = findProject({ url, locals });
			const origin = String((await request.formData()).get('origin') ?? '');
			if (!project?.origins.includes(origin))
				throw new ProjectError('invalid_origin', `${origin} is no allowed origin of the project.`);
			return { checked: { origin, findings: await checkSite({ origin, reach: siteReach(env) }) } };
		}),
	loadDemo: async () => requestDemo(await settings(), { action: 'load' }),
	removeDemo: async () => requestDemo(await settings(), { action: 'remove' })
};
