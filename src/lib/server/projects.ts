import { openSettings, type Settings } from '../../../settings/open-settings.ts';
import { listProjects, type Project } from '../../../settings/projects.ts';
import { databaseOptionsFromEnvironment } from '../../../migrations/connect.ts';

let settings: Promise<Settings> | undefined;

/** The settings store, opened at first use and kept. */
function settingsStore(): Promise<Settings> {
	settings ??= openSettings(databaseOptionsFromEnvironment());
	return settings;
}

/** Every project, oldest first; the first is the one a link without a project means. */
export async function projects(): Promise<Project[]> {
	return listProjects(await settingsStore());
}
