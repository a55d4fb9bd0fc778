import { requireEditable } from './configuration/configured.ts';
import { traceServicesField } from './fields.ts';
import type { Settings } from './open-settings.ts';
import { checkField, requireProject } from './projects.ts';

/**
 * The services whose spans a project's ceremonies may show, in their order. Pages choose their trace ids themselves, so the
 * id alone opens nothing: without a service that is named here no span is shown.
 */
export async function listTraceServices(settings: Settings, projectId: string): Promise<string[]> {
	const rows = await settings
		.selectFrom('project_trace_service')
		.select('service')
		.where('project_id', '=', projectId)
		.orderBy('service')
		.execute();
	return rows.map(({ service }) => service);
}

/** Names a project's services anew; none: no span is shown. @throws ProjectError when they cannot be named */
export async function setTraceServices(
	settings: Settings,
	{ projectId, services }: { projectId: string; services: readonly string[] }
): Promise<void> {
	const named = checkField(traceServicesField, services, 'invalid_trace_services');
	await requireProject(settings, projectId);
	await requireEditable(settings, { projectId, setting: 'trace_services' });
	await settings.transaction().execute((change) => replaceTraceServices(change, projectId, named));
}

/** Puts these in the place of those named before. */
export async function replaceTraceServices(
	settings: Settings,
	projectId: string,
	services: readonly string[]
): Promise<void> {
	await settings.deleteFrom('project_trace_service').where('project_id', '=', projectId).execute();
	if (services.length > 0)
		await settings
			.insertInto('project_trace_service')
			.values(services.map((service) => ({ project_id: projectId, service })))
			.execute();
}
