import { z } from 'zod';
import { endpoint } from '$lib/server/playground/endpoint';

export const POST = endpoint({
	body: z.object({}),
	async handle({ signOut }) {
		await signOut();
		return { ok: true };
	}
});
