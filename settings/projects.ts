import { hash, randomBytes } from 'node:crypto';
import type { ExpressionBuilder } from 'kysely';
import type { z } from 'zod';
import { requireEditable } from './configuration/configured.ts';
import { originField, projectIdField, projectNameField } from './fields.ts';
import type { Settings } from './open-settings.ts';
import { EVERYTHING_KEPT, listPrivacy, type Privacy } from './privacy.ts';
import { ProjectError } from './project-error.ts';
import type { SettingsSchema } from './schema.ts';

/** A project as listed: nothing secret in it. */
export interface Project {
	id: string;
	name: string;
	/** IANA name: its days are this zone's. */
	timeZone: string;
	origins: string[];
	/** Public ingest keys still valid, newest first. */
	ingestKeys: string[];
}

/** What the collector needs to know about the sender of a request. */
export interface Sender {
	projectId: string;
	/** Names the key and is not secret: its digest. */
	key: string;
	kind: 'ingest' | 'server';
	/** The only environment the key may write to: what names none belongs to it. Undefined: any. */
	environment: string | undefined;
	pseudonymKey: Buffer;
	origins: string[];
	/** What is kept of what it sends. */
	privacy: Privacy;
}

export { ProjectError } from './project-error.ts';

/** Lists every project, oldest first. */
export async function listProjects(settings: Settings): Promise<Project[]> {
	const [projects, origins, keys] = await Promise.all([
		settings
			.selectFrom('project')
			.select(['id', 'name', 'time_zone'])
			.orderBy('created_unix_ms')
			.execute(),
		settings.selectFrom('project_origin').selectAll().execute(),
		settings
			.selectFrom('project_key')
			.select(['project_id', 'key'])
			.where('kind', '=', 'ingest')
			.where(stillValid)
			.orderBy('created_unix_ms', 'desc')
			.execute()
	]);
	return projects.map(({ id, name, time_zone }) => ({
		id,
		name,
		timeZone: time_zone,
		origins: origins.filter((row) => row.project_id === id).map((row) => row.origin),
		ingestKeys: keys.filter((row) => row.project_id === id).map((row) => row.key)
	}));
}

/**
 * Makes a project with one ingest key and one server key.
 *
 * @returns the keys; the server key is shown here once and kept as its hash
 */
export async function createProject(
	settings: Settings,
	{ id, name, origins = [] }: { id: string; name: string; origins?: string[] }
): Promise<{ ingestKey: string; serverKey: string }> {
	checkField(projectIdField, id, 'invalid_id');
	const normalised = origins.map(readOrigin);
	if (await projectExists(settings, id))
		throw new ProjectError('exists', `There is a project "${id}" already.`);
	const keys = { ingestKey: newKey('pk'), serverKey: newKey('sk') };
	await settings.transaction().execute(async (transaction) => {
		await transaction
			.insertInto('project')
			.values({ id, name, pseudonym_key: randomBytes(32).toString('base64') })
			.execute();
		await transaction
			.insertInto('project_key')
			.values([
				{ ...NEW_KEY, key: keys.ingestKey, project_id: id, kind: 'ingest' },
				{
					...NEW_KEY,
					key: digestKey(keys.serverKey),
					project_id: id,
					kind: 'server',
					hint: hintOf(keys.serverKey)
				}
			])
			.execute();
		for (const origin of normalised)
			await transaction.insertInto('project_origin').values({ project_id: id, origin }).execute();
	});
	return keys;
}

/** Lets browsers send from `origin`; adding it twice changes nothing. @throws ProjectError */
export async function allowOrigin(
	settings: Settings,
	{ projectId, origin }: { projectId: string; origin: string }
): Promise<void> {
	const normalised = readOrigin(origin);
	await requireProject(settings, projectId);
	await requireEditable(settings, { projectId, setting: 'origins' });
	await settings
		.insertInto('project_origin')
		.values({ project_id: projectId, origin: normalised })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}

/** Calls a project something else; its id stays. @throws ProjectError */
export async function renameProject(
	settings: Settings,
	{ projectId, name }: { projectId: string; name: string }
): Promise<void> {
	const called = checkField(projectNameField, name, 'invalid_name');
	await requireProject(settings, projectId);
	await requireEditable(settings, { projectId, setting: 'name' });
	await settings.updateTable('project').set({ name: called }).where('id', '=', projectId).execute();
}

/** Takes back an origin that was allowed; one that was not changes nothing. @throws ProjectError */
export async function withdrawOrigin(
	settings: Settings,
	{ projectId, origin }: { projectId: string; origin: string }
): Promise<void> {
	await requireProject(settings, projectId);
	await requireEditable(settings, { projectId, setting: 'origins' });
	await settings
		.deleteFrom('project_origin')
		.where('project_id', '=', projectId)
		.where('origin', '=', origin)
		.execute();
}

/** Forgets a project with its keys, origins and all else that is its own here. What it sent stays where it is. @throws ProjectError */
export async function deleteProject(settings: Settings, projectId: string): Promise<void> {
	await requireProject(settings, projectId);
	// A project of this id that is made later is another one.
	await settings.deleteFrom('project_role').where('project_id', '=', projectId).execute();
	await settings.deleteFrom('person_group_role').where('project_id', '=', projectId).execute();
	await settings.deleteFrom('api_key').where('project_id', '=', projectId).execute();
	await settings.deleteFrom('project').where('id', '=', projectId).execute();
}

/** Who holds this key; undefined when nobody does or it was revoked. */
export async function findSender(settings: Settings, key: string): Promise<Sender | undefined> {
	return (await readSenders(settings)).get(digestKey(key));
}

/** Everybody who may send, by the digest of their key (`digestKey`): a collector keeps this and asks no more for each request. */
export async function readSenders(settings: Settings): Promise<Map<string, Sender>> {
	const [keys, origins, privacy] = await Promise.all([
		settings
			.selectFrom('project_key')
			.innerJoin('project', 'project.id', 'project_key.project_id')
			.select([
				'project_key.key',
				'project_key.kind',
				'project_key.environment',
				'project.id',
				'project.pseudonym_key'
			])
			.where(stillValid)
			.execute(),
		settings.selectFrom('project_origin').selectAll().execute(),
		listPrivacy(settings)
	]);
	const originsOf = Map.groupBy(origins, ({ project_id }) => project_id);
	return new Map(
		keys.map(({ key, kind, environment, id, pseudonym_key }) => {
			const digest = kind === 'server' ? key : digestKey(key);
			return [
				digest,
				{
					projectId: id,
					key: digest,
					kind,
					environment: environment ?? undefined,
					pseudonymKey: Buffer.from(pseudonym_key, 'base64'),
					origins: (originsOf.get(id) ?? []).map(({ origin }) => origin),
					privacy: privacy.get(id) ?? EVERYTHING_KEPT
				}
			];
		})
	);
}

/**
 * A key as it is looked up and, of a server, kept: hex SHA-256. Comparing digests takes a time that tells nothing of how much
 * of a guessed key was right.
 */
export function digestKey(key: string): string {
	return hash('sha256', key, 'hex');
}

/** A key that is rotated out has its end in the future. */
function stillValid({ eb, or }: ExpressionBuilder<SettingsSchema, 'project_key'>) {
	return or([eb('revoked_unix_ms', 'is', null), eb('revoked_unix_ms', '>', Date.now())]);
}

const NEW_KEY = { environment: null, hint: null, revoked_unix_ms: null };

/** The beginning of a server key: enough to tell one's keys apart, and nothing to guess the rest by. */
export function hintOf(serverKey: string): string {
	return serverKey.slice(0, 9);
}

/** The key of this project's pseudonyms. @throws ProjectError */
export async function findPseudonymKey(settings: Settings, projectId: string): Promise<Buffer> {
	const row = await settings
		.selectFrom('project')
		.select('pseudonym_key')
		.where('id', '=', projectId)
		.executeTakeFirst();
	if (!row) throw new ProjectError('not_found', `There is no project "${projectId}".`);
	return Buffer.from(row.pseudonym_key, 'base64');
}

async function projectExists(settings: Settings, id: string): Promise<boolean> {
	const query = settings.selectFrom('project').select('id').where('id', '=', id);
	return (await query.executeTakeFirst()) !== undefined;
}

/** @throws ProjectError when there is no such project */
export async function requireProject(settings: Settings, id: string): Promise<void> {
	if (!(await projectExists(settings, id)))
		throw new ProjectError('not_found', `There is no project "${id}".`);
}

export function newKey(prefix: 'pk' | 'sk'): string {
	return `${prefix}_${randomBytes(24).toString('base64url')}`;
}

const readOrigin = (origin: string) => checkField(originField, origin, 'invalid_origin');

/** The value as it is kept. @throws ProjectError with the field's own words, and the name of its part that is wrong, or else the one given */
export function checkField<Field extends z.ZodType>(
	field: Field,
	value: unknown,
	code: ProjectError['code'],
	name?: string
): z.output<Field> {
	const read = field.safeParse(value);
	if (read.success) return read.data;
	const { message, path } = read.error.issues[0]!;
	const part = path.find((one) => typeof one === 'string');
	throw new ProjectError(code, message, part ?? name);
}
