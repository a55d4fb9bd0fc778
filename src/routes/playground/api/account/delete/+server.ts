import { z } from 'zod';
import { deleteAccount } from '$lib/server/playground/accounts';
import { listCredentials } from '$lib/server/playground/credentials';
import { accountEndpoint } from '$lib/server/playground/endpoint';

/** Deletes the account with all it holds; each of its passkeys ends. */
export const POST = accountEndpoint({
	body: z.object({}),
	async handle({ store, verdicts, account, signOut }) {
		for (const { id } of await listCredentials(store, account.id))
			verdicts.revoked({ credentialId: id, userRef: account.id, reason: 'user_removed' });
		await signOut();
		await deleteAccount(store, account.id);
		return { ok: true };
	}
});
