import type { RequestEvent } from '@sveltejs/kit';
import { buildEndSessionUrl } from 'openid-client';
import { isLoopback } from '../../../../../sdk/outbound/address.ts';
import { listIdentities } from '../../../../../settings/access/identities.ts';
import { newToken } from '../../../../../settings/access/secrets.ts';
import {
	readSignInProvider,
	type SignInProvider
} from '../../../../../settings/access/sign-in-provider.ts';
import type { Settings } from '../../../../../settings/open-settings.ts';
import type { Access } from '../access.ts';
import { keepLeaving, type Leaving } from '../cookies.ts';
import { ownOrigin } from '../own-address.ts';
import { connectProvider } from './connect-provider.ts';
import { explainProviderError } from './provider-refusal.ts';

/**
 * Notes in the browser that who just signed out came in through the provider and is to sign out there, too. No ID token is kept for
 * that: who they are there is a hint, as OpenID Connect RP-Initiated Logout 1.0 allows, and the provider may ask them.
 *
 * @returns whether they are to go there
 */
export async function beginLeaving(
	event: Pick<RequestEvent, 'cookies' | 'request'>,
	store: Settings,
	{ person, session }: Pick<Access, 'person' | 'session'>
): Promise<boolean> {
	const provider = await readSignInProvider(store);
	if (!provider?.signOutThere || !person || session?.way !== 'provider') return false;
	const own = (await listIdentities(store, person.id)).filter(
		({ issuer }) => issuer === provider.issuer
	);
	const newest = own.sort((a, b) => b.lastUsedAt - a.lastUsedAt)[0];
	keepLeaving(event, { state: newToken(), subject: newest?.subject ?? '' });
	return true;
}

/** Where the session at the provider ends; undefined: it names no such address, or does not answer. */
export async function leaveProvider(
	event: Pick<RequestEvent, 'request'>,
	{ provider, leaving }: { provider: SignInProvider; leaving: Leaving }
): Promise<URL | undefined> {
	try {
		const connected = await connectProvider(provider);
		const { end_session_endpoint: published = '' } = connected.serverMetadata();
		const endpoint = URL.parse(published);
		if (!endpoint || (endpoint.protocol !== 'https:' && !isLoopback(endpoint))) return undefined;
		return buildEndSessionUrl(connected, {
			post_logout_redirect_uri: `${ownOrigin(event).origin}/sign-in`,
			state: leaving.state,
			...(leaving.subject && { logout_hint: leaving.subject })
		});
	} catch (error) {
		explainProviderError(error);
		return undefined;
	}
}
