import type { Filters } from '../filters.ts';
import { describeView } from '../format/describe-view.ts';
import { findNavigationItem } from './navigation.ts';
import { setsProviderAside } from './filter-effect.ts';

/** What the page at hand shows, in words; nothing of pages that no filter narrows. `page` is the one of `$app/state`. */
export function viewed(page: { data: Record<string, unknown>; url: URL }): string[] {
	const { filters, projects, hasSynthetic } = page.data as {
		filters?: Filters;
		projects?: { id: string; name: string }[];
		hasSynthetic?: boolean;
	};
	const project = projects?.find(({ id }) => id === filters?.project);
	if (!filters || !project || !findNavigationItem(page.url.pathname)?.filtered) return [];
	const aside = setsProviderAside(page.url.pathname) && { provider: '' };
	return describeView({
		filters: { ...filters, ...aside },
		project: project.name,
		synthetic: hasSynthetic ?? false
	});
}
