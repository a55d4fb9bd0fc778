import { forgetSessionToken, sessionToken } from '$lib/server/access/cookies.ts';
import { noteFor } from '$lib/server/access/note-request.ts';
import { beginLeaving } from '$lib/server/access/provider/leave-provider.ts';
import { settings } from '$lib/server/settings.ts';
import { redirect } from '@sveltejs/kit';
import { digest } from '../../../settings/access/secrets.ts';
import { endSession } from '../../../settings/access/sessions.ts';
import type { RequestHandler } from './$types';

/** Ends the session of this browser, and leads to the identity provider where that is to end, too. */
export const POST: RequestHandler = async (event) => {
	const store = await settings();
	const token = sessionToken(event);
	if (token) await endSession(store, digest(token));
	if (event.locals.access.person) await noteFor(event, { action: 'signed-out' });
	forgetSessionToken(event);
	redirect(
		303,
		(await beginLeaving(event, store, event.locals.access)) ? '/sign-out/provider' : '/sign-in'
	);
};
