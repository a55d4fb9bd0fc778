import { ownOrigin } from '$lib/server/access/own-address.ts';
import { settings } from '$lib/server/settings.ts';
import {
	OWN_PROJECT,
	readOwnSignIns,
	stopWatchingOwnSignIns,
	watchOwnSignIns
} from '../../../settings/own-sign-ins.ts';
import { ProjectError } from '../../../settings/project-error.ts';
import { fail, type ActionFailure } from '@sveltejs/kit';
import { endInvitation, invite, listInvitations } from '../../../settings/access/invitations.ts';
import {
	EVERY_PROJECT,
	listPeople,
	PeopleError,
	readRole,
	removePerson,
	setRole
} from '../../../settings/access/people.ts';
import { readSignInProvider } from '../../../settings/access/sign-in-provider.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async () => {
	const store = await settings();
	const [people, invitations, provider, own] = await Promise.all([
		listPeople(store),
		listInvitations(store),
		readSignInProvider(store),
		readOwnSignIns(store)
	]);
	return {
		people,
		/** The identity provider, as its button names it, and whether it lets in who is invited. */
		provider: provider && { name: provider.name, invited: provider.withoutGroup === 'invited' },
		invitations: invitations.filter(({ kind }) => kind !== 'set-up'),
		ownSignIns: { watched: own?.watched, project: OWN_PROJECT }
	};
};

export const actions: Actions = {
	invite: (event) =>
		change(
			event,
			async (text, projectId) => {
				const roles = [{ projectId: projectId(), role: readRole(text('role')) }];
				const by = event.locals.access.author;
				const token = await invite(await settings(), {
					...{ name: text('name'), email: text('email'), roles, by }
				});
				return { link: linkTo(event, token), for: text('name') };
			},
			'invite'
		),
	recover: (event) =>
		change(event, async (text) => {
			const store = await settings();
			const person = (await listPeople(store)).find(({ id }) => id === text('person'));
			if (!person) throw new PeopleError('not_found', 'person', 'This person is gone already.');
			const { id: personId, name } = person;
			const by = event.locals.access.author;
			const token = await invite(store, { kind: 'recovery', name, personId, by });
			return { link: linkTo(event, token), for: name };
		}),
	withdraw: (event) =>
		change(event, async (text) => {
			await endInvitation(await settings(), text('invitation'));
			return {};
		}),
	giveRole: (event) =>
		change(event, async (text, projectId) => {
			const role = readRole(text('role'));
			const personId = text('person');
			await setRole(await settings(), { personId, projectId: projectId(), role });
			return {};
		}),
	takeRole: (event) =>
		change(event, async (text) => {
			const [personId, projectId] = [text('person'), text('project')];
			await setRole(await settings(), { personId, projectId, role: undefined });
			return {};
		}),
	remove: (event) =>
		change(event, async (text) => {
			await removePerson(await settings(), text('person'));
			return {};
		}),
	watch: (event) =>
		change(event, async () => {
			await watchOwnSignIns(await settings(), ownOrigin(event).origin);
			return {};
		}),
	stopWatching: (event) =>
		change(event, async () => {
			await stopWatchingOwnSignIns(await settings());
			return {};
		})
};

type Asked = Parameters<Actions[string]>[0];

/** Carries out what the form asks; a mistake of whoever asked goes back as words. */
async function change<Result extends object>(
	{ request, locals }: Asked,
	act: (text: (field: string) => string, projectId: () => string) => Promise<Result>,
	/** The form whose fields mistakes are of; of other forms they are told above them all. */
	of: 'invite' | undefined = undefined
): Promise<Result | ActionFailure<{ field: string; message: string; of: 'invite' | undefined }>> {
	const form = await request.formData();
	const text = (field: string) => String(form.get(field) ?? '').trim();
	const projectId = () => {
		const id = text('project');
		if (id === EVERY_PROJECT || locals.access.projects.some((project) => project.id === id))
			return id;
		throw new PeopleError('not_found', 'role', 'There is no such project.');
	};
	try {
		return await act(text, projectId);
	} catch (error) {
		if (error instanceof PeopleError)
			return fail(400, { field: error.field, message: error.message, of });
		if (error instanceof ProjectError) return fail(400, { field: '', message: error.message, of });
		throw error;
	}
}

const linkTo = (event: Asked, token: string) => `${ownOrigin(event).origin}/welcome/${token}`;
