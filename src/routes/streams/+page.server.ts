import { env } from '$env/dynamic/private';
import { settings } from '$lib/server/settings.ts';
import { waitingFor } from '$lib/server/streams/deliver-streams.ts';
import { sendEvents, streamOutlets } from '$lib/server/streams/send-events.ts';
import { testEvent } from '$lib/server/streams/test-event.ts';
import { fail } from '@sveltejs/kit';
import { ProjectError } from '../../../settings/project-error.ts';
import { addStream, listStreams, pauseStream, removeStream } from '../../../settings/streams.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { access } }) => {
	const store = await settings();
	const mayChange = access.mayChange('administer');
	const streams = await listStreams(store);
	return {
		mayChange,
		directory: streamOutlets(env).directory,
		streams: await Promise.all(
			streams.map(async (stream) => {
				const { id, name, kind, target, format, secret, authorization, projects, topics } = stream;
				const { paused, file, sentAt, sent, leftOut, failures, nextAt, lastError } = stream;
				return {
					...{ id, name, kind, format, projects, topics, paused, file },
					...{ sentAt, sent, leftOut, failures, nextAt, lastError },
					waiting: await waitingFor(store, stream),
					/** Whoever may not change them is not told the secrets, nor where exactly events go. */
					target: mayChange ? target : '',
					secret: mayChange ? secret : '',
					authorized: authorization !== ''
				};
			})
		),
		askedAt: Date.now()
	};
};

const idOf = async (request: Request) => String((await request.formData()).get('id'));

export const actions: Actions = {
	add: async ({ request, locals: { access } }) => {
		const form = await request.formData();
		const text = (name: string) => String(form.get(name) ?? '');
		const chosen = form.getAll('project').map(String);
		const given = {
			...{ name: text('name'), kind: text('kind'), target: text('target') },
			...{ format: text('format'), topics: form.getAll('topic').map(String) },
			projects: access.projects.map(({ id }) => id).filter((id) => chosen.includes(id))
		};
		const added = await addStream(await settings(), {
			...given,
			authorization: text('authorization')
		});
		if ('mistake' in added) return fail(400, { ...added.mistake, stream: given });
		return { added: added.stream.name };
	},
	remove: async ({ request }) => {
		try {
			await removeStream(await settings(), await idOf(request));
		} catch (error) {
			if (!(error instanceof ProjectError)) throw error;
			return fail(400, { field: 'id', message: error.message });
		}
	},
	pause: async ({ request }) =>
		pauseStream(await settings(), { id: await idOf(request), paused: true }),
	resume: async ({ request }) =>
		pauseStream(await settings(), { id: await idOf(request), paused: false }),
	/** Sends an event that says it is a trial, and tells at once whether it was taken. */
	test: async ({ request }) => {
		const id = await idOf(request);
		const stream = (await listStreams(await settings())).find((one) => one.id === id);
		if (!stream)
			return fail(404, { field: 'id', message: 'This stream is gone: somebody removed it.' });
		const mistake = await sendEvents(stream, [testEvent(stream)], streamOutlets(env));
		if (mistake !== undefined)
			return fail(502, { field: 'test', message: `${stream.name}: ${mistake}` });
		return { tested: stream.name };
	}
};
