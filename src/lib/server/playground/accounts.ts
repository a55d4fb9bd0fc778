import { randomBytes, randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Store } from './open-store.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { refuse, type Answer } from './refusal.ts';
import type { AccountTable } from './store-schema.ts';

export type Account = Selectable<AccountTable>;

/**
 * Makes an account. A name is free again when the account holding it has neither password nor passkey:
 * its owner never finished signing up, and nobody could sign in to it.
 */
export async function createAccount(
	store: Store,
	{ username, password }: { username: string; password?: string | undefined }
): Promise<Answer<{ account: Account }>> {
	const holder = await findAccountByName(store, username);
	if (holder && (await canSignIn(store, holder)))
		return refuse(
			409,
			'username_taken',
			`There is an account “${username}” already. Sign in, or choose another name.`
		);
	if (holder) await deleteAccount(store, holder.id);
	const account: Account = {
		id: randomUUID(),
		username,
		user_handle: randomBytes(32).toString('base64url'),
		password_hash: password ? await hashPassword(password) : null,
		created_unix_ms: Date.now()
	};
	await store.insertInto('account').values(account).execute();
	return { ok: true, account };
}

export function findAccount(store: Store, id: string): Promise<Account | undefined> {
	return store.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirst();
}

export function findAccountByName(store: Store, username: string): Promise<Account | undefined> {
	return store
		.selectFrom('account')
		.selectAll()
		.where('username', '=', username)
		.executeTakeFirst();
}

/** Checks a name and password. One refusal for both, so that guessing names by the answer is not made easier. */
export async function checkPassword(
	store: Store,
	{ username, password }: { username: string; password: string }
): Promise<Answer<{ account: Account }>> {
	const account = await findAccountByName(store, username);
	const matches = await verifyPassword(password, account?.password_hash ?? null);
	return account && matches
		? { ok: true, account }
		: refuse(401, 'password_wrong', 'Name and password do not belong together.');
}

/** Deletes an account with its credentials, sessions and prompt counts. */
export async function deleteAccount(store: Store, id: string): Promise<void> {
	await store.deleteFrom('account').where('id', '=', id).execute();
}

/** Counts one more showing of an offer to this account; the answer starts at 1. */
export async function countPromptShowing(
	store: Store,
	{ accountId, purpose }: { accountId: string; purpose: string }
): Promise<number> {
	const { showings } = await store
		.insertInto('prompt_showing')
		.values({ account_id: accountId, purpose, showings: 1 })
		.onConflict((conflict) =>
			conflict
				.columns(['account_id', 'purpose'])
				.doUpdateSet((update) => ({ showings: update('prompt_showing.showings', '+', 1) }))
		)
		.returning('showings')
		.executeTakeFirstOrThrow();
	return showings;
}

async function canSignIn(store: Store, account: Account): Promise<boolean> {
	if (account.password_hash) return true;
	const credential = await store
		.selectFrom('credential')
		.select('id')
		.where('account_id', '=', account.id)
		.where('removed_unix_ms', 'is', null)
		.executeTakeFirst();
	return credential !== undefined;
}
