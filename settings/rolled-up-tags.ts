import type { Settings } from './open-settings.ts';
import { ProjectError } from './projects.ts';

/** Each tag multiplies the rollups' rows by the values it takes. */
const MOST_TAGS = 3;
/** The contract's longest name of a tag. */
const LONGEST_NAME = 40;

/** Names of the tags that each project's rollups tell apart, in their order; a project that chose none is missing. */
export async function listRolledUpTags(settings: Settings): Promise<Map<string, string[]>> {
	const rows = await settings
		.selectFrom('project_rolled_up_tag')
		.selectAll()
		.orderBy('tag')
		.execute();
	const byProject = Map.groupBy(rows, ({ project_id }) => project_id);
	return new Map([...byProject].map(([project, of]) => [project, of.map(({ tag }) => tag)]));
}

/** Chooses a project's tags anew; none: they are told apart no more. @throws ProjectError when they cannot be chosen */
export async function setRolledUpTags(
	settings: Settings,
	{ projectId, tags }: { projectId: string; tags: readonly string[] }
): Promise<void> {
	const chosen = [...new Set(tags)];
	if (chosen.length > MOST_TAGS)
		throw new ProjectError(
			'invalid_tags',
			`At most ${MOST_TAGS} tags can be rolled up, not ${chosen.length}: each multiplies the rows by its values.`
		);
	for (const tag of chosen)
		if (tag === '' || tag.length > LONGEST_NAME || tag.includes('='))
			throw new ProjectError(
				'invalid_tags',
				`A tag's name has 1 to ${LONGEST_NAME} characters and no "=", unlike "${tag}".`
			);
	const known = await settings
		.selectFrom('project')
		.select('id')
		.where('id', '=', projectId)
		.executeTakeFirst();
	if (!known) throw new ProjectError('not_found', `There is no project "${projectId}".`);
	await settings.transaction().execute(async (change) => {
		await change.deleteFrom('project_rolled_up_tag').where('project_id', '=', projectId).execute();
		if (chosen.length > 0)
			await change
				.insertInto('project_rolled_up_tag')
				.values(chosen.map((tag) => ({ project_id: projectId, tag })))
				.execute();
	});
}
