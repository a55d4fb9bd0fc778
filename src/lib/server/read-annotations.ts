import { listAnnotations } from '../../../settings/annotations.ts';
import type { Settings } from '../../../settings/open-settings.ts';
import { markReleases, type ChartAnnotation } from '../annotations/mark-releases.ts';
import type { DayRange } from '../filters.ts';
import type { ProjectFacts } from './queries/project-facts.ts';

/** What the charts of a period show as noted: by people, by programs, and by the releases that events name. */
export async function readAnnotations({
	settings,
	project,
	facts,
	period: { from, to }
}: {
	settings: Settings;
	project: string;
	/** Undefined: there is no such project. */
	facts: Pick<ProjectFacts, 'releases' | 'first_day'> | undefined;
	period: DayRange;
}): Promise<ChartAnnotation[]> {
	const noted = await listAnnotations(settings, { projectId: project, from, to });
	if (!facts) return noted;
	const { releases, first_day: firstDay } = facts;
	return markReleases({ noted, releases, firstDay, period: { from, to } });
}
