import {
	generateRegistrationOptions,
	verifyRegistrationResponse,
	type PublicKeyCredentialCreationOptionsJSON,
	type RegistrationResponseJSON
} from '@simplewebauthn/server';
import { simplewebauthn, type RegistrationVerdict, type VerdictSender } from '@passlens/sdk/server';
import type { VerdictReason } from '@passlens/sdk/event';
import type { Account } from './accounts.ts';
import { keepChallenge, takeChallenge, type TakenChallenge } from './challenges.ts';
import {
	addCredential,
	findCredential,
	isLegacy,
	listCredentials,
	overwrittenBy,
	removeCredential,
	type Credential,
	type NewCredential
} from './credentials.ts';
import type { Store } from './open-store.ts';
import type { Answer } from './refusal.ts';
import type { RelyingParty } from './relying-party.ts';
import type { Session } from './sessions.ts';
import type { RegistrationWish } from './wire.ts';
import { refuseResponse, showVerdict, type ShownVerdict } from './verdicts.ts';

// What practically every authenticator can do; offering more makes options that older ones stumble over.
const ALGORITHMS = [-7, -8, -257];

/**
 * Makes registration options for an account. The user handle is always the account's: that is what lets a platform
 * overwrite its legacy credential instead of adding a second one.
 * For the same reason only syncable credentials (BE=1) are excluded, unless the visitor asks for all.
 */
export async function startRegistration({
	store,
	relyingParty,
	session,
	account,
	wish
}: {
	store: Store;
	relyingParty: RelyingParty;
	session: Session;
	account: Account;
	wish: RegistrationWish;
}): Promise<PublicKeyCredentialCreationOptionsJSON> {
	const credentials = await listCredentials(store, account.id);
	const excluded = credentials.filter(({ backupEligible }) => wish.excludeAll || backupEligible);
	const options = await generateRegistrationOptions({
		rpName: relyingParty.name,
		rpID: relyingParty.id,
		userID: new Uint8Array(Buffer.from(account.user_handle, 'base64url')),
		userName: account.username,
		userDisplayName: account.username,
		attestationType: wish.attestation,
		supportedAlgorithmIDs: ALGORITHMS,
		excludeCredentials: excluded.map(({ id, transports }) => ({ id, transports })),
		authenticatorSelection: {
			residentKey: wish.purpose === 'upgrade' ? 'required' : wish.residentKey,
			userVerification: wish.userVerification,
			...(wish.attachment && { authenticatorAttachment: wish.attachment })
		},
		...(wish.timeoutMs && { timeout: wish.timeoutMs })
	});
	await keepChallenge(store, {
		challenge: options.challenge,
		session,
		purpose: 'registration',
		userVerification: wish.userVerification,
		conditional: wish.conditional
	});
	return { ...options, hints: wish.hints };
}

interface Judgement {
	answer: Answer<{ credential: NewCredential }>;
	verdict: Omit<RegistrationVerdict, 'ceremonyId'>;
}

/**
 * Verifies what an authenticator made, keeps it, and tells Passlens the verdict, whichever it is.
 *
 * @returns the credential kept, and those it replaced on its authenticator
 */
export async function finishRegistration({
	store,
	relyingParty,
	verdicts,
	session,
	account,
	ceremonyId,
	response
}: {
	store: Store;
	relyingParty: RelyingParty;
	verdicts: VerdictSender;
	session: Session;
	account: Account;
	ceremonyId: string | undefined;
	response: RegistrationResponseJSON;
}): Promise<Answer<{ credential: NewCredential; replaced: Credential[]; verdict: ShownVerdict }>> {
	const { answer, verdict } = await judge({ store, relyingParty, session, account, response });
	verdicts.registration({ ceremonyId, userRef: account.id, ...verdict });
	const shown = showVerdict('registration', { ceremonyId, ...verdict });
	if (!answer.ok) return { ...answer, verdict: shown };

	const { credential } = answer;
	const replaced = overwrittenBy(credential, await listCredentials(store, account.id));
	await addCredential(store, credential);
	for (const { id } of replaced) {
		await removeCredential(store, id);
		verdicts.revoked({ credentialId: id, userRef: account.id, reason: 'superseded' });
	}
	return { ok: true, credential, replaced, verdict: shown };
}

async function judge({
	store,
	relyingParty,
	session,
	account,
	response
}: {
	store: Store;
	relyingParty: RelyingParty;
	session: Session;
	account: Account;
	response: RegistrationResponseJSON;
}): Promise<Judgement> {
	const { clientDataJSON } = response.response;
	const taken = await takeChallenge(store, { clientDataJSON, session, purpose: 'registration' });
	if (!taken) return refusedFor('challenge_mismatch', response);
	if (taken.expired) return refusedFor('challenge_expired', response);
	if (await findCredential(store, response.id)) return refusedFor('other', response);
	return verify({ relyingParty, account, response, taken });
}

async function verify({
	relyingParty,
	account,
	response,
	taken
}: {
	relyingParty: RelyingParty;
	account: Account;
	response: RegistrationResponseJSON;
	taken: TakenChallenge;
}): Promise<Judgement> {
	try {
		const verification = await verifyRegistrationResponse({
			response,
			expectedChallenge: taken.challenge,
			expectedOrigin: relyingParty.origin,
			expectedRPID: relyingParty.id,
			requireUserVerification: taken.userVerification === 'required',
			// A conditional create may come without a gesture: that is its point.
			requireUserPresence: !taken.conditional,
			supportedAlgorithmIDs: ALGORITHMS
		});
		const verdict = simplewebauthn.registrationVerdict({ response, verification });
		if (!verification.verified) return { answer: refuseResponse(verdict.reason), verdict };
		const { credential, aaguid, fmt, credentialDeviceType, credentialBackedUp } =
			verification.registrationInfo;
		const facts = {
			transports: credential.transports ?? [],
			attachment: response.authenticatorAttachment,
			backupEligible: credentialDeviceType === 'multiDevice'
		};
		const kept: NewCredential = {
			...facts,
			id: credential.id,
			accountId: account.id,
			publicKey: credential.publicKey,
			counter: credential.counter,
			aaguid,
			discoverable: response.clientExtensionResults.credProps?.rk,
			backupState: credentialBackedUp,
			legacy: isLegacy({ ...facts, attestationFormat: fmt })
		};
		return { answer: { ok: true, credential: kept }, verdict };
	} catch (error) {
		const verdict = simplewebauthn.registrationVerdict({ response, error });
		return { answer: refuseResponse(verdict.reason), verdict };
	}
}

function refusedFor(reason: VerdictReason, response: RegistrationResponseJSON): Judgement {
	const verdict = simplewebauthn.registrationVerdict({
		response,
		verification: { verified: false }
	});
	return { answer: refuseResponse(reason), verdict: { ...verdict, reason } };
}
