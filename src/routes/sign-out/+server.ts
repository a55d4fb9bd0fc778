import { forgetSessionToken, sessionToken } from '$lib/server/access/cookies.ts';
import { noteFor } from '$lib/server/access/note-request.ts';
import { settings } from '$lib/server/settings.ts';
import { redirect } from '@sveltejs/kit';
import { digest } from '../../../settings/access/secrets.ts';
import { endSession } from '../../../settings/access/sessions.ts';
import type { RequestHandler } from './$types';

/** Ends the session of this browser. */
export const POST: RequestHandler = async (event) => {
	const token = sessionToken(event);
	if (token) await endSession(await settings(), digest(token));
	if (event.locals.access.person) await noteFor(event, { action: 'signed-out' });
	forgetSessionToken(event);
	redirect(303, '/sign-in');
};
