import { ownOrigin } from '$lib/server/access/own-address.ts';
import { answerPage } from '$lib/server/access/sign-in-error.ts';
import { settings } from '$lib/server/settings.ts';
import { z } from 'zod';
import { listIdentities } from '../../../../settings/access/identities.ts';
import { listPasskeys } from '../../../../settings/access/people.ts';
import { readSignInProvider } from '../../../../settings/access/sign-in-provider.ts';
import type { Ways } from '$lib/sign-in/ask-passkey.ts';
import type { RequestHandler } from './$types';

/** How whoever is signed in can show anew who they are. */
export const POST: RequestHandler = (event) =>
	answerPage(event, z.object({}), async (): Promise<Ways> => {
		const store = await settings();
		const personId = event.locals.access.person!.id;
		const [passkeys, identities, provider] = await Promise.all([
			listPasskeys(store, personId),
			listIdentities(store, personId),
			readSignInProvider(store)
		]);
		return {
			origin: ownOrigin(event).origin,
			passkey: passkeys.length > 0,
			provider: provider && identities.some((one) => isOf(one, provider)) ? provider.name : null
		};
	});

/** Some write a slash at the end, and some do not. */
const isOf = (identity: { issuer: string }, provider: { issuer: string }) =>
	new URL(identity.issuer).href === new URL(provider.issuer).href;
