import { requireEditable } from './configuration/configured.ts';
import { TRACE_ID_MARK, traceUrlField } from './fields.ts';
import type { Settings } from './open-settings.ts';
import { checkField, requireProject } from './projects.ts';

/** Where a project's traces are looked at, `{trace_id}` standing for the id; undefined: nobody said. */
export async function findTraceUrl(
	settings: Settings,
	projectId: string
): Promise<string | undefined> {
	const row = await settings
		.selectFrom('project_trace_link')
		.select('trace_url')
		.where('project_id', '=', projectId)
		.executeTakeFirst();
	return row?.trace_url;
}

/** Says where a project's traces are looked at; undefined: nowhere. @throws ProjectError */
export async function setTraceUrl(
	settings: Settings,
	{ projectId, traceUrl }: { projectId: string; traceUrl: string | undefined }
): Promise<void> {
	if (traceUrl !== undefined) checkField(traceUrlField, traceUrl, 'invalid_trace_url');
	await requireProject(settings, projectId);
	await requireEditable(settings, { projectId, setting: 'trace_url' });
	if (traceUrl === undefined) {
		await settings.deleteFrom('project_trace_link').where('project_id', '=', projectId).execute();
		return;
	}
	await settings
		.insertInto('project_trace_link')
		.values({ project_id: projectId, trace_url: traceUrl })
		.onConflict((conflict) => conflict.column('project_id').doUpdateSet({ trace_url: traceUrl }))
		.execute();
}

/** The address of one trace. */
export function traceAddress(traceUrl: string, traceId: string): string {
	return traceUrl.replaceAll(TRACE_ID_MARK, encodeURIComponent(traceId));
}
