import { signInOptions } from '$lib/server/access/passkey-sign-in.ts';
import { answerPage } from '$lib/server/access/sign-in-error.ts';
import { settings } from '$lib/server/settings.ts';
import { z } from 'zod';
import type { RequestHandler } from './$types';

/** Options for `navigator.credentials.get()`. */
export const POST: RequestHandler = (event) =>
	answerPage(event, z.object({}), async () => signInOptions(event, await settings()));
