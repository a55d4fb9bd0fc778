import { error, json } from '@sveltejs/kit';
import { readLive } from '../read-live.ts';
import type { RequestHandler } from './$types';

/** What arrives at a project and what is refused of it, for the page that waits for it. */
export const GET: RequestHandler = async ({ url, locals }) => {
	const asked = url.searchParams.get('project') ?? '';
	const project = locals.access.projects.find(({ id }) => id === asked);
	if (!project) error(404, `There is no project "${asked}".`);
	return json(await readLive(project, locals.access), { headers: { 'cache-control': 'no-store' } });
};
