import { parseFilters } from '$lib/filters.ts';
import { ACTIONS } from '$lib/server/access/access.ts';
import { tellOfChange } from '$lib/server/access/notices/tell-of-change.ts';
import { settings } from '$lib/server/settings.ts';
import { fail, type ActionFailure } from '@sveltejs/kit';
import {
	addApiKey,
	listApiKeys,
	MOST_DAYS,
	removeApiKey
} from '../../../settings/access/api-keys.ts';
import { EVERY_PROJECT, PeopleError } from '../../../settings/access/people.ts';
import type { Actions, PageServerLoad } from './$types';

/** Keys of the chosen project; whoever administers everything sees those of all projects too. */
export const load: PageServerLoad = async ({ url, locals: { access } }) => {
	const store = await settings();
	const everywhere = access.may('administer');
	const [own, shared] = await Promise.all([
		listApiKeys(store, findProject(url, access)),
		everywhere ? listApiKeys(store, EVERY_PROJECT) : []
	]);
	return { keys: [...own, ...shared], everywhere, actionsThere: ACTIONS, mostDays: MOST_DAYS };
};

export const actions: Actions = {
	add: ({ request, url, locals: { access } }) =>
		change(async () => {
			const form = await request.formData();
			const all = form.get('everywhere') === 'on' && access.may('administer');
			const projectId = all ? EVERY_PROJECT : findProject(url, access);
			const name = String(form.get('name') ?? '');
			const chosen = form.getAll('may');
			const store = await settings();
			const key = await addApiKey(store, {
				...{ name, projectId, days: Number(form.get('days')), by: access.author },
				actions: ACTIONS.filter((action) => chosen.includes(action))
			});
			if (access.person)
				await tellOfChange(store, {
					...{ personId: access.person.id, change: 'api-key-made', subject: name }
				});
			return { key, name };
		}),
	revoke: ({ request, url, locals: { access } }) =>
		change(async () => {
			const id = String((await request.formData()).get('id'));
			const projectId = findProject(url, access);
			await removeApiKey(await settings(), access.may('administer') ? { id } : { id, projectId });
			return {};
		})
};

const findProject = (url: URL, { projects }: App.Locals['access']) =>
	parseFilters(url.searchParams, { projects }).project;

async function change<Result extends object>(
	act: () => Promise<Result>
): Promise<Result | ActionFailure<{ field: string; message: string }>> {
	try {
		return await act();
	} catch (error) {
		if (!(error instanceof PeopleError)) throw error;
		return fail(400, { field: error.field, message: error.message });
	}
}
