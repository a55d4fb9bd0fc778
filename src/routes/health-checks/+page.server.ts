import { env } from '$env/dynamic/private';
import { VERSION } from '../../../sdk/common/version.ts';
import { explainCoverage, judgeSending } from '$lib/health/describe-health.ts';
import { changeProject, findProject } from '$lib/server/change-project.ts';
import { database } from '$lib/server/database.ts';
import { queryApplicationHealth, querySending } from '$lib/server/queries/application-health.ts';
import { settings } from '$lib/server/settings.ts';
import { siteReach } from '$lib/server/site-checks/check-site.ts';
import { checkSites } from '$lib/server/site-checks/check-sites.ts';
import { listSiteChecks } from '../../../settings/site-checks.ts';
import type { Actions, PageServerLoad } from './$types';

/** Whether each application sends as it should, and whether the project's sites are set up for passkeys. */
export const load: PageServerLoad = async ({ parent, locals }) => {
	const { filters, projects } = await parent();
	const { project } = filters;
	const client = await database();
	const [sending, health, checks] = await Promise.all([
		querySending(client, { project }),
		queryApplicationHealth(client, { project }),
		listSiteChecks(await settings(), project)
	]);
	const names = [...new Set([...sending, ...health].map(({ application }) => application))];
	return {
		applications: names.map((application) => {
			const sent = sending.find((one) => one.application === application);
			const ceremonies = health.find((one) => one.application === application);
			return {
				application,
				lastAt: sent?.last_at,
				lastDay: sent?.days[0] ?? 0,
				...judgeSending(sent?.days ?? []),
				ceremonies,
				coverage: ceremonies ? explainCoverage(ceremonies) : []
			};
		}),
		newestSdk: VERSION,
		origins: projects.find(({ id }) => id === project)?.origins ?? [],
		sites: [...Map.groupBy(checks, ({ site }) => site)].map(([site, looks]) => ({ site, looks })),
		mayCheck: locals.access.mayChange('administer', project),
		askedAt: new Date().toISOString()
	};
};

export const actions: Actions = {
	check: ({ url, locals }) =>
		changeProject({ url, locals }, async () => {
			const project = findProject({ url, locals });
			if (project)
				await checkSites({
					...{ client: await database(), settings: await settings() },
					...{ project, reach: siteReach(env) }
				});
			return { checked: true };
		})
};
