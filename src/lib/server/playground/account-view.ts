import { findAccount } from './accounts.ts';
import { listCredentials } from './credentials.ts';
import type { Store } from './open-store.ts';

/** What the page may know of the signed-in account. */
export interface AccountView {
	/** The reference for `identify()`; the SDK hashes it before it leaves the page. */
	id: string;
	username: string;
	/** base64url; for the Signal API, which names accounts by it. */
	userHandle: string;
	hasPassword: boolean;
	credentials: CredentialView[];
}

export interface CredentialView {
	id: string;
	/** Passkeys of one account numbered from the oldest that still works. */
	number: number;
	transports: string[];
	backupEligible: boolean;
	backupState: boolean;
	legacy: boolean;
	createdUnixMs: number;
	lastUsedUnixMs: number | undefined;
}

export async function viewAccount(
	store: Store,
	accountId: string | undefined
): Promise<AccountView | null> {
	const account = accountId ? await findAccount(store, accountId) : undefined;
	if (!account) return null;
	const credentials = await listCredentials(store, account.id);
	return {
		id: account.id,
		username: account.username,
		userHandle: account.user_handle,
		hasPassword: account.password_hash !== null,
		credentials: credentials.map((credential, index) => ({
			id: credential.id,
			number: index + 1,
			transports: credential.transports,
			backupEligible: credential.backupEligible,
			backupState: credential.backupState,
			legacy: credential.legacy,
			createdUnixMs: credential.createdUnixMs,
			lastUsedUnixMs: credential.lastUsedUnixMs
		}))
	};
}
