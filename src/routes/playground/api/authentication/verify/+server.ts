import { finishAuthentication } from '$lib/server/playground/authentication';
import { endpoint } from '$lib/server/playground/endpoint';
import { authenticationAnswer } from '$lib/server/playground/wire';

/** Verifies what `get()` gave, and signs in. */
export const POST = endpoint({
	body: authenticationAnswer,
	async handle({ body: { response, ceremonyId }, signInAs, ...call }) {
		const finished = await finishAuthentication({ ...call, response, ceremonyId });
		if (!finished.ok) return finished;
		await signInAs(finished.account);
		return { ok: true, verdict: finished.verdict };
	}
});
