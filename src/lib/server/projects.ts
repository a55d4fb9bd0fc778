import { OWN_PROJECT, readOwnSignIns } from '../../../settings/own-sign-ins.ts';
import { listProjects, type Project } from '../../../settings/projects.ts';
import { settings } from './settings.ts';

/** Every project, oldest first, but for Passlens's own while nobody wants it. Pages show those of `locals.access.projects` alone. */
export async function projects(): Promise<Project[]> {
	const store = await settings();
	const [all, own] = await Promise.all([listProjects(store), readOwnSignIns(store)]);
	return own?.watched === false ? all.filter(({ id }) => id !== OWN_PROJECT) : all;
}
