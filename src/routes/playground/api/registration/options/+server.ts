import { accountEndpoint } from '$lib/server/playground/endpoint';
import { startRegistration } from '$lib/server/playground/registration';
import { registrationWish } from '$lib/server/playground/wire';

/** Options for `navigator.credentials.create()`. */
export const POST = accountEndpoint({
	body: registrationWish,
	handle: async ({ body, ...call }) => ({
		ok: true,
		options: await startRegistration({ ...call, wish: body })
	})
});
