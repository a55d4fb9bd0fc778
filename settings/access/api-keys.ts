import { randomBytes } from 'node:crypto';
import type { Settings } from '../open-settings.ts';
import type { ApiKeyTable } from './access-schema.ts';
import { PeopleError, readName } from './people.ts';
import { digest } from './secrets.ts';

const DAY_MS = 86_400_000;
/** A key lasts at most so long: what is forgotten ends by itself. */
export const MOST_DAYS = 366;
const SHORT = 12;
const NOTED_EVERY_MS = 60_000;

/** A key of programs that read or change something by HTTP, as listed: nothing secret in it. */
export interface ApiKey {
	/** The beginning of its hash: names it on pages and in commands. */
	id: string;
	name: string;
	/** The beginning of the key. */
	hint: string;
	/** `*`: all projects. */
	projectId: string;
	/** What it may do there. */
	actions: string[];
	createdBy: string;
	createdAt: number;
	expiresAt: number;
	usedAt: number | undefined;
}

/** Makes a key. @returns the key, which is kept nowhere else. @throws PeopleError */
export async function addApiKey(
	settings: Settings,
	{
		name,
		projectId,
		actions,
		days,
		by,
		now = Date.now()
	}: {
		name: string;
		projectId: string;
		actions: readonly string[];
		days: number;
		by: string;
		now?: number;
	}
): Promise<string> {
	if (actions.length === 0)
		throw new PeopleError('invalid_role', 'role', 'Choose what the key may do.');
	if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
		throw new PeopleError('invalid_days', 'days', `A key lasts from 1 to ${MOST_DAYS} days.`);
	const key = `plk_${randomBytes(24).toString('base64url')}`;
	await settings
		.insertInto('api_key')
		.values({
			...{ id: digest(key), name: readName(name), hint: key.slice(0, 10), project_id: projectId },
			...{ actions: JSON.stringify(actions), created_by: by, created_unix_ms: now },
			...{ expires_unix_ms: now + days * DAY_MS, used_unix_ms: null }
		})
		.execute();
	return key;
}

/** Whose key this is, and that it was used; undefined when nobody's, withdrawn or too old. */
export async function findApiKey(
	settings: Settings,
	{ key, now = Date.now() }: { key: string; now?: number }
): Promise<ApiKey | undefined> {
	const row = await settings
		.selectFrom('api_key')
		.selectAll()
		.where('id', '=', digest(key))
		.where('expires_unix_ms', '>', now)
		.executeTakeFirst();
	if (row && (row.used_unix_ms ?? 0) <= now - NOTED_EVERY_MS)
		await settings
			.updateTable('api_key')
			.set({ used_unix_ms: now })
			.where('id', '=', row.id)
			.execute();
	return row && toApiKey(row);
}

/** Keys of a project, or of all (`undefined`), the newest first; those that are too old as well. */
export async function listApiKeys(settings: Settings, projectId?: string): Promise<ApiKey[]> {
	let query = settings.selectFrom('api_key').selectAll();
	if (projectId !== undefined) query = query.where('project_id', '=', projectId);
	return (await query.orderBy('created_unix_ms', 'desc').execute()).map(toApiKey);
}

/** Ends a key now. @param projectId only if it is this project's. @throws PeopleError when there is none */
export async function removeApiKey(
	settings: Settings,
	{ id, projectId }: { id: string; projectId?: string }
): Promise<void> {
	const found = (await listApiKeys(settings, projectId)).filter((key) => key.id === id);
	if (found.length !== 1)
		throw new PeopleError('not_found', 'key', 'There is no such key: it may be gone already.');
	await settings.deleteFrom('api_key').where('id', 'like', `${id}%`).execute();
}

function toApiKey(row: ApiKeyTable): ApiKey {
	return {
		...{ id: row.id.slice(0, SHORT), name: row.name, hint: row.hint, projectId: row.project_id },
		actions: JSON.parse(row.actions) as string[],
		...{ createdBy: row.created_by, createdAt: row.created_unix_ms },
		...{ expiresAt: row.expires_unix_ms, usedAt: row.used_unix_ms ?? undefined }
	};
}
