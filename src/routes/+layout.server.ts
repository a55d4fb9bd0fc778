import { env } from '$env/dynamic/private';
import { parseFilters } from '$lib/filters.ts';
import { providerIcons } from '$lib/server/authenticators.ts';
import { database } from '$lib/server/database.ts';
import { projectFacts, projectsWithData } from '$lib/server/queries/project-facts.ts';
import { queryUncountedDays } from '$lib/server/queries/uncounted-days.ts';
import { settings } from '$lib/server/settings.ts';
import { listAnnotations } from '../../settings/annotations.ts';
import { listSegments } from '../../settings/segments.ts';
import { readAuthor } from '$lib/server/author.ts';
import type { LayoutServerLoad } from './$types';

/** The frame of every page: projects, the URL's filters, and what is true of the chosen project whatever the page. */
export const load: LayoutServerLoad = async ({ url, cookies, locals }) => {
	const all = locals.access.projects;
	const filters = parseFilters(url.searchParams, { projects: all.map(({ id }) => id) });
	const client = await database();
	const { project, to } = filters;
	const [[facts], [uncounted]] = await Promise.all([
		projectFacts(client, { project, to }),
		queryUncountedDays(client, { project })
	]);
	const elsewhere = facts?.has_data ? [] : await projectsWithData(client, {});
	return {
		filters,
		projects: all,
		collectorUrl: env.PASSLENS_COLLECTOR_URL ?? 'http://localhost:7301',
		hasData: facts?.has_data ?? false,
		hasSynthetic: facts?.has_synthetic ?? false,
		firstDay: facts?.first_day ?? '1970-01-01',
		remaking: facts?.days_left ? { left: facts.days_left, of: facts.days } : undefined,
		uncountedDays: uncounted?.days ?? 0,
		applications: facts?.applications ?? [],
		countries: facts?.countries ?? [],
		providerIcons: await providerIcons(),
		/** Of the period, drawn on every chart over time. */
		annotations: await listAnnotations(await settings(), {
			projectId: filters.project,
			from: filters.from,
			to: filters.to
		}),
		segments: await listSegments(await settings(), filters.project),
		author: readAuthor(cookies),
		others: all
			.filter(({ id }) => elsewhere.some(({ project_id }) => project_id === id))
			.map(({ id, name }) => ({ id, name }))
	};
};
