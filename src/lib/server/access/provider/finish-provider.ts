import type { RequestEvent } from '@sveltejs/kit';
import {
	authorizationCodeGrant,
	fetchUserInfo,
	type Configuration,
	type IDToken
} from 'openid-client';
import { takeChallenge } from '../../../../../settings/access/challenges.ts';
import {
	readSignInProvider,
	type SignInProvider
} from '../../../../../settings/access/sign-in-provider.ts';
import type { Settings } from '../../../../../settings/open-settings.ts';
import { takeBrowserToken } from '../cookies.ts';
import { ownPath } from '../own-address.ts';
import { connectProvider } from './connect-provider.ts';
import { refuseBy } from './provider-refusal.ts';
import { callbackUrl, secretsOf, type ProviderPurpose } from './start-provider.ts';

/** Whom the provider vouches for, and what for they were sent there. */
export interface Vouched {
	provider: SignInProvider;
	purpose: ProviderPurpose;
	/** Who was signed in when it began; empty: nobody. */
	personId: string;
	/** When they were sent there, Unix epoch in milliseconds. */
	begunAt: number;
	/** A path of the dashboard's own. */
	next: string;
	claims: Claims;
	/** When they showed there who they are, Unix epoch in milliseconds; undefined: the provider does not say. */
	authenticatedAt: number | undefined;
}

/** Of the ID token, and what the provider tells of it beside. */
export interface Claims {
	issuer: string;
	subject: string;
	name: string;
	/** Empty: none, or not one that the provider has verified. */
	email: string;
	groups: string[];
}

const PURPOSES: ProviderPurpose[] = ['provider-sign-in', 'provider-anew', 'provider-connect'];

/** Verifies what the provider sent the browser back with. @throws SignInError, ClientError, ProviderUnreachable */
export async function finishProvider(
	event: Pick<RequestEvent, 'cookies' | 'request' | 'url'>,
	store: Settings
): Promise<Vouched> {
	const provider = await readSignInProvider(store);
	const browser = takeBrowserToken(event, 'provider');
	const state = event.url.searchParams.get('state') ?? '';
	const begun = browser && (await takeBegun(store, { state, browser }));
	if (!provider || !browser || !begun) throw refuseBy('provider_stale');
	const { purpose, subject: personId, givenAt } = begun;
	const connected = await connectProvider(provider);
	const { nonce, verifier } = secretsOf(browser);
	const tokens = await authorizationCodeGrant(
		connected,
		new URL(`${callbackUrl(event)}${event.url.search}`),
		{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier }
	);
	const token = tokens.claims()!;
	return {
		...{ provider, purpose, personId, begunAt: givenAt },
		next: ownPath(Buffer.from(state.split('.')[1] ?? '', 'base64url').toString()),
		claims: await readClaims(connected, { provider, token, accessToken: tokens.access_token }),
		authenticatedAt: token.auth_time === undefined ? undefined : token.auth_time * 1_000
	};
}

async function takeBegun(store: Settings, { state, browser }: { state: string; browser: string }) {
	for (const purpose of PURPOSES) {
		const taken = await takeChallenge(store, { challenge: state, browser, purpose });
		if (taken) return { purpose, ...taken };
	}
	return undefined;
}

/** Many providers keep names and groups out of the token and tell them when asked. */
async function readClaims(
	connected: Configuration,
	{
		provider,
		token,
		accessToken
	}: { provider: SignInProvider; token: IDToken; accessToken: string }
): Promise<Claims> {
	const whole = token[provider.groupsClaim] !== undefined && token.email !== undefined;
	const ask = !whole && connected.serverMetadata().userinfo_endpoint !== undefined;
	const more = ask ? await fetchUserInfo(connected, accessToken, token.sub) : {};
	const all: Record<string, unknown> = { ...more, ...token };
	const text = (name: string) => (typeof all[name] === 'string' ? all[name].trim() : '');
	const email = all.email_verified === true ? text('email') : '';
	return {
		...{ issuer: token.iss, subject: token.sub, email },
		name: text('name') || text('preferred_username') || text('email') || 'Without a name',
		groups: [all[provider.groupsClaim]].flat().filter((group) => typeof group === 'string')
	};
}
