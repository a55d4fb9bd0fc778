import {
	generateAuthenticationOptions,
	verifyAuthenticationResponse,
	type AuthenticationResponseJSON,
	type PublicKeyCredentialRequestOptionsJSON
} from '@simplewebauthn/server';
import type { VerdictReason } from '@passlens/sdk/event';
import {
	simplewebauthn,
	type AuthenticationVerdict,
	type VerdictSender
} from '@passlens/sdk/server';
import { findAccount, findAccountByName, type Account } from './accounts.ts';
import { keepChallenge, takeChallenge, type TakenChallenge } from './challenges.ts';
import { findCredential, listCredentials, recordUse, type Credential } from './credentials.ts';
import type { Store } from './open-store.ts';
import { refuse, type Answer } from './refusal.ts';
import type { RelyingParty } from './relying-party.ts';
import type { Session } from './sessions.ts';
import { refuseResponse, showVerdict, type ShownVerdict } from './verdicts.ts';
import type { AuthenticationWish } from './wire.ts';

/**
 * Makes authentication options: for one account's credentials, or, without a name, for whatever discoverable credential
 * the visitor has (autofill needs that form).
 */
export async function startAuthentication({
	store,
	relyingParty,
	session,
	wish
}: {
	store: Store;
	relyingParty: RelyingParty;
	session: Session;
	wish: AuthenticationWish;
}): Promise<Answer<{ options: PublicKeyCredentialRequestOptionsJSON }>> {
	const allowed = wish.username ? await credentialsOf(store, wish.username) : undefined;
	if (allowed?.length === 0)
		// A public site would answer with made-up credentials here, to give away neither names nor who has a passkey.
		return refuse(
			404,
			'no_passkey',
			`No passkey is kept for “${wish.username ?? ''}”. Sign up, or clear the name to choose from all your passkeys.`
		);
	const options = await generateAuthenticationOptions({
		rpID: relyingParty.id,
		userVerification: wish.userVerification,
		...(allowed && {
			allowCredentials: allowed.map(({ id, transports }) => ({ id, transports }))
		}),
		...(wish.timeoutMs && { timeout: wish.timeoutMs })
	});
	await keepChallenge(store, {
		challenge: options.challenge,
		session,
		purpose: 'authentication',
		userVerification: wish.userVerification
	});
	return { ok: true, options: { ...options, hints: wish.hints } };
}

interface Judgement {
	answer: Answer<{ account: Account }>;
	/** With the user it names, also when refused: whose sign-in failed is what support will ask. */
	verdict: Omit<AuthenticationVerdict, 'ceremonyId'>;
}

/** Verifies a signature and tells Passlens the verdict, whichever it is. */
export async function finishAuthentication({
	store,
	relyingParty,
	verdicts,
	session,
	ceremonyId,
	response
}: {
	store: Store;
	relyingParty: RelyingParty;
	verdicts: VerdictSender;
	session: Session;
	ceremonyId: string | undefined;
	response: AuthenticationResponseJSON;
}): Promise<Answer<{ account: Account; verdict: ShownVerdict }>> {
	const { answer, verdict } = await judge({ store, relyingParty, session, response });
	verdicts.authentication({ ceremonyId, ...verdict });
	return { ...answer, verdict: showVerdict('authentication', { ceremonyId, ...verdict }) };
}

async function judge({
	store,
	relyingParty,
	session,
	response
}: {
	store: Store;
	relyingParty: RelyingParty;
	session: Session;
	response: AuthenticationResponseJSON;
}): Promise<Judgement> {
	const { clientDataJSON, userHandle } = response.response;
	const taken = await takeChallenge(store, { clientDataJSON, session, purpose: 'authentication' });
	const credential = await findCredential(store, response.id);
	const account = credential && (await findAccount(store, credential.accountId));
	if (!taken) return refusedFor('challenge_mismatch', response, account);
	if (taken.expired) return refusedFor('challenge_expired', response, account);
	if (!credential || !account) return refusedFor('credential_unknown', response);
	if (credential.removed) return refusedFor('credential_revoked', response, account);
	if (userHandle && userHandle !== account.user_handle)
		return refusedFor('user_handle_mismatch', response, account);
	return verify({ store, relyingParty, account, credential, response, taken });
}

async function verify({
	store,
	relyingParty,
	account,
	credential,
	response,
	taken
}: {
	store: Store;
	relyingParty: RelyingParty;
	account: Account;
	credential: Credential;
	response: AuthenticationResponseJSON;
	taken: TakenChallenge;
}): Promise<Judgement> {
	try {
		const verification = await verifyAuthenticationResponse({
			response,
			expectedChallenge: taken.challenge,
			expectedOrigin: relyingParty.origin,
			expectedRPID: relyingParty.id,
			requireUserVerification: taken.userVerification === 'required',
			credential: {
				id: credential.id,
				publicKey: credential.publicKey,
				counter: credential.counter,
				transports: credential.transports
			}
		});
		const verdict = {
			...simplewebauthn.authenticationVerdict({ response, verification }),
			userRef: account.id
		};
		if (!verification.verified) return { answer: refuseResponse(verdict.reason), verdict };
		const { newCounter, credentialBackedUp, credentialDeviceType } =
			verification.authenticationInfo;
		// BE is fixed for a credential's life (WebAuthn L3 §7.2); SimpleWebAuthn does not know what it was.
		if ((credentialDeviceType === 'multiDevice') !== credential.backupEligible)
			return refusedFor('backup_flags_invalid', response, account);
		await recordUse(store, {
			id: credential.id,
			counter: newCounter,
			backupState: credentialBackedUp
		});
		return { answer: { ok: true, account }, verdict };
	} catch (error) {
		const verdict = simplewebauthn.authenticationVerdict({ response, error });
		return { answer: refuseResponse(verdict.reason), verdict: { ...verdict, userRef: account.id } };
	}
}

async function credentialsOf(store: Store, username: string): Promise<Credential[]> {
	const account = await findAccountByName(store, username);
	return account ? listCredentials(store, account.id) : [];
}

function refusedFor(
	reason: VerdictReason,
	response: AuthenticationResponseJSON,
	account?: Account
): Judgement {
	const verdict = simplewebauthn.authenticationVerdict({
		response,
		verification: { verified: false }
	});
	return {
		answer: refuseResponse(reason),
		verdict: { ...verdict, reason, userRef: account?.id }
	};
}
