import { z } from 'zod';
import { checkPassword } from '$lib/server/playground/accounts';
import { endpoint } from '$lib/server/playground/endpoint';

const body = z.object({
	username: z.string().trim().min(1, 'Enter your name.').max(64),
	password: z.string().min(1, 'Enter your password.').max(200)
});

/** Signs in by password. */
export const POST = endpoint({
	body,
	async handle({ store, body, signInAs }) {
		const checked = await checkPassword(store, body);
		if (!checked.ok) return checked;
		await signInAs(checked.account);
		return { ok: true };
	}
});
