import { today } from '$lib/filters.ts';
import { findProject } from '$lib/server/change-project.ts';
import { database } from '$lib/server/database.ts';
import { makeEvidence } from '$lib/server/evidence/make-evidence.ts';
import { readEvidenceForm } from '$lib/server/evidence/read-evidence-form.ts';
import { settings } from '$lib/server/settings.ts';
import { error } from '@sveltejs/kit';
import { zip } from 'fflate';
import { promisify } from 'node:util';
import type { RequestHandler } from './$types';

/** Makes evidence and hands it out as one zip; that it was made is kept. The page's form asks its action first, which says a mistake there. */
export const POST: RequestHandler = async ({ request, url, locals }) => {
	const project = findProject({ url, locals });
	if (!project) error(404, 'There is no such project.');
	const asked = readEvidenceForm(await request.formData(), today(project.timeZone));
	if ('mistake' in asked) error(400, asked.mistake.message);
	const { files } = await makeEvidence({
		...{ client: await database(), settings: await settings(), ...asked },
		project,
		author: locals.access.author
	});
	const folder = `passlens-evidence-${project.id}-${asked.on}`;
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
