import { changeProject, findProject } from '$lib/server/change-project.ts';
import { settings } from '$lib/server/settings.ts';
import { tracesTable } from '$lib/server/traces-table.ts';
import { env } from '$env/dynamic/private';
import { fail, redirect } from '@sveltejs/kit';
import { OWN_PROJECTS } from '../../../settings/configuration/configuration.ts';
import { listConfigured } from '../../../settings/configuration/configured.ts';
import { writeConfiguration } from '../../../settings/configuration/write-configuration.ts';
import { addKey, listKeys, revokeKey, rotateKey } from '../../../settings/keys.ts';
import {
	allowOrigin,
	ProjectError,
	renameProject,
	withdrawOrigin
} from '../../../settings/projects.ts';
import { EVERYTHING_KEPT, listPrivacy } from '../../../settings/privacy.ts';
import { listRetention, setRetention, type Retention } from '../../../settings/retention.ts';
import { listRolledUpTags, setRolledUpTags } from '../../../settings/rolled-up-tags.ts';
import { setPrivacy } from '../../../settings/set-privacy.ts';
import { setTimeZone } from '../../../settings/time-zone.ts';
import { TIME_ZONES } from '../../../settings/time-zones.ts';
import { findTraceUrl, setTraceUrl } from '../../../settings/trace-link.ts';
import { listTraceServices, setTraceServices } from '../../../settings/trace-services.ts';
import { keepsLess, readDays } from './read-days.ts';
import type { Actions, PageServerLoad } from './$types';

const HOUR_MS = 3_600_000;

export const load: PageServerLoad = async ({ url, locals }) => {
	const project = findProject({ url, locals });
	if (!project) redirect(307, '/set-up/new');
	const store = await settings();
	const { id } = project;
	const [configured, keys, retention, privacy, tags, traceUrl, services] = await Promise.all([
		listConfigured(store, id),
		listKeys(store, id),
		listRetention(store),
		listPrivacy(store),
		listRolledUpTags(store),
		findTraceUrl(store, id),
		listTraceServices(store, id)
	]);
	return {
		...{ project, configured },
		timeZones: TIME_ZONES,
		keys: keys.map((key) => ({ ...key, ended: (key.revokedAt ?? Infinity) <= Date.now() })),
		retention: retention.get(id) ?? {},
		privacy: privacy.get(id) ?? EVERYTHING_KEPT,
		tags: tags.get(id) ?? [],
		traceUrl: traceUrl ?? '',
		services,
		tracesTable: Object.values(tracesTable(env)).join('.'),
		mayNameServices: mayNameServices(locals),
		/** A file cannot name Passlens's own projects. */
		asFile: OWN_PROJECTS.includes(id)
			? undefined
			: await writeConfiguration(store, { projectId: id })
	};
};

export const actions: Actions = {
	rename: (event) =>
		change({ ...event, field: 'name' }, async (projectId, text) =>
			renameProject(await settings(), { projectId, name: text('name') })
		),
	setTimeZone: (event) =>
		change({ ...event, field: 'time_zone' }, async (projectId, text) =>
			setTimeZone(await settings(), { projectId, timeZone: text('time_zone') })
		),
	allowOrigin: (event) =>
		change({ ...event, field: 'origin' }, async (projectId, text) =>
			allowOrigin(await settings(), { projectId, origin: text('origin') })
		),
	withdrawOrigin: (event) =>
		change(event, async (projectId, text) =>
			withdrawOrigin(await settings(), { projectId, origin: text('origin') })
		),
	addKey: (event) =>
		change({ ...event, field: 'environment' }, async (projectId, text) => {
			const kind = text('kind') === 'server' ? 'server' : 'ingest';
			const environment = text('environment') || undefined;
			return {
				newKey: { kind, key: await addKey(await settings(), { projectId, kind, environment }) }
			};
		}),
	rotateKey: (event) =>
		change(event, async (projectId, text) => {
			const overlapMs = Number(text('hours')) * HOUR_MS;
			if (!(overlapMs >= 0))
				throw new ProjectError('not_found', 'Choose how long the old key is taken.');
			const key = await rotateKey(await settings(), { projectId, id: text('id'), overlapMs });
			return { newKey: { kind: key.startsWith('sk_') ? 'server' : 'ingest', key } };
		}),
	revokeKey: (event) =>
		change(event, async (projectId, text) =>
			revokeKey(await settings(), { projectId, id: text('id') })
		),
	setRetention: (event) =>
		change(event, async (projectId, text) => {
			const asked: Retention = {
				rawDays: readDays(text('raw_days')),
				derivedDays: readDays(text('derived_days'))
			};
			const store = await settings();
			const now = (await listRetention(store)).get(projectId) ?? {};
			if (keepsLess(asked, now) && text('confirmed') !== 'yes')
				return fail(400, { field: 'confirmed', message: UNCONFIRMED, retention: asked });
			await setRetention(store, projectId, asked);
		}),
	setPrivacy: (event) =>
		change({ ...event, field: 'tag_names' }, async (projectId, text) => {
			const choice = text('tags');
			const named = choice === 'none' ? [] : readNames(text('tag_names'));
			const privacy = {
				country: text('country') === 'yes',
				references: text('references') === 'yes',
				tags: choice === 'every' ? undefined : named,
				consentFirst: text('consent_first') === 'yes'
			};
			await setPrivacy(await settings(), { projectId, privacy });
		}),
	setTags: (event) =>
		change({ ...event, field: 'tags' }, async (projectId, text) =>
			setRolledUpTags(await settings(), { projectId, tags: readNames(text('tags')) })
		),
	setTraceUrl: (event) =>
		change({ ...event, field: 'trace_url' }, async (projectId, text) =>
			setTraceUrl(await settings(), { projectId, traceUrl: text('trace_url') || undefined })
		),
	setServices: (event) =>
		change({ ...event, field: 'services' }, async (projectId, text) => {
			if (!mayNameServices(event.locals)) return fail(403, { field: '', message: NOT_THEIRS });
			await setTraceServices(await settings(), {
				projectId,
				services: readNames(text('services'))
			});
		})
};

/** Names that were typed with commas between them. */
function readNames(text: string): string[] {
	return text
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
}

/** A service may be another project's: whoever names one must be allowed to look into all. */
const mayNameServices = (locals: App.Locals) => locals.access.mayChange('administer');

const NOT_THEIRS =
	'Which services belong to a project is said by an administrator of all projects: their spans may be another’s.';

const UNCONFIRMED =
	'Less is kept so, and what is older is deleted for good within six hours: tick the box beside it, and set it again.';

/** Carries out a form's change with its texts. */
async function change<Result>(
	{ request, ...asked }: { request: Request } & Parameters<typeof changeProject>[0],
	act: (projectId: string, text: (field: string) => string) => Promise<Result>
) {
	const form = await request.formData();
	const text = (field: string) => String(form.get(field) ?? '').trim();
	return changeProject(asked, (projectId) => act(projectId, text));
}
