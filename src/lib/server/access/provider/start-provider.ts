import { createHmac } from 'node:crypto';
import type { RequestEvent } from '@sveltejs/kit';
import { buildAuthorizationUrl, calculatePKCECodeChallenge } from 'openid-client';
import type { PersonChallengeTable } from '../../../../../settings/access/access-schema.ts';
import { keepChallenge } from '../../../../../settings/access/challenges.ts';
import { newToken } from '../../../../../settings/access/secrets.ts';
import { readSignInProvider } from '../../../../../settings/access/sign-in-provider.ts';
import type { Settings } from '../../../../../settings/open-settings.ts';
import { newBrowserToken } from '../cookies.ts';
import { ownOrigin } from '../own-address.ts';
import { connectProvider } from './connect-provider.ts';
import { refuseBy } from './provider-refusal.ts';

/** `provider-anew`: of somebody who is signed in. `provider-connect`: gives them a further way in. */
export type ProviderPurpose = Extract<PersonChallengeTable['purpose'], `provider-${string}`>;

const LONGEST_NEXT = 1_000;

/** Where the provider sends people back to: it must know this address to the letter. */
export const callbackUrl = (event: Pick<RequestEvent, 'request'>) =>
	`${ownOrigin(event).origin}/sign-in/provider/callback`;

/** What is kept from the provider until it answers: both follow from the browser's own token, which is kept nowhere here. */
export const secretsOf = (browser: string) => ({
	nonce: derive(browser, 'nonce'),
	verifier: derive(browser, 'code_verifier')
});

const derive = (browser: string, what: string) =>
	createHmac('sha256', browser).update(what).digest('base64url');

/** Where to send the browser. @param personId whoever is signed in, of `provider-anew` and `provider-connect`. @throws SignInError, ClientError, ProviderUnreachable */
export async function startProvider(
	event: Pick<RequestEvent, 'cookies' | 'request'>,
	store: Settings,
	{ purpose, personId, next }: { purpose: ProviderPurpose; personId: string; next: string }
): Promise<URL> {
	const provider = await readSignInProvider(store);
	if (!provider) throw refuseBy('provider_none');
	const connected = await connectProvider(provider);
	const browser = newBrowserToken(event, 'provider');
	const { nonce, verifier } = secretsOf(browser);
	const path = next.length > LONGEST_NEXT ? '/' : next;
	const state = `${newToken()}.${Buffer.from(path).toString('base64url')}`;
	await keepChallenge(store, { challenge: state, browser, purpose, subject: personId });
	return buildAuthorizationUrl(connected, {
		...{ redirect_uri: callbackUrl(event), response_type: 'code', state, nonce },
		scope: ['openid', ...provider.scopes].join(' '),
		...{
			code_challenge: await calculatePKCECodeChallenge(verifier),
			code_challenge_method: 'S256'
		},
		// Who is to show anew who they are is asked, whatever session they have there.
		...(purpose === 'provider-anew' && { prompt: 'login', max_age: '0' })
	});
}
