import { createHash, randomBytes } from 'node:crypto';
import type { Store } from './open-store.ts';

export interface Session {
	/** What the database knows the session by. */
	hash: string;
	/** Undefined before sign-in. */
	accountId: string | undefined;
}

/** A session just opened: its token goes into the cookie and is kept nowhere else. */
export interface OpenedSession extends Session {
	token: string;
}

export const SESSION_HOURS = 12;

/** Finds the session of a cookie's token; undefined when there is none or it has expired. */
export async function readSession(
	store: Store,
	{ token, now = Date.now() }: { token: string | undefined; now?: number }
): Promise<Session | undefined> {
	if (!token) return undefined;
	const hash = hashToken(token);
	const row = await store
		.selectFrom('session')
		.select('account_id')
		.where('token_hash', '=', hash)
		.where('expires_unix_ms', '>', now)
		.executeTakeFirst();
	return row && { hash, accountId: row.account_id ?? undefined };
}

/**
 * Opens a session, for a visitor or (with `accountId`) for someone who just signed in.
 * The old one ends with it: a token known before sign-in must not be worth more afterwards.
 */
export async function openSession(
	store: Store,
	{
		accountId,
		replaces,
		now = Date.now()
	}: { accountId?: string; replaces?: Session | undefined; now?: number } = {}
): Promise<OpenedSession> {
	const token = randomBytes(32).toString('base64url');
	const hash = hashToken(token);
	await store.deleteFrom('session').where('expires_unix_ms', '<=', now).execute();
	if (replaces) await closeSession(store, replaces);
	await store
		.insertInto('session')
		.values({
			token_hash: hash,
			account_id: accountId ?? null,
			expires_unix_ms: now + SESSION_HOURS * 3_600_000
		})
		.execute();
	return { token, hash, accountId };
}

/** Ends a session; its open challenges go with it. */
async function closeSession(store: Store, session: Session): Promise<void> {
	await store.deleteFrom('session').where('token_hash', '=', session.hash).execute();
}

function hashToken(token: string): string {
	return createHash('sha256').update(token).digest('hex');
}
