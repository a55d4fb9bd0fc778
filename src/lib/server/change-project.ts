import { parseFilters } from '$lib/filters.ts';
import { fail, type ActionFailure } from '@sveltejs/kit';
import { ProjectError, type Project } from '../../../settings/projects.ts';

interface Asked {
	url: URL;
	locals: App.Locals;
}

/** The project that the address means, of those that whoever asks may see. */
export function findProject({ url, locals }: Asked): Project | undefined {
	const all = locals.access.projects;
	const { project } = parseFilters(url.searchParams, { projects: all });
	return all.find(({ id }) => id === project);
}

/** Carries out a form's change of the address's project; a mistake of whoever asked goes back as words. */
export async function changeProject<Result>(
	asked: Asked,
	act: (projectId: string) => Promise<Result>
): Promise<Result | ActionFailure<{ message: string }>> {
	const project = findProject(asked);
	if (!project) return fail(404, { message: 'There is no project yet: make one first.' });
	try {
		return await act(project.id);
	} catch (error) {
		if (error instanceof ProjectError) return fail(400, { message: error.message });
		throw error;
	}
}
