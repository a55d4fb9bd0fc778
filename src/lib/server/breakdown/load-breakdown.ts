import type { Filters } from '../../filters.ts';
import { listRolledUpTags } from '../../../../settings/rolled-up-tags.ts';
import { database } from '../database.ts';
import { settings } from '../settings.ts';
import { readBreakdownChoice, type BreakdownPage } from './page-breakdowns.ts';
import { readBreakdown, type Breakdown } from './read-breakdown.ts';

interface Asked {
	parent: () => Promise<{ filters: Filters; projects: { id: string }[] }>;
	url: URL;
}

/** The breakdown of a page that has it on a page of its own. */
export async function loadBreakdown(
	{ parent, url }: Asked,
	page: BreakdownPage
): Promise<{ breakdown: Breakdown }> {
	const { filters, projects } = await parent();
	const defaultProject = projects[0]?.id ?? '';
	const tags = (await listRolledUpTags(await settings())).get(filters.project) ?? [];
	const breakdown = await readBreakdown({
		...{ client: await database(), filters, page, url, defaultProject, tags },
		...readBreakdownChoice(page, url.searchParams)
	});
	return { breakdown };
}
