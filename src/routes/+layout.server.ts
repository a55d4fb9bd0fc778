import { listFilterDimensions } from '$lib/components/filter-options.ts';
import { parseFilters, tagName } from '$lib/filters.ts';
import { providerIcons } from '$lib/server/authenticators.ts';
import { ACTIONS, type Access, type Action } from '$lib/server/access/access.ts';
import { mayRequest } from '$lib/server/access/guard-route.ts';
import { ROUTES } from '$lib/server/access/routes.ts';
import { collectorUrl } from '$lib/server/collector-url.ts';
import { database } from '$lib/server/database.ts';
import { projectFacts, projectsWithData } from '$lib/server/queries/project-facts.ts';
import { queryUncountedDays } from '$lib/server/queries/uncounted-days.ts';
import { readAnnotations } from '$lib/server/read-annotations.ts';
import { settings } from '$lib/server/settings.ts';
import { FRESH_MS } from '../../settings/access/sessions.ts';
import { listAlertFirings } from '../../settings/alert-firings.ts';
import { listRolledUpTags } from '../../settings/rolled-up-tags.ts';
import { listSegments } from '../../settings/segments.ts';
import type { Freshness } from '$lib/sign-in/ask-before-submit.ts';
import type { LayoutServerLoad } from './$types';

const FRESH_ROUTES: Freshness['routes'] = Object.fromEntries(
	Object.entries(ROUTES).flatMap(([path, { fresh }]) => (fresh ? [[path, fresh]] : []))
);

/** The routes that whoever asks may open, in a project. */
function openTo(access: Access, project: string): string[] {
	const search = new URLSearchParams({ project });
	return Object.keys(ROUTES).filter((routeId) =>
		mayRequest({ routeId, method: 'GET', search, access })
	);
}

/** Whether a route is a page of a project's that links lead to by this very address. */
const isPage = (path: string) =>
	ROUTES[path]?.scope === 'project' && !path.startsWith('/api/') && !path.includes('[');

/** The frame of every page: projects, the URL's filters, and what is true of the chosen project whatever the page. */
export const load: LayoutServerLoad = async ({ url, locals: { access } }) => {
	const all = access.projects;
	const asked = parseFilters(url.searchParams, { projects: all });
	const open = openTo(access, asked.project);
	const closed = Object.keys(ROUTES).filter((path) => isPage(path) && !open.includes(path));
	const filters = { ...asked, ...(closed.length > 0 && { closed }) };
	const client = await database();
	const { project } = filters;
	const [[facts], [uncounted]] = await Promise.all([
		projectFacts(client, filters),
		queryUncountedDays(client, filters)
	]);
	const chosenTags = (await listRolledUpTags(await settings())).get(project) ?? [];
	const known = facts && {
		...facts,
		releases: facts.releases.map(({ release }) => release),
		tags: facts.tags.filter((one) => chosenTags.includes(tagName(one)))
	};
	const elsewhere = facts?.has_data ? [] : await projectsWithData(client, {});
	return {
		filters,
		projects: all,
		collectorUrl: collectorUrl(),
		hasData: facts?.has_data ?? false,
		hasSynthetic: facts?.has_synthetic ?? false,
		firstDay: facts?.first_day ?? '1970-01-01',
		remaking: facts?.days_left ? { left: facts.days_left, of: facts.days } : undefined,
		/** Names of the tags that the project's figures are told apart by. */
		chosenTags,
		uncountedDays: uncounted?.days ?? 0,
		dimensions: known ? listFilterDimensions(filters, known) : [],
		providerIcons: await providerIcons(),
		/** Of the period, drawn on every chart over time. */
		annotations: await readAnnotations({
			...{ settings: await settings(), project, facts },
			period: filters
		}),
		/** Alerts that are not over. */
		firing: open.includes('/alerts')
			? (await listAlertFirings(await settings(), { projectId: project, open: true })).length
			: 0,
		segments: await listSegments(await settings(), filters.project),
		person: access.person,
		/** How long the sign-in is fresh, and where it must be. */
		freshness: access.session && {
			// No time that is left: what is not there would be told apart by it from what one may not see.
			at: access.session.freshAt,
			lastsMs: FRESH_MS,
			routes: FRESH_ROUTES
		},
		/** What whoever reads this may do in the chosen project. */
		may: Object.fromEntries(
			ACTIONS.map((action) => [action, access.may(action, project || undefined)])
		) as Record<Action, boolean>,
		/** The pages that are open to them, as the menu names them. */
		open,
		others: all
			.filter(({ id }) => elsewhere.some(({ project_id }) => project_id === id))
			.map(({ id, name }) => ({ id, name }))
	};
};
