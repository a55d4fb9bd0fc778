import { requireEditable } from './configuration/configured.ts';
import { retentionField } from './fields.ts';
import type { Settings } from './open-settings.ts';
import { checkField, requireProject } from './projects.ts';

/** How long a project keeps what it has; undefined: for ever. */
export interface Retention {
	/** Days that single events are kept. */
	rawDays?: number | undefined;
	/** Days that everything made from them is kept: ceremonies, credentials and users not seen since, daily figures. */
	derivedDays?: number | undefined;
}

/** Retention of every project that has one. */
export async function listRetention(settings: Settings): Promise<Map<string, Retention>> {
	const rows = await settings.selectFrom('project_retention').selectAll().execute();
	return new Map(
		rows.map((row) => [
			row.project_id,
			{ rawDays: row.raw_days ?? undefined, derivedDays: row.derived_days ?? undefined }
		])
	);
}

/** Sets a project's retention. @throws ProjectError when it cannot be kept to */
export async function setRetention(
	settings: Settings,
	projectId: string,
	{ rawDays, derivedDays }: Retention
): Promise<void> {
	const retention = { raw_days: rawDays, derived_days: derivedDays };
	checkField(retentionField, retention, 'invalid_retention', 'raw_days');
	await requireProject(settings, projectId);
	await requireEditable(settings, { projectId, setting: 'retention' });
	const values = { raw_days: rawDays ?? null, derived_days: derivedDays ?? null };
	await settings
		.insertInto('project_retention')
		.values({ project_id: projectId, ...values })
		.onConflict((conflict) => conflict.column('project_id').doUpdateSet(values))
		.execute();
}
