import { error, json } from '@sveltejs/kit';
import { readLive } from '../read-live.ts';
import type { RequestHandler } from './$types';

/** What arrives at a project and what is refused of it, for the page that waits for it. */
export const GET: RequestHandler = async ({ url, locals }) => {
	const project = url.searchParams.get('project') ?? '';
	if (!locals.access.projects.some(({ id }) => id === project))
		error(404, `There is no project "${project}".`);
	return json(await readLive(project, locals.access), { headers: { 'cache-control': 'no-store' } });
};
