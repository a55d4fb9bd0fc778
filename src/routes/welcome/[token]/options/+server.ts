import { openInvitation } from '$lib/server/access/open-invitation.ts';
import { passkeyOptions } from '$lib/server/access/passkey-sign-in.ts';
import { answerPage } from '$lib/server/access/sign-in-error.ts';
import { settings } from '$lib/server/settings.ts';
import { z } from 'zod';
import { findPerson, listPasskeys, readName } from '../../../../../settings/access/people.ts';
import { newToken } from '../../../../../settings/access/secrets.ts';
import type { RequestHandler } from './$types';

/** Options for `navigator.credentials.create()` for whom the link was made. */
export const POST: RequestHandler = (event) =>
	answerPage(event, z.object({ name: z.string().max(1_000) }), async ({ name }) => {
		const store = await settings();
		const { id, personId } = await openInvitation(event, store, event.params.token);
		const person = personId === undefined ? undefined : await findPerson(store, personId);
		return passkeyOptions(event, store, {
			...{ purpose: 'welcome', subject: id, name: person?.name ?? readName(name) },
			userHandle: person?.userHandle ?? newToken(),
			known: person ? await listPasskeys(store, person.id) : []
		});
	});
