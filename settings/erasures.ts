import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Settings } from './open-settings.ts';
import type { UserErasureTable } from './schema.ts';

/** Somebody is to be erased from a project, or was. Of whom, only the project's keyed hash is known here. */
export interface Erasure {
	id: string;
	projectId: string;
	/** UInt64 as decimal text. */
	userHash: string;
	/** What happened until then is erased: Unix epoch in milliseconds. */
	requestedAt: number;
	/** Unix epoch in milliseconds; absent while it is not done. */
	erasedAt?: number;
	/** Raw events that were deleted. */
	events?: number;
}

/** Something that led to an erased person: a late event that names it, and happened before, is not taken in again. */
export interface ErasedIdentifier {
	projectId: string;
	/** Keyed hash of it: UInt64 as decimal text. */
	identifier: string;
	/** Unix epoch in milliseconds. */
	until: number;
}

/** Asks for a person's erasure and shuts them out at once: what they did until now is taken in no more. */
export async function requestErasure(
	settings: Settings,
	{ projectId, userHash }: { projectId: string; userHash: string }
): Promise<Erasure> {
	const erasure = { id: randomUUID(), projectId, userHash, requestedAt: Date.now() };
	await addErasure(settings, erasure);
	return erasure;
}

/**
 * Asks again for erasures that were asked for before, as of then: rows from before them came back. Of projects that are not
 * there nothing is noted.
 */
export async function askAgain(
	settings: Settings,
	erasures: readonly { projectId: string; userHash: string; requestedAt: number }[]
): Promise<void> {
	const projects = await settings.selectFrom('project').select('id').execute();
	for (const erasure of erasures)
		if (projects.some(({ id }) => id === erasure.projectId))
			await addErasure(settings, { id: randomUUID(), ...erasure });
}

async function addErasure(settings: Settings, erasure: Erasure): Promise<void> {
	await settings.transaction().execute(async (transaction) => {
		await transaction
			.insertInto('user_erasure')
			.values({
				id: erasure.id,
				project_id: erasure.projectId,
				user_hash: erasure.userHash,
				requested_unix_ms: erasure.requestedAt
			})
			.execute();
		await shutOut(transaction, { erasure, identifiers: [erasure.userHash] });
	});
}

/** Remembers what led to an erased person. `forgetAt`: from then on nothing that late is expected any more. */
export async function shutOut(
	settings: Settings,
	{
		erasure,
		identifiers,
		forgetAt
	}: { erasure: Erasure; identifiers: readonly string[]; forgetAt?: number }
): Promise<void> {
	for (let at = 0; at < identifiers.length; at += 200) {
		const rows = identifiers.slice(at, at + 200).map((identifier) => ({
			project_id: erasure.projectId,
			identifier,
			until_unix_ms: erasure.requestedAt,
			forget_unix_ms: forgetAt ?? null
		}));
		await settings
			.insertInto('erased_identifier')
			.values(rows)
			.onConflict((conflict) =>
				conflict.columns(['project_id', 'identifier']).doUpdateSet((row) => ({
					until_unix_ms: row.ref('excluded.until_unix_ms'),
					forget_unix_ms: row.ref('excluded.forget_unix_ms')
				}))
			)
			.execute();
	}
}

/** Erasures that are not done, and those asked for since a moment (Unix milliseconds), oldest first. */
export async function listErasuresToDo(
	settings: Settings,
	{ since }: { since: number }
): Promise<Erasure[]> {
	const rows = await settings
		.selectFrom('user_erasure')
		.selectAll()
		.where((where) =>
			where.or([where('erased_unix_ms', 'is', null), where('requested_unix_ms', '>=', since)])
		)
		.orderBy('requested_unix_ms')
		.execute();
	return rows.map(toErasure);
}

/** The newest erasure of a user, if they ever were to be erased. */
export async function findErasureOf(
	settings: Settings,
	{ projectId, userHash }: { projectId: string; userHash: string }
): Promise<Erasure | undefined> {
	const row = await settings
		.selectFrom('user_erasure')
		.selectAll()
		.where('project_id', '=', projectId)
		.where('user_hash', '=', userHash)
		.orderBy('requested_unix_ms', 'desc')
		.limit(1)
		.executeTakeFirst();
	return row && toErasure(row);
}

/** @throws Error when there is none of this id */
export async function findErasure(settings: Settings, id: string): Promise<Erasure> {
	const query = settings.selectFrom('user_erasure').selectAll().where('id', '=', id);
	return toErasure(await query.executeTakeFirstOrThrow());
}

function toErasure(row: Selectable<UserErasureTable>): Erasure {
	return {
		id: row.id,
		projectId: row.project_id,
		userHash: row.user_hash,
		requestedAt: Number(row.requested_unix_ms),
		...(row.erased_unix_ms !== null && { erasedAt: Number(row.erased_unix_ms) }),
		...(row.events !== null && { events: Number(row.events) })
	};
}

/** Notes that an erasure is done; the first word on it stays. */
export async function finishErasure(
	settings: Settings,
	{ id, events }: { id: string; events: number }
): Promise<void> {
	await settings
		.updateTable('user_erasure')
		.set({ erased_unix_ms: Date.now(), events })
		.where('id', '=', id)
		.where('erased_unix_ms', 'is', null)
		.execute();
}

/** What is shut out at the moment; forgets what nothing is expected of any more. */
export async function listErasedIdentifiers(settings: Settings): Promise<ErasedIdentifier[]> {
	await settings.deleteFrom('erased_identifier').where('forget_unix_ms', '<', Date.now()).execute();
	const rows = await settings.selectFrom('erased_identifier').selectAll().execute();
	return rows.map((row) => ({
		projectId: row.project_id,
		identifier: row.identifier,
		until: Number(row.until_unix_ms)
	}));
}
