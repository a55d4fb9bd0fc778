import { passkeyOptions } from '$lib/server/access/passkey-sign-in.ts';
import { answerPage, SignInError } from '$lib/server/access/sign-in-error.ts';
import { settings } from '$lib/server/settings.ts';
import { z } from 'zod';
import { findPerson, listPasskeys } from '../../../../../settings/access/people.ts';
import type { RequestHandler } from './$types';

/** Options for `navigator.credentials.create()`: a further passkey of whoever is signed in. */
export const POST: RequestHandler = (event) =>
	answerPage(event, z.object({}), async () => {
		const store = await settings();
		const person = await findPerson(store, event.locals.access.person?.id ?? '');
		if (!person) throw new SignInError(401, 'sign_in_required', 'Sign in again.');
		const { id, name, userHandle } = person;
		const known = await listPasskeys(store, id);
		return passkeyOptions(event, store, { purpose: 'add', subject: id, name, userHandle, known });
	});
