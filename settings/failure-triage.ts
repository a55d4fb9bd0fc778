import type { Settings } from './open-settings.ts';

/** What people may decide about a group of failures; that a resolved one is back is worked out, never typed. */
export const TRIAGE_DECISIONS = ['open', 'resolved', 'ignored'] as const;

export type TriageDecision = (typeof TRIAGE_DECISIONS)[number];

/** One decision about one group. */
export interface FailureTriage {
	groupId: string;
	decision: TriageDecision;
	/** Of `resolved`: the newest release that still had it; what is seen in a later one counts as back. Empty: whatever is seen after `decidedAt`. */
	afterRelease: string;
	/** Who takes care of it; may be empty. */
	owner: string;
	/** May be empty. */
	note: string;
	/** Who decided, as they named themselves; may be empty. */
	author: string;
	/** Unix epoch in milliseconds. */
	decidedAt: number;
}

/** Decides about a group. Earlier decisions are kept. */
export async function decideFailure(
	settings: Settings,
	{
		projectId,
		groupId,
		decision,
		afterRelease,
		owner,
		note,
		author
	}: Omit<FailureTriage, 'decidedAt'> & { projectId: string }
): Promise<void> {
	await settings.transaction().execute(async (transaction) => {
		const newest = await transaction
			.selectFrom('failure_triage')
			.select(({ fn }) => fn.max('revision').as('revision'))
			.where('project_id', '=', projectId)
			.executeTakeFirst();
		await transaction
			.insertInto('failure_triage')
			.values({
				project_id: projectId,
				revision: (newest?.revision ?? 0) + 1,
				group_id: groupId,
				decision,
				after_release: decision === 'resolved' ? afterRelease : '',
				...{ owner, note, author },
				created_unix_ms: Date.now()
			})
			.execute();
	});
}

/** Every decision of a project, the newest first; of one group when `groupId` says so. */
export async function listFailureTriage(
	settings: Settings,
	{ projectId, groupId }: { projectId: string; groupId?: string }
): Promise<FailureTriage[]> {
	let query = settings
		.selectFrom('failure_triage')
		.selectAll()
		.where('project_id', '=', projectId)
		.orderBy('revision', 'desc');
	if (groupId !== undefined) query = query.where('group_id', '=', groupId);
	const rows = await query.execute();
	return rows.map(
		({ group_id, decision, after_release, owner, note, author, created_unix_ms }) => ({
			groupId: group_id,
			decision: decision as TriageDecision,
			afterRelease: after_release,
			...{ owner, note, author },
			decidedAt: Number(created_unix_ms)
		})
	);
}
