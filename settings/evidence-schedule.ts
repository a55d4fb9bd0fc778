import type { Settings } from './open-settings.ts';
import type { EvidenceScheduleTable } from './schema.ts';

export const EVIDENCE_TURNS = ['week', 'month'] as const;
export type EvidenceTurn = (typeof EVIDENCE_TURNS)[number];

/** That a project's evidence is made by itself, and how the newest went. */
export interface EvidenceSchedule {
	projectId: string;
	/** At the end of each. */
	every: EvidenceTurn;
	/** Who asked for it, as they named themselves. */
	author: string;
	/** `YYYY-MM-DD` of the newest that was made; empty before the first. */
	lastAsOf: string;
	/** Where that lies. */
	lastFolder: string;
	/** Why the last attempt failed; empty when it did not. */
	lastError: string;
}

/** What is asked for one project, or undefined. */
export async function readEvidenceSchedule(
	settings: Settings,
	projectId: string
): Promise<EvidenceSchedule | undefined> {
	return (await listEvidenceSchedules(settings)).find((one) => one.projectId === projectId);
}

/** Every project's. */
export async function listEvidenceSchedules(settings: Settings): Promise<EvidenceSchedule[]> {
	const rows = await settings.selectFrom('evidence_schedule').selectAll().execute();
	return rows.map(toSchedule);
}

const toSchedule = (row: EvidenceScheduleTable): EvidenceSchedule => ({
	projectId: row.project_id,
	every: EVIDENCE_TURNS.find((one) => one === row.every) ?? 'month',
	author: row.author,
	lastAsOf: row.last_as_of,
	lastFolder: row.last_folder,
	lastError: row.last_error
});

/** Has evidence made at the end of every week or month; without `every`, never again. What was made stays. */
export async function setEvidenceSchedule(
	settings: Settings,
	{ projectId, every, author }: { projectId: string; every?: EvidenceTurn; author: string }
): Promise<void> {
	if (!every) {
		await settings.deleteFrom('evidence_schedule').where('project_id', '=', projectId).execute();
		return;
	}
	const outcome = { last_as_of: '', last_folder: '', last_error: '' };
	await settings
		.insertInto('evidence_schedule')
		.values({ project_id: projectId, every, author, ...outcome })
		.onConflict((conflict) => conflict.column('project_id').doUpdateSet({ every, author }))
		.execute();
}

/** Notes how an attempt went. */
export async function noteScheduledEvidence(
	settings: Settings,
	projectId: string,
	outcome: { asOf: string; folder: string } | { error: string }
): Promise<void> {
	await settings
		.updateTable('evidence_schedule')
		.set(
			'error' in outcome
				? { last_error: outcome.error.slice(0, 500) }
				: { last_as_of: outcome.asOf, last_folder: outcome.folder, last_error: '' }
		)
		.where('project_id', '=', projectId)
		.execute();
}
