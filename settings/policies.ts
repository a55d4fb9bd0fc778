import type { Settings } from './open-settings.ts';

/** A policy as somebody put it in force. */
export interface PolicyVersion {
	/** 1, 2, 3 … within the project. */
	revision: number;
	/** YAML or JSON, as it was written; whoever saved it has checked it. */
	document: string;
	/** Why; may be empty. */
	note: string;
	/** Who, as they named themselves; may be empty. */
	author: string;
	/** Unix epoch in milliseconds. */
	savedAt: number;
}

/** Puts a policy in force. Earlier versions are kept for ever. Gives its revision. */
export async function savePolicy(
	settings: Settings,
	{
		projectId,
		document,
		note,
		author
	}: Omit<PolicyVersion, 'revision' | 'savedAt'> & { projectId: string }
): Promise<number> {
	return settings.transaction().execute(async (transaction) => {
		const newest = await transaction
			.selectFrom('policy_version')
			.select(({ fn }) => fn.max('revision').as('revision'))
			.where('project_id', '=', projectId)
			.executeTakeFirst();
		const revision = (newest?.revision ?? 0) + 1;
		await transaction
			.insertInto('policy_version')
			.values({
				...{ project_id: projectId, revision, document, note, author },
				created_unix_ms: Date.now()
			})
			.execute();
		return revision;
	});
}

/** Every version of a project's policy, the newest first: that one is in force. */
export async function listPolicies(
	settings: Settings,
	projectId: string
): Promise<PolicyVersion[]> {
	const rows = await settings
		.selectFrom('policy_version')
		.selectAll()
		.where('project_id', '=', projectId)
		.orderBy('revision', 'desc')
		.execute();
	return rows.map(({ revision, document, note, author, created_unix_ms }) => ({
		...{ revision, document, note, author },
		savedAt: Number(created_unix_ms)
	}));
}
