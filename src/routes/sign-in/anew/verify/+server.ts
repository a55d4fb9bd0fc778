import { noteFor, noteSignInRefused } from '$lib/server/access/note-request.ts';
import { tellOwnCeremony } from '$lib/server/access/own-sign-ins.ts';
import { verifySignIn } from '$lib/server/access/passkey-sign-in.ts';
import { answerPage, SignInError } from '$lib/server/access/sign-in-error.ts';
import { authenticationAnswer } from '$lib/server/playground/wire.ts';
import { settings } from '$lib/server/settings.ts';
import { refreshSession } from '../../../../../settings/access/sessions.ts';
import type { RequestHandler } from './$types';

/** Verifies that it is still whoever signed in: the session counts as fresh from now on, and ends when it would have. */
export const POST: RequestHandler = (event) =>
	answerPage(event, authenticationAnswer, async ({ response, ceremonyId }) => {
		const store = await settings();
		const { person, session } = event.locals.access;
		const told = { type: 'authentication', ceremonyId, response } as const;
		await verifySignIn(event, store, response, { personId: person!.id }).catch(
			async (error: unknown) => {
				await tellOwnCeremony({ ...told, error });
				if (error instanceof SignInError) await noteSignInRefused(event, error);
				throw error;
			}
		);
		await tellOwnCeremony({ ...told, userRef: person!.id });
		await refreshSession(store, { id: session!.id });
		await noteFor(event, { action: 'confirmed', detail: { by: 'passkey' } });
		return {};
	});
