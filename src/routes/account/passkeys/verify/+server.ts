import { verifyPasskey } from '$lib/server/access/passkey-sign-in.ts';
import { tellOfChange } from '$lib/server/access/notices/tell-of-change.ts';
import { tellOwnCeremony } from '$lib/server/access/own-sign-ins.ts';
import { answerPage, SignInError } from '$lib/server/access/sign-in-error.ts';
import { registrationAnswer } from '$lib/server/playground/wire.ts';
import { settings } from '$lib/server/settings.ts';
import { addPasskey } from '../../../../../settings/access/people.ts';
import type { RequestHandler } from './$types';

/** Keeps a further passkey of whoever is signed in. */
export const POST: RequestHandler = (event) =>
	answerPage(event, registrationAnswer, async ({ response, ceremonyId }) => {
		const store = await settings();
		const told = { type: 'registration', ceremonyId, response } as const;
		const asked = { purpose: 'add', response } as const;
		const { subject, passkey } = await verifyPasskey(event, store, asked).catch(
			async (error: unknown) => {
				await tellOwnCeremony({ ...told, error });
				throw error;
			}
		);
		const { person } = event.locals.access;
		if (person?.id !== subject)
			throw new SignInError(401, 'sign_in_required', 'Somebody else signed in meanwhile: reload.');
		await addPasskey(store, { ...passkey, personId: subject });
		await tellOfChange(store, {
			...{ personId: subject, change: 'passkey-added', subject: passkey.name }
		});
		await tellOwnCeremony({ ...told, userRef: subject });
		return { name: passkey.name };
	});
