import { parseFilters } from '$lib/filters.ts';
import { cleanSegmentQuery } from '$lib/segments/clean-segment-query.ts';
import { settings } from '$lib/server/settings.ts';
import { fail } from '@sveltejs/kit';
import { removeSegment, renameSegment, saveSegment } from '../../../settings/segments.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	save: async ({ request, url, locals }) => {
		const form = await request.formData();
		const mistake = await saveSegment(await settings(), {
			projectId: findProject(url, locals),
			name: String(form.get('name') ?? ''),
			// Read and written again: what is no filter and no search is not kept.
			query: cleanSegmentQuery(String(form.get('query') ?? ''))
		});
		if (mistake) return fail(400, mistake);
	},
	rename: async ({ request, url, locals }) => {
		const form = await request.formData();
		const id = String(form.get('id'));
		const mistake = await renameSegment(await settings(), {
			projectId: findProject(url, locals),
			id,
			name: String(form.get('name') ?? '')
		});
		if (mistake) return fail(400, { ...mistake, id });
	},
	remove: async ({ request, url, locals }) => {
		const form = await request.formData();
		await removeSegment(await settings(), {
			projectId: findProject(url, locals),
			id: String(form.get('id'))
		});
	}
};

/** The project of the address, as every page takes it. */
function findProject(url: URL, { access }: App.Locals): string {
	return parseFilters(url.searchParams, access).project;
}
