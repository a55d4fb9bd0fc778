import { listProjects, type Project } from '../../../settings/projects.ts';
import { settings } from './settings.ts';

/** Every project, oldest first. Pages show those of `locals.access.projects` alone. */
export async function projects(): Promise<Project[]> {
	return listProjects(await settings());
}
