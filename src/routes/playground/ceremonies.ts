import {
	startAuthentication,
	startRegistration,
	WebAuthnAbortService,
	type AuthenticationResponseJSON,
	type PublicKeyCredentialCreationOptionsJSON,
	type PublicKeyCredentialRequestOptionsJSON,
	type RegistrationResponseJSON
} from '@simplewebauthn/browser';
import { ceremonyId } from '@passlens/sdk';

/** A ceremony as the page saw it end. `ceremonyId` goes along to the server, whose verdict then joins it. */
export type Performed<ResponseJSON> = { ceremonyId: string | undefined; elapsedMs: number } & (
	{ ok: true; response: ResponseJSON } | { ok: false; error: Error }
);

/** Deliberate mischief between authenticator and server, to see a refusal. */
export type Tampering = 'none' | 'signature' | 'challenge';

/** Calls `navigator.credentials.create()`. `automatic`: without asking, after a password sign-in (conditional create). */
export async function createPasskey({
	options,
	automatic = false,
	tampering = 'none',
	abortAfterMs
}: {
	options: PublicKeyCredentialCreationOptionsJSON;
	automatic?: boolean;
	tampering?: Tampering;
	abortAfterMs?: number | undefined;
}): Promise<Performed<RegistrationResponseJSON>> {
	const optionsJSON = tampering === 'challenge' ? withOwnChallenge(options) : options;
	return perform(
		() => startRegistration({ optionsJSON, useAutoRegister: automatic }),
		abortAfterMs
	);
}

/** Calls `navigator.credentials.get()`. `autofill`: waits in the browser's autofill (conditional mediation). */
export async function usePasskey({
	options,
	autofill = false,
	tampering = 'none',
	abortAfterMs
}: {
	options: PublicKeyCredentialRequestOptionsJSON;
	autofill?: boolean;
	tampering?: Tampering;
	abortAfterMs?: number | undefined;
}): Promise<Performed<AuthenticationResponseJSON>> {
	const optionsJSON = tampering === 'challenge' ? withOwnChallenge(options) : options;
	const performed = await perform(
		() => startAuthentication({ optionsJSON, useBrowserAutofill: autofill }),
		abortAfterMs
	);
	return performed.ok && tampering === 'signature'
		? { ...performed, response: withDamagedSignature(performed.response) }
		: performed;
}

/** Ends the open ceremony, if there is one: an autofill request waits until someone does. */
export function abortOpenCeremony(): void {
	WebAuthnAbortService.cancelCeremony();
}

async function perform<ResponseJSON>(
	call: () => Promise<ResponseJSON>,
	abortAfterMs: number | undefined
): Promise<Performed<ResponseJSON>> {
	// SimpleWebAuthn passes its own AbortController's signal to each call; this pulls it.
	const timer =
		abortAfterMs === undefined ? undefined : setTimeout(abortOpenCeremony, abortAfterMs);
	const started = performance.now();
	const facts = () => ({ ceremonyId: ceremonyId(), elapsedMs: performance.now() - started });
	try {
		const response = await call();
		return { ok: true, response, ...facts() };
	} catch (cause) {
		const error = cause instanceof Error ? cause : new Error(String(cause), { cause });
		return { ok: false, error, ...facts() };
	} finally {
		clearTimeout(timer);
	}
}

function withOwnChallenge<Options extends { challenge: string }>(options: Options): Options {
	const bytes = crypto.getRandomValues(new Uint8Array(32));
	return { ...options, challenge: toBase64url(bytes) };
}

function withDamagedSignature(response: AuthenticationResponseJSON): AuthenticationResponseJSON {
	const { signature } = response.response;
	// Near the end, inside the last number: still a well-formed signature, of something else.
	const at = signature.length - 4;
	const damaged =
		signature.slice(0, at) + (signature[at] === 'A' ? 'B' : 'A') + signature.slice(at + 1);
	return { ...response, response: { ...response.response, signature: damaged } };
}

function toBase64url(bytes: Uint8Array): string {
	return btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replaceAll('=', '');
}
