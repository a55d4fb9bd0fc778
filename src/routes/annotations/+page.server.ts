import { parseFilters } from '$lib/filters.ts';
import { settings } from '$lib/server/settings.ts';
import { fail } from '@sveltejs/kit';
import {
	addAnnotation,
	changeAnnotation,
	listAnnotations,
	parseAnnotation,
	removeAnnotation,
	type AnnotationInput
} from '../../../settings/annotations.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent }) => {
	const { filters } = await parent();
	return { all: await listAnnotations(await settings(), { projectId: filters.project }) };
};

export const actions: Actions = {
	add: async ({ request, url, locals }) => {
		const form = await request.formData();
		const read = readForm(form, locals.access.author);
		const projectId = findProject(url, locals);
		if ('mistake' in read) return fail(400, read.mistake);
		await addAnnotation(await settings(), {
			projectId,
			annotation: read.annotation,
			source: 'page'
		});
	},
	change: async ({ request, url, locals }) => {
		const form = await request.formData();
		const read = readForm(form, locals.access.author);
		const projectId = findProject(url, locals);
		if ('mistake' in read) return fail(400, read.mistake);
		const id = String(form.get('id'));
		const { annotation } = read;
		if (!(await changeAnnotation(await settings(), { projectId, id, annotation })))
			return fail(404, GONE);
	},
	remove: async ({ request, url, locals }) => {
		const form = await request.formData();
		const projectId = findProject(url, locals);
		const id = String(form.get('id'));
		if (!(await removeAnnotation(await settings(), { projectId, id }))) return fail(404, GONE);
	}
};

const GONE = { field: 'id', message: 'This annotation is gone: somebody removed it meanwhile.' };

const readForm = (form: FormData, author: string) =>
	parseAnnotation({
		...{ day: form.get('day'), kind: form.get('kind'), text: form.get('text') },
		author
	} satisfies Record<keyof AnnotationInput, unknown>);

/** The project of the address, as every page takes it. */
function findProject(url: URL, { access }: App.Locals): string {
	return parseFilters(url.searchParams, access).project;
}
