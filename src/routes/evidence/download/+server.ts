import { parseDay, parseFilters, today } from '$lib/filters.ts';
import { database } from '$lib/server/database.ts';
import { makeEvidence } from '$lib/server/evidence/make-evidence.ts';
import { settings } from '$lib/server/settings.ts';
import { error } from '@sveltejs/kit';
import { zip } from 'fflate';
import { promisify } from 'node:util';
import type { RequestHandler } from './$types';

const LONGEST_NOTE = 300;
const DAYS = [7, 30, 90, 365];

/** Makes evidence and hands it out as one zip; that it was made is kept. */
export const POST: RequestHandler = async ({ request, url, locals }) => {
	const form = await request.formData();
	const all = locals.access.projects;
	const { project: id } = parseFilters(url.searchParams, locals.access);
	const project = all.find((one) => one.id === id);
	if (!project) error(404, 'There is no such project.');
	const note = String(form.get('note') ?? '').trim();
	if (note.length > LONGEST_NOTE)
		error(400, `The reason has ${note.length} characters; ${LONGEST_NOTE} are kept.`);
	const last = today(project.timeZone);
	const on = parseDay(String(form.get('on') ?? ''), last) ?? last;
	const { files } = await makeEvidence({
		...{ client: await database(), settings: await settings(), note, on },
		project,
		days: DAYS.find((days) => String(days) === form.get('days')) ?? 90,
		author: locals.access.author
	});
	const folder = `passlens-evidence-${id}-${on}`;
	const content = [...files].map(([path, bytes]) => [`${folder}/${path}`, bytes] as const);
	const bytes = await promisify<Record<string, Uint8Array>, Uint8Array>(zip)(
		Object.fromEntries(content)
	);
	return new Response(bytes as BodyInit, {
		headers: {
			'content-type': 'application/zip',
			'content-disposition': `attachment; filename="${folder}.zip"`,
			'cache-control': 'no-store'
		}
	});
};
