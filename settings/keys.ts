import { requireEditable } from './configuration/configured.ts';
import { environmentField } from './fields.ts';
import type { Settings } from './open-settings.ts';
import { ProjectError } from './project-error.ts';
import { checkField, digestKey, hintOf, newKey, requireProject } from './projects.ts';

/** A key as listed: nothing secret in it. */
export interface ProjectKey {
	/** Names the key in commands: the beginning of its digest. */
	id: string;
	kind: 'ingest' | 'server';
	/** The only environment it may write to; undefined: any. */
	environment: string | undefined;
	/** An ingest key as it is (it is public); of a server key the beginning. */
	shown: string;
	createdAt: number;
	/** Unix epoch in milliseconds; in the future: still taken until then. */
	revokedAt: number | undefined;
}

const ID_LENGTH = 12;

/** Lists a project's keys, revoked ones too, newest first. @throws ProjectError */
export async function listKeys(settings: Settings, projectId: string): Promise<ProjectKey[]> {
	const keys = await readKeys(settings, projectId);
	return keys.map(({ id, kind, environment, shown, createdAt, revokedAt }) => ({
		id,
		kind,
		environment,
		shown,
		createdAt,
		revokedAt
	}));
}

async function readKeys(
	settings: Settings,
	projectId: string
): Promise<(ProjectKey & { stored: string })[]> {
	await requireProject(settings, projectId);
	const rows = await settings
		.selectFrom('project_key')
		.selectAll()
		.where('project_id', '=', projectId)
		.orderBy('created_unix_ms', 'desc')
		.execute();
	return rows.map((row) => ({
		stored: row.key,
		id: idOf(row.kind === 'server' ? row.key : digestKey(row.key)),
		kind: row.kind,
		environment: row.environment ?? undefined,
		shown: row.kind === 'ingest' ? row.key : `${row.hint ?? 'sk_'}…`,
		createdAt: Number(row.created_unix_ms),
		revokedAt: row.revoked_unix_ms === null ? undefined : Number(row.revoked_unix_ms)
	}));
}

/**
 * Adds a key to a project; those it has go on.
 *
 * @returns the key; of a server key only its digest is kept, so it is shown here once
 * @throws ProjectError
 */
export async function addKey(
	settings: Settings,
	{
		projectId,
		kind,
		environment
	}: { projectId: string; kind: ProjectKey['kind']; environment?: string | undefined }
): Promise<string> {
	if (environment !== undefined) checkField(environmentField, environment, 'invalid_environment');
	await requireProject(settings, projectId);
	await requireEditable(settings, { projectId, setting: 'keys' });
	const key = newKey(kind === 'server' ? 'sk' : 'pk');
	await settings
		.insertInto('project_key')
		.values({
			key: kind === 'server' ? digestKey(key) : key,
			project_id: projectId,
			kind,
			environment: environment ?? null,
			hint: kind === 'server' ? hintOf(key) : null,
			revoked_unix_ms: null
		})
		.execute();
	return key;
}

/**
 * Makes a key like one that is there; the old one is taken for `overlapMs` more, so that senders can change over.
 *
 * @returns the new key
 * @throws ProjectError
 */
export async function rotateKey(
	settings: Settings,
	{ projectId, id, overlapMs }: { projectId: string; id: string; overlapMs: number }
): Promise<string> {
	const { kind, environment, revokedAt } = await findKey(settings, { projectId, id });
	if (revokedAt !== undefined && revokedAt <= Date.now())
		throw new ProjectError('not_found', `The key ${id} of "${projectId}" was revoked already.`);
	const key = await addKey(settings, { projectId, kind, environment });
	await revokeKey(settings, { projectId, id, at: Date.now() + overlapMs });
	return key;
}

/** Ends a key now, or at a moment to come; one that ends earlier already stays so. Collectors know within seconds. @throws ProjectError */
export async function revokeKey(
	settings: Settings,
	{ projectId, id, at = Date.now() }: { projectId: string; id: string; at?: number }
): Promise<void> {
	const found = await findKey(settings, { projectId, id });
	await requireEditable(settings, { projectId, setting: 'keys' });
	if (found.revokedAt !== undefined && found.revokedAt <= at) return;
	await settings
		.updateTable('project_key')
		.set({ revoked_unix_ms: at })
		.where('project_id', '=', projectId)
		.where('key', '=', found.stored)
		.execute();
}

async function findKey(
	settings: Settings,
	{ projectId, id }: { projectId: string; id: string }
): Promise<ProjectKey & { stored: string }> {
	// The key itself names it too: that is what an operator has at hand when one has leaked.
	const wanted = /^[ps]k_/.test(id) ? idOf(digestKey(id)) : id;
	const found = (await readKeys(settings, projectId)).find((key) => key.id === wanted);
	if (found) return found;
	throw new ProjectError(
		'not_found',
		`"${projectId}" has no key ${id.startsWith('sk_') ? 'like this' : id}. "npm run project -- keys ${projectId}" lists them.`
	);
}

function idOf(digest: string): string {
	return digest.slice(0, ID_LENGTH);
}
