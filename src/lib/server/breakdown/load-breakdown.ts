import type { Filters } from '../../filters.ts';
import type { Access } from '../access/access.ts';
import { database } from '../database.ts';
import { readBreakdownChoice, type BreakdownPage } from './page-breakdowns.ts';
import { readBreakdown, type Breakdown } from './read-breakdown.ts';

interface Asked {
	parent: () => Promise<{ filters: Filters; projects: { id: string }[] }>;
	locals: { access: Access };
	url: URL;
}

/** The breakdown of a page that has it on a page of its own. */
export async function loadBreakdown(
	{ parent, locals: { access }, url }: Asked,
	page: BreakdownPage
): Promise<{ breakdown: Breakdown }> {
	const { filters, projects } = await parent();
	const defaultProject = projects[0]?.id ?? '';
	const breakdown = await readBreakdown({
		...{ client: await database(), filters, page, url, defaultProject, tags: [] },
		seesUsers: access.may('see-users', filters.project),
		...readBreakdownChoice(page, url.searchParams)
	});
	return { breakdown };
}
