import type { Settings } from './open-settings.ts';
import { ProjectError } from './projects.ts';

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
	for (const days of [rawDays, derivedDays])
		if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= 36_500))
			throw new ProjectError(
				'invalid_retention',
				`Retention is a whole number of days from 1 to 36500, not ${days}.`
			);
	if (derivedDays !== undefined && (rawDays === undefined || rawDays > derivedDays))
		throw new ProjectError(
			'invalid_retention',
			'Raw events cannot be kept longer than what is made from them: the tables would be remade from them.'
		);
	const known = await settings
		.selectFrom('project')
		.select('id')
		.where('id', '=', projectId)
		.executeTakeFirst();
	if (!known) throw new ProjectError('not_found', `There is no project "${projectId}".`);
	const values = { raw_days: rawDays ?? null, derived_days: derivedDays ?? null };
	await settings
		.insertInto('project_retention')
		.values({ project_id: projectId, ...values })
		.onConflict((conflict) => conflict.column('project_id').doUpdateSet(values))
		.execute();
}
