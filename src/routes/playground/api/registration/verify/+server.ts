import { accountEndpoint } from '$lib/server/playground/endpoint';
import { finishRegistration } from '$lib/server/playground/registration';
import { registrationAnswer } from '$lib/server/playground/wire';

/** Verifies what `create()` gave. */
export const POST = accountEndpoint({
	body: registrationAnswer,
	async handle({ body: { response, ceremonyId }, ...call }) {
		const finished = await finishRegistration({ ...call, response, ceremonyId });
		if (!finished.ok) return finished;
		return {
			ok: true,
			verdict: finished.verdict,
			credentialId: finished.credential.id,
			replacedIds: finished.replaced.map(({ id }) => id)
		};
	}
});
