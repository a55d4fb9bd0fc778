import type { Selectable } from 'kysely';
import type { Settings } from '../open-settings.ts';
import type { PersonSessionTable } from './access-schema.ts';
import { digest, newToken } from './secrets.ts';

/** A session that nobody used for so long is over. */
export const IDLE_MS = 30 * 60_000;
/** A session is over after so long, however much it is used. */
export const LONGEST_MS = 12 * 3_600_000;
/** What is sensitive asks one to show anew who one is, if the last time was longer ago. */
export const FRESH_MS = 15 * 60_000;
/** Its last use is noted no more often than this. */
const NOTED_EVERY_MS = 60_000;

export type SignInWay = 'passkey' | 'provider';

export interface Session {
	/** Hash of its token. */
	id: string;
	personId: string;
	device: string;
	createdAt: number;
	seenAt: number;
	/** When it ends at the latest. */
	expiresAt: number;
	/** Which way one came in. */
	way: SignInWay;
	/** When one last showed who one is. */
	freshAt: number;
}

/**
 * Signs somebody in. The session that the browser had before ends: a token known before sign-in must not be worth more afterwards.
 *
 * @returns the token for the cookie, which is kept nowhere else
 */
export async function openSession(
	settings: Settings,
	{
		personId,
		device,
		replaces,
		way = 'passkey',
		freshAt,
		now = Date.now()
	}: {
		personId: string;
		device: string;
		replaces?: string | undefined;
		way?: SignInWay;
		/** When they showed who they are; now, unless the provider says it was before. */
		freshAt?: number | undefined;
		now?: number;
	}
): Promise<string> {
	const token = newToken();
	await settings
		.deleteFrom('person_session')
		.where(({ eb, or }) =>
			or([eb('expires_unix_ms', '<=', now), eb('seen_unix_ms', '<=', now - IDLE_MS)])
		)
		.execute();
	if (replaces) await endSession(settings, digest(replaces));
	await settings
		.insertInto('person_session')
		.values({
			...{ id: digest(token), person_id: personId, device },
			...{ created_unix_ms: now, seen_unix_ms: now, expires_unix_ms: now + LONGEST_MS },
			...{ way, fresh_unix_ms: freshAt ?? now }
		})
		.execute();
	return token;
}

/** Whose session a cookie's token is, and that it was used; undefined when it is unknown, ended, unused for too long or too old. */
export async function readSession(
	settings: Settings,
	{ token, now = Date.now() }: { token: string | undefined; now?: number }
): Promise<(Session & { name: string }) | undefined> {
	if (!token) return undefined;
	const row = await settings
		.selectFrom('person_session')
		.innerJoin('person', 'person.id', 'person_session.person_id')
		.selectAll('person_session')
		.select('person.name')
		.where('person_session.id', '=', digest(token))
		.where('expires_unix_ms', '>', now)
		.where('seen_unix_ms', '>', now - IDLE_MS)
		.executeTakeFirst();
	if (!row) return undefined;
	if (row.seen_unix_ms <= now - NOTED_EVERY_MS)
		await settings
			.updateTable('person_session')
			.set({ seen_unix_ms: now })
			.where('id', '=', row.id)
			.execute();
	return { ...toSession(row), name: row.name };
}

/** Where somebody is signed in, newest first. */
export async function listSessions(
	settings: Settings,
	{ personId, now = Date.now() }: { personId: string; now?: number }
): Promise<Session[]> {
	const rows = await settings
		.selectFrom('person_session')
		.selectAll()
		.where('person_id', '=', personId)
		.where('expires_unix_ms', '>', now)
		.where('seen_unix_ms', '>', now - IDLE_MS)
		.orderBy('created_unix_ms', 'desc')
		.execute();
	return rows.map(toSession);
}

/** Notes that whoever has this session showed anew who they are. It ends no later for that. */
export async function refreshSession(
	settings: Settings,
	{ id, freshAt = Date.now() }: { id: string; freshAt?: number }
): Promise<void> {
	await settings
		.updateTable('person_session')
		.set({ fresh_unix_ms: freshAt })
		.where('id', '=', id)
		.execute();
}

/** Ends a session by its id. */
export async function endSession(settings: Settings, id: string): Promise<void> {
	await settings.deleteFrom('person_session').where('id', '=', id).execute();
}

/** Ends all sessions of somebody. */
export async function endSessions(settings: Settings, personId: string): Promise<void> {
	await settings.deleteFrom('person_session').where('person_id', '=', personId).execute();
}

function toSession(row: Selectable<PersonSessionTable>): Session {
	return {
		...{ id: row.id, personId: row.person_id, device: row.device },
		...{ createdAt: row.created_unix_ms, seenAt: row.seen_unix_ms },
		...{ expiresAt: row.expires_unix_ms, way: row.way, freshAt: row.fresh_unix_ms }
	};
}
