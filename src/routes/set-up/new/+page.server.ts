import { settings } from '$lib/server/settings.ts';
import { fail } from '@sveltejs/kit';
import { env } from '$env/dynamic/private';
import { DEMO_PROJECT, newestDemoRun } from '../../../../settings/demo-runs.ts';
import { createProject, ProjectError } from '../../../../settings/projects.ts';
import { toProjectId } from './to-project-id.ts';
import type { Actions, PageServerLoad } from './$types';

const LONGEST_NAME = 80;

export const load: PageServerLoad = async ({ locals }) => ({
	loadsDemo: env.PASSLENS_LOADS_DEMO === '1',
	demo: await newestDemoRun(await settings()),
	demoKnown: locals.access.projects.some(({ id }) => id === DEMO_PROJECT)
});

export const actions: Actions = {
	default: async ({ request }) => {
		const form = await request.formData();
		const text = (field: string) => String(form.get(field) ?? '').trim();
		const given = { name: text('name'), id: text('id'), origin: text('origin') };
		const mistake = (field: keyof typeof given, message: string) =>
			fail(400, { given, field, message });
		if (given.name === '') return mistake('name', 'Give the project a name.');
		if (given.name.length > LONGEST_NAME)
			return mistake(
				'name',
				`The name has ${given.name.length} characters; ${LONGEST_NAME} are kept.`
			);
		const id = given.id || toProjectId(given.name);
		if (!id) return mistake('id', 'The name gives no id: write one of letters, digits and "-".');
		const origins = given.origin === '' ? [] : [given.origin];
		try {
			const keys = await createProject(await settings(), { id, name: given.name, origins });
			return { created: { id, name: given.name, ...keys } };
		} catch (error) {
			if (!(error instanceof ProjectError)) throw error;
			return mistake(error.code === 'invalid_origin' ? 'origin' : 'id', error.message);
		}
	}
};
