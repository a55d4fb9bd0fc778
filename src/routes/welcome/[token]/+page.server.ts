import { openInvitation } from '$lib/server/access/open-invitation.ts';
import { ownOrigin } from '$lib/server/access/own-address.ts';
import { SignInError } from '$lib/server/access/sign-in-error.ts';
import { settings } from '$lib/server/settings.ts';
import { error } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	event.setHeaders({ 'cache-control': 'no-store' });
	try {
		const { kind, name } = await openInvitation(event, await settings(), event.params.token);
		return { kind, name, origin: ownOrigin(event).origin };
	} catch (refusal) {
		if (!(refusal instanceof SignInError)) throw refusal;
		error(404, { message: refusal.message, explained: true });
	}
};
