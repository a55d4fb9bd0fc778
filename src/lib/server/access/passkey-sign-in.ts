import {
	generateAuthenticationOptions,
	generateRegistrationOptions,
	verifyAuthenticationResponse,
	verifyRegistrationResponse,
	type AuthenticationResponseJSON,
	type PublicKeyCredentialCreationOptionsJSON,
	type PublicKeyCredentialRequestOptionsJSON,
	type RegistrationResponseJSON
} from '@simplewebauthn/server';
import type { RequestEvent } from '@sveltejs/kit';
import { keepChallenge, takeChallenge } from '../../../../settings/access/challenges.ts';
import {
	findPasskey,
	findPerson,
	listPasskeys,
	recordPasskeyUse,
	type Passkey
} from '../../../../settings/access/people.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { findAuthenticator } from '../authenticators.ts';
import { newBrowserToken, takeBrowserToken } from './cookies.ts';
import { ownOrigin } from './own-address.ts';
import { SignInError } from './sign-in-error.ts';

type Asked = Pick<RequestEvent, 'cookies' | 'request'>;
type Purpose = 'welcome' | 'add';

const ALGORITHMS = [-7, -8, -257];
const STALE = new SignInError(
	400,
	'challenge_unknown',
	'This took longer than five minutes, or was begun in another window: start again.'
);

/**
 * Options for `navigator.credentials.get()`: any passkey of this dashboard, by whoever it knows; or, of `anew`, whoever is signed in's.
 *
 * @throws SignInError
 */
export async function signInOptions(
	event: Asked,
	store: Settings,
	anew?: { personId: string }
): Promise<PublicKeyCredentialRequestOptionsJSON> {
	const own = anew && (await listPasskeys(store, anew.personId));
	const options = await generateAuthenticationOptions({
		rpID: ownOrigin(event).hostname,
		userVerification: 'required',
		...(own && { allowCredentials: own.map(({ id, transports }) => ({ id, transports })) })
	});
	const browser = newBrowserToken(event, 'ceremony');
	const { challenge } = options;
	const given = anew
		? ({ purpose: 'anew', subject: anew.personId } as const)
		: ({ purpose: 'sign-in' } as const);
	await keepChallenge(store, { challenge, browser, ...given });
	return options;
}

/** Who signs in with this response. @param anew whose it must be, of somebody signed in. @throws SignInError when it cannot be taken */
export async function verifySignIn(
	event: Asked,
	store: Settings,
	response: AuthenticationResponseJSON,
	anew?: { personId: string }
): Promise<{ id: string; name: string }> {
	const challenge = await take(event, store, {
		clientDataJSON: response.response.clientDataJSON,
		purpose: anew ? 'anew' : 'sign-in'
	});
	if (anew && challenge.subject !== anew.personId) throw STALE;
	const passkey = await findPasskey(store, response.id);
	const person = passkey && (await findPerson(store, passkey.personId));
	const { userHandle } = response.response;
	if (!passkey || !person || (userHandle && userHandle !== person.userHandle))
		throw new SignInError(
			401,
			'passkey_unknown',
			'Nobody here has this passkey. It may have been removed, or be of another Passlens.'
		);
	if (anew && person.id !== anew.personId)
		throw new SignInError(401, 'not_you', 'This is somebody else’s passkey: use one of yours.');
	const { authenticationInfo } = await verifying(async () =>
		verifyAuthenticationResponse({
			...{ response, expectedChallenge: challenge.text, requireUserVerification: true },
			...expected(event),
			credential: {
				...{ id: passkey.id, publicKey: passkey.publicKey },
				...{ counter: passkey.counter, transports: passkey.transports }
			}
		})
	);
	// BE is fixed for a credential's life (WebAuthn L3 §7.2, step 18).
	if ((authenticationInfo.credentialDeviceType === 'multiDevice') !== passkey.backupEligible)
		throw REFUSED;
	await recordPasskeyUse(store, {
		id: passkey.id,
		counter: authenticationInfo.newCounter,
		backupState: authenticationInfo.credentialBackedUp
	});
	return { id: person.id, name: person.name };
}

/** Options for `navigator.credentials.create()`: a passkey that names its holder by itself. @throws SignInError */
export async function passkeyOptions(
	event: Asked,
	store: Settings,
	{
		purpose,
		subject,
		userHandle,
		name,
		known
	}: {
		purpose: Purpose;
		/** Who or whose invitation it is for. */
		subject: string;
		userHandle: string;
		name: string;
		/** Passkeys that the person has already. */
		known: readonly Passkey[];
	}
): Promise<PublicKeyCredentialCreationOptionsJSON> {
	const options = await generateRegistrationOptions({
		rpName: 'Passlens',
		rpID: ownOrigin(event).hostname,
		userID: new Uint8Array(Buffer.from(userHandle, 'base64url')),
		...{ userName: name, userDisplayName: name },
		attestationType: 'none',
		supportedAlgorithmIDs: ALGORITHMS,
		excludeCredentials: known.map(({ id, transports }) => ({ id, transports })),
		authenticatorSelection: { residentKey: 'required', userVerification: 'required' }
	});
	const browser = newBrowserToken(event, 'ceremony');
	const given = { browser, purpose, subject, userHandle };
	await keepChallenge(store, { challenge: options.challenge, ...given });
	return options;
}

/** The passkey that was made, not kept yet, and what its challenge was given for. @throws SignInError */
export async function verifyPasskey(
	event: Asked,
	store: Settings,
	{ purpose, response }: { purpose: Purpose; response: RegistrationResponseJSON }
): Promise<{
	subject: string;
	userHandle: string;
	passkey: Omit<Passkey, 'personId' | 'createdAt' | 'lastUsedAt'>;
}> {
	const { clientDataJSON } = response.response;
	const challenge = await take(event, store, { clientDataJSON, purpose });
	const { registrationInfo } = await verifying(async () =>
		verifyRegistrationResponse({
			...{ response, expectedChallenge: challenge.text, requireUserVerification: true },
			...{ ...expected(event), supportedAlgorithmIDs: ALGORITHMS }
		})
	);
	const { credential, aaguid, credentialDeviceType, credentialBackedUp } = registrationInfo!;
	if (await findPasskey(store, credential.id)) throw REFUSED;
	return {
		...{ subject: challenge.subject, userHandle: challenge.userHandle },
		passkey: {
			...{ id: credential.id, publicKey: credential.publicKey, counter: credential.counter },
			transports: credential.transports ?? [],
			...{ aaguid, name: (await findAuthenticator(aaguid))?.name ?? 'Passkey' },
			backupEligible: credentialDeviceType === 'multiDevice',
			backupState: credentialBackedUp
		}
	};
}

const REFUSED = new SignInError(
	400,
	'response_refused',
	'The passkey’s answer could not be verified.'
);

const expected = (event: Asked) => ({
	expectedOrigin: ownOrigin(event).origin,
	expectedRPID: ownOrigin(event).hostname
});

async function take(
	event: Asked,
	store: Settings,
	{ clientDataJSON, purpose }: { clientDataJSON: string; purpose: 'sign-in' | 'anew' | Purpose }
) {
	const browser = takeBrowserToken(event, 'ceremony');
	const text = readChallenge(clientDataJSON);
	if (!browser || !text) throw STALE;
	const taken = await takeChallenge(store, { challenge: text, browser, purpose });
	if (!taken) throw STALE;
	return { text, ...taken };
}

/** What the verifier throws repeats what was signed: it is not told. */
async function verifying<Result extends { verified: boolean }>(
	verify: () => Promise<Result>
): Promise<Result & { verified: true }> {
	const result = await verify().catch((cause: unknown) => {
		throw new SignInError(REFUSED.status, REFUSED.code, REFUSED.message, { cause });
	});
	if (!result.verified) throw REFUSED;
	return result as Result & { verified: true };
}

function readChallenge(clientDataJSON: string): string | undefined {
	try {
		const data: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
		const { challenge } = data as { challenge?: unknown };
		return typeof challenge === 'string' ? challenge : undefined;
	} catch {
		return undefined;
	}
}
