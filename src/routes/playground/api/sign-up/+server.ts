import { z } from 'zod';
import { createAccount } from '$lib/server/playground/accounts';
import { endpoint } from '$lib/server/playground/endpoint';

const body = z.object({
	username: z.string().trim().min(1, 'Choose a name.').max(64),
	password: z.string().min(8, 'Use at least 8 characters.').max(200).optional()
});

/** Makes an account and signs in to it. Without a password it is usable once its first passkey is kept. */
export const POST = endpoint({
	body,
	async handle({ store, body, signInAs }) {
		const created = await createAccount(store, body);
		if (!created.ok) return created;
		await signInAs(created.account);
		return { ok: true };
	}
});
