import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Settings } from '../open-settings.ts';
import { ProjectError } from '../project-error.ts';
import { newKey } from '../projects.ts';
import { writeSignInProvider } from '../access/sign-in-provider.ts';
import { listStreams } from '../streams.ts';
import { writeLegacyModels } from '../legacy-rules.ts';
import { writeLegacyVersions } from '../legacy-versions.ts';
import { EVERYTHING_KEPT, listPrivacy, writePrivacy } from '../privacy.ts';
import { applyTables } from '../table-sources.ts';
import { listTraceServices, replaceTraceServices } from '../trace-services.ts';
import { applyAlertChannels } from './apply-alert-channels.ts';
import { applyStreams } from './apply-streams.ts';
import { forgetConfigured, type ProjectSetting } from './configured.ts';
import type { ReadyConfiguration, ReadyKey, ReadyProject } from './read-configuration.ts';

const SETTINGS: ProjectSetting[] = [
	...(['name', 'time_zone', 'origins', 'keys', 'retention', 'privacy'] as const),
	...(['rolled_up_tags', 'trace_url', 'trace_services', 'alert_channels'] as const)
];

/**
 * Makes the settings what the file says and notes what it sets, so that nobody changes that elsewhere. All of it or nothing;
 * the same again changes nothing. Projects that the file does not name, and what it leaves out of one, stay as they are.
 *
 * @returns what was changed, a line each
 * @throws ProjectError when a key belongs to another project already
 */
export async function applyConfiguration(
	settings: Settings,
	{ file, projects, tables, legacyModels, legacyVersions, signIn, streams }: ReadyConfiguration
): Promise<string[]> {
	return settings.transaction().execute(async (transaction) => {
		const changes: string[] = [];
		const kept = await listStreams(transaction);
		await forgetConfigured(transaction);
		const set = { ...tables, legacy_classes: legacyModels, legacy_versions: legacyVersions };
		for (const [name, value] of Object.entries(set))
			if (value !== undefined)
				await transaction.insertInto('configured_table').values({ name, file }).execute();
		if (await applyTables(transaction, tables)) changes.push('tables');
		if (legacyModels && (await writeLegacyModels(transaction, legacyModels)))
			changes.push('legacy_classes');
		if (legacyVersions && (await writeLegacyVersions(transaction, legacyVersions)))
			changes.push('legacy_versions');
		if (await writeSignInProvider(transaction, signIn)) changes.push('sign_in');
		const changedStreams = await applyStreams(transaction, { kept, wanted: streams, file });
		if (changedStreams) changes.push(changedStreams);
		for (const project of projects) {
			const changed = await applyProject(transaction, project);
			changes.push(...changed.map((what) => `${project.id}: ${what}`));
			const set = SETTINGS.filter((setting) => project[setting] !== undefined);
			for (const setting of set)
				await transaction
					.insertInto('configured_setting')
					.values({ project_id: project.id, setting, file })
					.onConflict((conflict) =>
						conflict.columns(['project_id', 'setting']).doUpdateSet({ file })
					)
					.execute();
		}
		return changes;
	});
}

async function applyProject(settings: Settings, project: ReadyProject): Promise<string[]> {
	const made = await makeProject(settings, project);
	const changes = [
		!made && (await applyName(settings, project)),
		project.time_zone && (await applyTimeZone(settings, project.id, project.time_zone)),
		project.origins && (await applyOrigins(settings, project.id, project.origins)),
		project.keys && (await applyKeys(settings, project.id, project.keys)),
		project.retention && (await applyRetention(settings, project.id, project.retention)),
		project.privacy && (await applyPrivacy(settings, project.id, project.privacy)),
		project.rolled_up_tags && (await applyTags(settings, project.id, project.rolled_up_tags)),
		project.trace_url && (await applyTraceUrl(settings, project.id, project.trace_url)),
		project.trace_services && (await applyServices(settings, project.id, project.trace_services)),
		project.alert_channels &&
			(await applyAlertChannels(settings, project.id, project.alert_channels))
	];
	return [made && 'made', ...changes].filter((change) => typeof change === 'string');
}

/** A project without keys of the file's gets a public one; a secret one is made in the page, where somebody is there to read it. */
async function makeProject(
	settings: Settings,
	{ id, name = id, keys }: ReadyProject
): Promise<boolean> {
	const { numInsertedOrUpdatedRows } = await settings
		.insertInto('project')
		.values({ id, name, pseudonym_key: randomBytes(32).toString('base64') })
		.onConflict((conflict) => conflict.doNothing())
		.executeTakeFirst();
	const made = numInsertedOrUpdatedRows === 1n;
	if (made && !keys)
		await settings
			.insertInto('project_key')
			.values({ ...NEW_KEY, key: newKey('pk'), project_id: id, kind: 'ingest' })
			.execute();
	return made;
}

async function applyName(settings: Settings, { id, name }: ReadyProject) {
	if (name === undefined) return undefined;
	const { numUpdatedRows } = await settings
		.updateTable('project')
		.set({ name })
		.where('id', '=', id)
		.where('name', '!=', name)
		.executeTakeFirst();
	return numUpdatedRows > 0n ? 'name' : undefined;
}

async function applyTimeZone(settings: Settings, projectId: string, time_zone: string) {
	const { numUpdatedRows } = await settings
		.updateTable('project')
		.set({ time_zone })
		.where('id', '=', projectId)
		.where('time_zone', '!=', time_zone)
		.executeTakeFirst();
	return numUpdatedRows > 0n ? 'time_zone' : undefined;
}

async function applyOrigins(settings: Settings, projectId: string, wanted: string[]) {
	const rows = await settings
		.selectFrom('project_origin')
		.select('origin')
		.where('project_id', '=', projectId)
		.execute();
	const kept = rows.map(({ origin }) => origin);
	if (sameSet(kept, wanted)) return undefined;
	await settings.deleteFrom('project_origin').where('project_id', '=', projectId).execute();
	for (const origin of new Set(wanted))
		await settings.insertInto('project_origin').values({ project_id: projectId, origin }).execute();
	return 'origins';
}

/** The listed keys, and no other: what was made elsewhere is revoked. */
async function applyKeys(settings: Settings, projectId: string, wanted: ReadyKey[]) {
	const kept = await settings
		.selectFrom('project_key')
		.selectAll()
		.where(
			'key',
			'in',
			wanted.map(({ stored }) => stored)
		)
		.execute();
	let changed = false;
	for (const key of wanted) {
		const row = kept.find((one) => one.key === key.stored);
		if (row && (row.project_id !== projectId || row.kind !== key.kind))
			throw new ProjectError(
				'exists',
				`A key that the file gives to "${projectId}" is the ${row.kind} key of "${row.project_id}" already: make another.`
			);
		const values = {
			environment: key.environment ?? null,
			revoked_unix_ms: key.takenUntil ?? null,
			hint: key.hint ?? row?.hint ?? null
		};
		const same =
			row &&
			row.environment === values.environment &&
			row.hint === values.hint &&
			(row.revoked_unix_ms === null ? null : Number(row.revoked_unix_ms)) ===
				values.revoked_unix_ms;
		if (same) continue;
		changed = true;
		await settings
			.insertInto('project_key')
			.values({ ...values, key: key.stored, project_id: projectId, kind: key.kind })
			.onConflict((conflict) => conflict.column('key').doUpdateSet(values))
			.execute();
	}
	const now = Date.now();
	const { numUpdatedRows } = await settings
		.updateTable('project_key')
		.set({ revoked_unix_ms: now })
		.where('project_id', '=', projectId)
		.where(
			'key',
			'not in',
			wanted.map(({ stored }) => stored)
		)
		.where(({ eb, or }) => or([eb('revoked_unix_ms', 'is', null), eb('revoked_unix_ms', '>', now)]))
		.executeTakeFirst();
	if (numUpdatedRows > 0n) return `keys; ${numUpdatedRows} not listed revoked`;
	return changed ? 'keys' : undefined;
}

async function applyRetention(
	settings: Settings,
	projectId: string,
	{
		raw_days = null,
		derived_days = null
	}: { raw_days?: number | null | undefined; derived_days?: number | null | undefined }
) {
	const row = await settings
		.selectFrom('project_retention')
		.select(['raw_days', 'derived_days'])
		.where('project_id', '=', projectId)
		.executeTakeFirst();
	if (row && row.raw_days === raw_days && row.derived_days === derived_days) return undefined;
	await settings
		.insertInto('project_retention')
		.values({ project_id: projectId, raw_days, derived_days })
		.onConflict((conflict) => conflict.column('project_id').doUpdateSet({ raw_days, derived_days }))
		.execute();
	return 'retention';
}

async function applyPrivacy(
	settings: Settings,
	projectId: string,
	{
		country = true,
		references = true,
		tags,
		consent_first: consentFirst = false
	}: NonNullable<ReadyProject['privacy']>
) {
	const wanted = { country, references, tags: tags && [...new Set(tags)].sort(), consentFirst };
	const kept = (await listPrivacy(settings)).get(projectId) ?? EVERYTHING_KEPT;
	if (isDeepStrictEqual(kept, wanted)) return undefined;
	await writePrivacy(settings, { projectId, privacy: wanted });
	return 'privacy';
}

async function applyTags(settings: Settings, projectId: string, wanted: string[]) {
	const rows = await settings
		.selectFrom('project_rolled_up_tag')
		.select('tag')
		.where('project_id', '=', projectId)
		.execute();
	if (
		sameSet(
			rows.map(({ tag }) => tag),
			wanted
		)
	)
		return undefined;
	await settings.deleteFrom('project_rolled_up_tag').where('project_id', '=', projectId).execute();
	for (const tag of wanted)
		await settings
			.insertInto('project_rolled_up_tag')
			.values({ project_id: projectId, tag })
			.execute();
	return 'rolled_up_tags';
}

async function applyTraceUrl(settings: Settings, projectId: string, trace_url: string) {
	const row = await settings
		.selectFrom('project_trace_link')
		.select('trace_url')
		.where('project_id', '=', projectId)
		.executeTakeFirst();
	if (row?.trace_url === trace_url) return undefined;
	await settings
		.insertInto('project_trace_link')
		.values({ project_id: projectId, trace_url })
		.onConflict((conflict) => conflict.column('project_id').doUpdateSet({ trace_url }))
		.execute();
	return 'trace_url';
}

async function applyServices(settings: Settings, projectId: string, wanted: string[]) {
	if (sameSet(await listTraceServices(settings, projectId), wanted)) return undefined;
	await replaceTraceServices(settings, projectId, wanted);
	return 'trace_services';
}

const NEW_KEY = { environment: null, hint: null, revoked_unix_ms: null };

function sameSet(some: string[], others: string[]): boolean {
	return new Set(some).symmetricDifference(new Set(others)).size === 0;
}
