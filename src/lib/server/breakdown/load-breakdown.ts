import type { Filters } from '../../filters.ts';
import { database } from '../database.ts';
import { readBreakdownChoice, type BreakdownPage } from './page-breakdowns.ts';
import { readBreakdown, type Breakdown } from './read-breakdown.ts';

interface Asked {
	parent: () => Promise<{ filters: Filters; projects: { id: string }[]; chosenTags: string[] }>;
	url: URL;
}

/** The breakdown of a page that has it on a page of its own. */
export async function loadBreakdown(
	{ parent, url }: Asked,
	page: BreakdownPage
): Promise<{ breakdown: Breakdown }> {
	const { filters, projects, chosenTags: tags } = await parent();
	const defaultProject = projects[0]?.id ?? '';
	const breakdown = await readBreakdown({
		...{ client: await database(), filters, page, url, defaultProject, tags },
		...readBreakdownChoice(page, url.searchParams)
	});
	return { breakdown };
}
