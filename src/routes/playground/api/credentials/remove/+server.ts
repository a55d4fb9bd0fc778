import { z } from 'zod';
import { findCredential, removeCredential } from '$lib/server/playground/credentials';
import { accountEndpoint } from '$lib/server/playground/endpoint';
import { refuse } from '$lib/server/playground/refusal';

const body = z.object({
	id: z.string().min(1).max(1400),
	reason: z.enum(['user_removed', 'superseded', 'lost', 'compromised']).default('user_removed')
});

/** Ends a credential's life at this server and tells Passlens why. */
export const POST = accountEndpoint({
	body,
	async handle({ store, verdicts, account, body: { id, reason } }) {
		const credential = await findCredential(store, id);
		if (credential?.accountId !== account.id || credential.removed)
			return refuse(404, 'credential_unknown', 'This account has no such passkey.');
		await removeCredential(store, id);
		verdicts.revoked({ credentialId: id, userRef: account.id, reason });
		return { ok: true };
	}
});
