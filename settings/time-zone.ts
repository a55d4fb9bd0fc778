import { requireEditable } from './configuration/configured.ts';
import { timeZoneField } from './fields.ts';
import type { Settings } from './open-settings.ts';
import { checkField, requireProject } from './projects.ts';

/** Each project's time zone, by project: its days are that zone's. */
export async function listTimeZones(settings: Settings): Promise<Map<string, string>> {
	const rows = await settings.selectFrom('project').select(['id', 'time_zone']).execute();
	return new Map(rows.map(({ id, time_zone }) => [id, time_zone]));
}

/** Chooses the zone whose days a project's figures are counted by: all its days are counted anew. @throws ProjectError */
export async function setTimeZone(
	settings: Settings,
	{ projectId, timeZone }: { projectId: string; timeZone: string }
): Promise<void> {
	const time_zone = checkField(timeZoneField, timeZone, 'invalid_time_zone');
	await requireProject(settings, projectId);
	await requireEditable(settings, { projectId, setting: 'time_zone' });
	await settings.updateTable('project').set({ time_zone }).where('id', '=', projectId).execute();
}
