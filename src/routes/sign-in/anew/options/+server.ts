import { signInOptions } from '$lib/server/access/passkey-sign-in.ts';
import { answerPage } from '$lib/server/access/sign-in-error.ts';
import { settings } from '$lib/server/settings.ts';
import { z } from 'zod';
import type { RequestHandler } from './$types';

/** Options for `navigator.credentials.get()`: a passkey of whoever is signed in. */
export const POST: RequestHandler = (event) =>
	answerPage(event, z.object({}), async () =>
		signInOptions(event, await settings(), { personId: event.locals.access.person!.id })
	);
