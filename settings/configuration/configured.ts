import { writeSignInProvider } from '../access/sign-in-provider.ts';
import type { Settings } from '../open-settings.ts';
import { ProjectError } from '../project-error.ts';
import type { ConfiguredSettingTable } from '../schema.ts';

/** What a configuration file can set of a project, under the names it has there. */
export type ProjectSetting = ConfiguredSettingTable['setting'];

const WORDS: Record<ProjectSetting, string> = {
	name: 'The name',
	time_zone: 'The time zone',
	origins: 'The list of origins',
	keys: 'The list of keys',
	retention: 'Retention',
	privacy: 'What is kept',
	rolled_up_tags: 'The choice of tags',
	trace_url: 'The link to traces',
	trace_services: 'The list of services',
	alert_channels: 'The list of alert channels'
};

/** Which of a project's settings a file sets, with the file's name. */
export async function listConfigured(
	settings: Settings,
	projectId: string
): Promise<Partial<Record<ProjectSetting, string>>> {
	const rows = await settings
		.selectFrom('configured_setting')
		.select(['setting', 'file'])
		.where('project_id', '=', projectId)
		.execute();
	return Object.fromEntries(rows.map(({ setting, file }) => [setting, file]));
}

/** Which of the collector's tables a file names, with the file's name: by the file's own words for them. */
export async function listConfiguredTables(settings: Settings): Promise<Record<string, string>> {
	const rows = await settings.selectFrom('configured_table').selectAll().execute();
	return Object.fromEntries(rows.map(({ name, file }) => [name, file]));
}

/** Refuses a change of what the file sets: the next start would take it back. @throws ProjectError */
export async function requireEditable(
	settings: Settings,
	{ projectId, setting }: { projectId: string; setting: ProjectSetting }
): Promise<void> {
	const file = (await listConfigured(settings, projectId))[setting];
	if (file === undefined) return;
	throw new ProjectError(
		'set_by_file',
		`${WORDS[setting]} of "${projectId}" is set by ${file}: change "${setting}" there and start Passlens again.`
	);
}

/**
 * Leaves everything as it is, and to be changed in the page from now on. An identity provider can be set by a file alone: it goes.
 */
export async function releaseConfigured(settings: Settings): Promise<void> {
	await forgetConfigured(settings);
	await writeSignInProvider(settings, undefined);
}

/** Forgets what a file sets, before it is said anew. */
export async function forgetConfigured(settings: Settings): Promise<void> {
	await settings.deleteFrom('configured_setting').execute();
	await settings.deleteFrom('configured_table').execute();
	await settings.updateTable('stream').set({ file: '' }).where('file', '!=', '').execute();
}
