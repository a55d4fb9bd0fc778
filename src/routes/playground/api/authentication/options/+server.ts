import { startAuthentication } from '$lib/server/playground/authentication';
import { endpoint } from '$lib/server/playground/endpoint';
import { authenticationWish } from '$lib/server/playground/wire';

/** Options for `navigator.credentials.get()`. */
export const POST = endpoint({
	body: authenticationWish,
	handle: ({ body, ...call }) => startAuthentication({ ...call, wish: body })
});
