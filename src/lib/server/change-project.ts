import { parseFilters } from '$lib/filters.ts';
import { fail, type ActionFailure } from '@sveltejs/kit';
import { ProjectError, type Project } from '../../../settings/projects.ts';

interface Asked {
	url: URL;
	locals: App.Locals;
}

/** Nothing that could be typed otherwise: a form may not even be there. */
const OF_NO_FIELD: ProjectError['code'][] = ['not_found', 'set_by_file', 'set_by_environment'];

/** The project that the address means, of those that whoever asks may see. */
export function findProject({ url, locals }: Asked): Project | undefined {
	const all = locals.access.projects;
	const { project } = parseFilters(url.searchParams, { projects: all });
	return all.find(({ id }) => id === project);
}

/**
 * Carries out a form's change of the address's project; a mistake of whoever asked goes back as words, with the form's field that it is
 * of: the one given, or the error's own. Empty: of no field.
 */
export async function changeProject<Result>(
	asked: Asked & { field?: string | undefined },
	act: (projectId: string) => Promise<Result>
): Promise<Result | ActionFailure<{ field: string; message: string }>> {
	const project = findProject(asked);
	if (!project)
		return fail(404, { field: '', message: 'There is no project yet: make one first.' });
	try {
		return await act(project.id);
	} catch (error) {
		if (!(error instanceof ProjectError)) throw error;
		const field = OF_NO_FIELD.includes(error.code) ? '' : (asked.field ?? error.field ?? '');
		return fail(400, { field, message: error.message });
	}
}
