import { env } from '$env/dynamic/private';
import { describeRule } from '$lib/alerts/alert-words.ts';
import { parseFilters } from '$lib/filters.ts';
import { findMeasure } from '$lib/server/alerts/measure.ts';
import { alertOutlets, sendAlert } from '$lib/server/alerts/send-alert.ts';
import { changeProject } from '$lib/server/change-project.ts';
import { settings } from '$lib/server/settings.ts';
import { fail } from '@sveltejs/kit';
import {
	addAlertChannel,
	listAlertChannels,
	removeAlertChannel
} from '../../../settings/alert-channels.ts';
import { listAlertDeliveries, listAlertFirings } from '../../../settings/alert-firings.ts';
import {
	listAlertRules,
	removeAlertRule,
	silenceAlertRule
} from '../../../settings/alert-rules.ts';
import { listConfigured } from '../../../settings/configuration/configured.ts';
import type { Actions, PageServerLoad } from './$types';

const HISTORY = 50;

export const load: PageServerLoad = async ({ parent, locals }) => {
	const { filters } = await parent();
	const store = await settings();
	const projectId = filters.project;
	const [rules, channels, firings, configured] = await Promise.all([
		listAlertRules(store, projectId),
		listAlertChannels(store, projectId),
		listAlertFirings(store, { projectId, limit: HISTORY }),
		listConfigured(store, projectId)
	]);
	const deliveries = await listAlertDeliveries(
		store,
		firings.map(({ id }) => id)
	);
	const mayChange = locals.access.may('analyse', projectId);
	return {
		mayChange,
		rules: rules.map((rule) => ({ ...rule, words: describeRule(rule, findMeasure(rule.measure)) })),
		/** Whoever may not change them is not told the secrets, nor where exactly alerts go. */
		channels: channels.map(({ id, name, kind, target, secret }) => ({
			...{ id, name, kind },
			target: mayChange ? target : '',
			secret: mayChange && kind === 'webhook' ? secret : ''
		})),
		firings: firings.map((firing) => ({
			...firing,
			path: filters.closed?.includes(firing.path.split('?')[0]!) ? undefined : firing.path,
			told: deliveries
				.filter(({ firingId }) => firingId === firing.id)
				.map(({ channelId, event, attempts, nextAt, sentAt, lastError }) => ({
					channel: channels.find(({ id }) => id === channelId)?.name ?? 'a removed channel',
					...{ event, attempts, nextAt, sentAt, lastError }
				}))
		})),
		/** The file that sets the channels. */
		channelsFile: configured.alert_channels,
		mailIsSetUp: alertOutlets(env).smtpUrl !== undefined,
		askedAt: new Date().toISOString()
	};
};

const HOUR_MS = 3_600_000;

export const actions: Actions = {
	silence: async ({ request, url, locals }) => {
		const form = await request.formData();
		const hours = Number(form.get('hours'));
		if (!Number.isFinite(hours) || hours < 0 || hours > 24 * 366)
			return fail(400, { field: 'hours', message: 'Choose for how long.' });
		await silenceAlertRule(await settings(), {
			projectId: findProject(url, locals),
			id: String(form.get('id')),
			until: hours === 0 ? undefined : Date.now() + hours * HOUR_MS,
			by: locals.access.author
		});
	},
	remove: async ({ request, url, locals }) => {
		const id = String((await request.formData()).get('id'));
		await removeAlertRule(await settings(), { projectId: findProject(url, locals), id });
	},
	addChannel: async ({ request, url, locals }) => {
		const form = await request.formData();
		const text = (name: string) => String(form.get(name) ?? '');
		const given = { name: text('name'), kind: text('kind'), target: text('target') };
		return changeProject({ url, locals }, async (projectId) => {
			const asked = { projectId, ...given, secret: text('secret') };
			const added = await addAlertChannel(await settings(), asked);
			if ('mistake' in added) return fail(400, { ...added.mistake, channel: given });
		});
	},
	removeChannel: async ({ request, url, locals }) => {
		const id = String((await request.formData()).get('id'));
		return changeProject({ url, locals }, async (projectId) =>
			removeAlertChannel(await settings(), { projectId, id })
		);
	},
	/** Sends a message that says it is one, and tells at once whether it was taken. */
	testChannel: async ({ request, url, locals }) => {
		const id = String((await request.formData()).get('id'));
		const projectId = findProject(url, locals);
		const channel = (await listAlertChannels(await settings(), projectId)).find(
			(one) => one.id === id
		);
		if (!channel)
			return fail(404, { field: 'id', message: 'This channel is gone: somebody removed it.' });
		const project = locals.access.projects.find((one) => one.id === projectId);
		const mistake = await sendAlert({
			channel,
			outlets: alertOutlets(env),
			message: {
				...{ id: crypto.randomUUID(), firing: crypto.randomUUID(), event: 'test' },
				...{ project: project?.name ?? projectId, rule: 'None: somebody tried the channel' },
				title: 'alerts reach this channel',
				text: 'Somebody pressed “Send a test” on the page of alerts. There is nothing to do.',
				url: `${url.origin}/alerts?project=${encodeURIComponent(projectId)}`,
				bucket: new Date().toISOString(),
				at: Date.now()
			}
		});
		if (mistake !== undefined)
			return fail(502, { field: 'test', message: `${channel.name}: ${mistake}` });
		return { tested: channel.name };
	}
};

/** The project of the address, as every page takes it. */
function findProject(url: URL, { access }: App.Locals): string {
	return parseFilters(url.searchParams, access).project;
}
