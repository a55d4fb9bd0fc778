import { requireEditable } from './configuration/configured.ts';
import { rolledUpTagsField } from './fields.ts';
import type { Settings } from './open-settings.ts';
import { checkField, requireProject } from './projects.ts';

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
	const chosen = checkField(rolledUpTagsField, tags, 'invalid_tags');
	await requireProject(settings, projectId);
	await requireEditable(settings, { projectId, setting: 'rolled_up_tags' });
	await settings.transaction().execute(async (change) => {
		await change.deleteFrom('project_rolled_up_tag').where('project_id', '=', projectId).execute();
		if (chosen.length > 0)
			await change
				.insertInto('project_rolled_up_tag')
				.values(chosen.map((tag) => ({ project_id: projectId, tag })))
				.execute();
	});
}
