import type { Settings } from './open-settings.ts';

/** What people may decide about a finding of the ledger. */
export const FINDING_DECISIONS = ['open', 'resolved', 'ignored'] as const;

export type FindingDecision = (typeof FINDING_DECISIONS)[number];

/** One decision about one finding. */
export interface FindingTriage {
	/** 16 hex digits. */
	findingId: string;
	decision: FindingDecision;
	/** May be empty. */
	note: string;
	/** Who decided, as they named themselves; may be empty. */
	author: string;
	/** Unix epoch in milliseconds. */
	decidedAt: number;
}

/** Decides about some findings alike. Earlier decisions are kept. */
export async function decideFindings(
	settings: Settings,
	{
		projectId,
		findingIds,
		decision,
		note,
		author
	}: Omit<FindingTriage, 'decidedAt' | 'findingId'> & {
		projectId: string;
		findingIds: readonly string[];
	}
): Promise<void> {
	await settings.transaction().execute(async (transaction) => {
		const newest = await transaction
			.selectFrom('finding_triage')
			.select(({ fn }) => fn.max('revision').as('revision'))
			.where('project_id', '=', projectId)
			.executeTakeFirst();
		const rows = findingIds.map((finding_id, index) => ({
			...{ project_id: projectId, finding_id, decision, note, author },
			revision: (newest?.revision ?? 0) + 1 + index,
			created_unix_ms: Date.now()
		}));
		if (rows.length > 0) await transaction.insertInto('finding_triage').values(rows).execute();
	});
}

/** Every decision of a project about findings, the newest first. */
export async function listFindingTriage(
	settings: Settings,
	projectId: string
): Promise<FindingTriage[]> {
	const rows = await settings
		.selectFrom('finding_triage')
		.selectAll()
		.where('project_id', '=', projectId)
		.orderBy('revision', 'desc')
		.execute();
	return rows.map(({ finding_id, decision, note, author, created_unix_ms }) => ({
		findingId: finding_id,
		decision: decision as FindingDecision,
		...{ note, author },
		decidedAt: Number(created_unix_ms)
	}));
}
