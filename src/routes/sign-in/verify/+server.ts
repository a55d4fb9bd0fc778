import { verifySignIn } from '$lib/server/access/passkey-sign-in.ts';
import { noteSignInRefused } from '$lib/server/access/note-request.ts';
import { tellOwnCeremony } from '$lib/server/access/own-sign-ins.ts';
import { answerPage, SignInError } from '$lib/server/access/sign-in-error.ts';
import { signInPerson } from '$lib/server/access/sign-in-person.ts';
import { authenticationAnswer } from '$lib/server/playground/wire.ts';
import { settings } from '$lib/server/settings.ts';
import { noteAudit } from '../../../../settings/access/audit-log.ts';
import type { RequestHandler } from './$types';

/** Verifies what `get()` gave, and signs in. */
export const POST: RequestHandler = (event) =>
	answerPage(event, authenticationAnswer, async ({ response, ceremonyId }) => {
		const store = await settings();
		const told = { type: 'authentication', ceremonyId, response } as const;
		const person = await verifySignIn(event, store, response).catch(async (error: unknown) => {
			await tellOwnCeremony({ ...told, error });
			if (error instanceof SignInError) await noteSignInRefused(event, error);
			throw error;
		});
		await tellOwnCeremony({ ...told, userRef: person.id });
		await signInPerson(event, store, { id: person.id, way: 'passkey' });
		await noteAudit(store, {
			actor: { kind: 'person', ...person },
			action: 'signed-in',
			detail: { by: 'passkey' }
		});
		return { name: person.name };
	});
