import type { Settings } from '../../../../settings/open-settings.ts';
import { listRolledUpTags } from '../../../../settings/rolled-up-tags.ts';
import { tagName, type Filters } from '../../filters.ts';
import { problem, type Problem } from './problem.ts';

/** The rollups keep chosen tags alone: of another one they would count nothing, which a program would take for an answer. */
export async function refuseUnchosenTag(
	settings: () => Promise<Settings>,
	{ project, tagged }: Pick<Filters, 'project' | 'tagged'>
): Promise<Problem | undefined> {
	if (tagged === '') return undefined;
	const chosen = (await listRolledUpTags(await settings())).get(project) ?? [];
	const tag = tagName(tagged);
	if (chosen.includes(tag)) return undefined;
	const there = chosen.length > 0 ? `by ${chosen.join(', ')}` : 'by no tag';
	return problem(
		400,
		'invalid_parameter',
		`The figures of “${project}” are told apart ${there}. “${tag}” can be chosen in Project settings, or with npm run project -- tags.`,
		'tagged'
	);
}
