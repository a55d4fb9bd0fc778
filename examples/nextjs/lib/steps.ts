import {
	generateAuthenticationOptions,
	generateRegistrationOptions,
	verifyAuthenticationResponse,
	verifyRegistrationResponse,
	type AuthenticationResponseJSON,
	type RegistrationResponseJSON
} from '@simplewebauthn/server';
import { simplewebauthn } from '@passlens/sdk/server';
import { randomUUID } from 'node:crypto';
import { passlens } from './passlens.ts';
import { store, type Session, type User } from './store.ts';

const origin = process.env.ORIGIN ?? 'http://localhost:7420';
const rpID = new URL(origin).hostname;

/** What a client sends beside its cookie. */
export interface Message<Response = unknown> {
	name?: string;
	response: Response;
	/** What `ceremonyId()` returned in the page: it joins telemetry, nothing is decided by it. */
	ceremonyId?: string;
}

/** Stands for the sign-in the site has already, by password for instance. */
export function signIn(session: Session, { name = '' }: Message): User {
	const user = [...store.users.values()].find((known) => known.name === name) ?? {
		id: randomUUID(),
		name: name.slice(0, 64)
	};
	store.users.set(user.id, user);
	session.user = user;
	return user;
}

export function signOut(session: Session): object {
	delete session.user;
	return {};
}

export async function registrationOptions(session: Session) {
	const user = signedIn(session);
	const options = await generateRegistrationOptions({
		rpName: 'Next.js example',
		rpID,
		userID: new TextEncoder().encode(user.id),
		userName: user.name,
		authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
		excludeCredentials: [...store.credentials.values()].filter(({ userId }) => userId === user.id)
	});
	session.challenge = options.challenge;
	return options;
}

export async function verifyRegistration(
	session: Session,
	{ response, ceremonyId }: Message<RegistrationResponseJSON>
): Promise<User> {
	const user = signedIn(session);
	const tell = (
		outcome:
			{ verification: Awaited<ReturnType<typeof verifyRegistrationResponse>> } | { error: unknown }
	) =>
		passlens.registration({
			ceremonyId,
			userRef: user.id,
			...simplewebauthn.registrationVerdict({ response, ...outcome })
		});
	try {
		const verification = await verifyRegistrationResponse({
			response,
			expectedChallenge: takeChallenge(session),
			expectedOrigin: origin,
			expectedRPID: rpID
		});
		tell({ verification });
		if (!verification.verified) throw new Refusal('The passkey was refused.');
		const { credential } = verification.registrationInfo;
		store.credentials.set(credential.id, { ...credential, userId: user.id });
		return user;
	} catch (error) {
		if (!(error instanceof Refusal)) tell({ error });
		throw error;
	}
}

export async function authenticationOptions(session: Session) {
	const options = await generateAuthenticationOptions({ rpID, userVerification: 'required' });
	session.challenge = options.challenge;
	return options;
}

export async function verifyAuthentication(
	session: Session,
	{ response, ceremonyId }: Message<AuthenticationResponseJSON>
): Promise<User> {
	const credential = store.credentials.get(response.id);
	const userRef = credential?.userId;
	if (!credential) {
		const error = new Error('No such passkey');
		passlens.authentication({
			ceremonyId,
			...simplewebauthn.authenticationVerdict({ response, error }),
			reason: 'credential_unknown'
		});
		throw error;
	}
	try {
		const verification = await verifyAuthenticationResponse({
			response,
			expectedChallenge: takeChallenge(session),
			expectedOrigin: origin,
			expectedRPID: rpID,
			credential
		});
		passlens.authentication({
			ceremonyId,
			userRef,
			...simplewebauthn.authenticationVerdict({ response, verification })
		});
		if (!verification.verified) throw new Refusal('The signature is not right.');
		credential.counter = verification.authenticationInfo.newCounter;
		return (session.user = store.users.get(credential.userId)!);
	} catch (error) {
		if (!(error instanceof Refusal))
			passlens.authentication({
				ceremonyId,
				userRef,
				...simplewebauthn.authenticationVerdict({ response, error })
			});
		throw error;
	}
}

/** Told already, with the library's own words. */
class Refusal extends Error {}

function signedIn({ user }: Session): User {
	if (!user) throw new Error('Sign in first.');
	return user;
}

/** A challenge serves once. */
function takeChallenge(session: Session): string {
	const { challenge = '' } = session;
	delete session.challenge;
	return challenge;
}
