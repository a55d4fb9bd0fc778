import { listProjects, type Project } from '../../../settings/projects.ts';
import { settings } from './settings.ts';

/** Every project, oldest first; the first is the one a link without a project means. */
export async function projects(): Promise<Project[]> {
	return listProjects(await settings());
}
