import type { Settings } from './open-settings.ts';

/** What a project keeps of what is sent to it, and what its pages ask before they send. */
export interface Privacy {
	/** The country an event came from. */
	country: boolean;
	/** The hashes of users and credentials. */
	references: boolean;
	/** The only tags, by name; undefined: every tag. */
	tags: string[] | undefined;
	/** Its pages ask each visitor first: the code of Set up then sends nothing until they agreed. */
	consentFirst: boolean;
}

/** A project that said nothing. */
export const EVERYTHING_KEPT: Privacy = {
	...{ country: true, references: true, tags: undefined },
	consentFirst: false
};

/** What each project keeps; one that said nothing is missing. */
export async function listPrivacy(settings: Settings): Promise<Map<string, Privacy>> {
	const [rows, tags] = await Promise.all([
		settings.selectFrom('project_privacy').selectAll().execute(),
		settings.selectFrom('project_kept_tag').selectAll().orderBy('tag').execute()
	]);
	const tagsOf = Map.groupBy(tags, ({ project_id }) => project_id);
	return new Map(
		rows.map(({ project_id, country, user_references, every_tag, consent_first }) => [
			project_id,
			{
				country: country !== 0,
				references: user_references !== 0,
				tags: every_tag === 0 ? (tagsOf.get(project_id) ?? []).map(({ tag }) => tag) : undefined,
				consentFirst: consent_first !== 0
			}
		])
	);
}

/** Writes what was checked before. */
export async function writePrivacy(
	settings: Settings,
	{
		projectId: project_id,
		privacy: { country, references, tags, consentFirst }
	}: { projectId: string; privacy: Privacy }
): Promise<void> {
	const values = {
		country: Number(country),
		user_references: Number(references),
		every_tag: Number(tags === undefined),
		consent_first: Number(consentFirst)
	};
	await settings
		.insertInto('project_privacy')
		.values({ project_id, ...values })
		.onConflict((conflict) => conflict.column('project_id').doUpdateSet(values))
		.execute();
	await settings.deleteFrom('project_kept_tag').where('project_id', '=', project_id).execute();
	for (const tag of new Set(tags))
		await settings.insertInto('project_kept_tag').values({ project_id, tag }).execute();
}
