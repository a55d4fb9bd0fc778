import {
	startAuthentication,
	startRegistration,
	type PublicKeyCredentialCreationOptionsJSON,
	type PublicKeyCredentialRequestOptionsJSON
} from '@simplewebauthn/browser';
import { anew } from './anew.svelte.ts';
import { untilWatching, watchedCeremonyId } from './watch-ceremonies.ts';

/** What to tell whoever asked: the server's words or ours. */
export class AskError extends Error {}

/** Signs in with whatever passkey of this dashboard the browser offers. @throws AskError */
export async function signInWithPasskey(): Promise<void> {
	const optionsJSON = (await post('/sign-in/options', {})) as PublicKeyCredentialRequestOptionsJSON;
	const response = await asking(() => startAuthentication({ optionsJSON }));
	await post('/sign-in/verify', { response, ceremonyId: watchedCeremonyId() });
}

/** How whoever is signed in can show anew who they are. */
export interface Ways {
	/** Where passkeys work. */
	origin: string;
	passkey: boolean;
	/** The identity provider, as its button names it; null: it does not know them. */
	provider: string | null;
}

/** @throws AskError */
export async function readWays(): Promise<Ways> {
	return (await post('/sign-in/anew', {})) as Ways;
}

/** Shows anew who one is, with a passkey of one's own. @throws AskError */
export async function confirmWithPasskey(): Promise<void> {
	const optionsJSON = (await post(
		'/sign-in/anew/options',
		{}
	)) as PublicKeyCredentialRequestOptionsJSON;
	const response = await asking(() => startAuthentication({ optionsJSON }));
	await post('/sign-in/anew/verify', { response, ceremonyId: watchedCeremonyId() });
}

/**
 * Makes a passkey.
 *
 * @param path where its options come from (`<path>/options`) and its answer goes (`<path>/verify`)
 * @throws AskError
 */
export async function makePasskey(path: string, more: { name?: string } = {}): Promise<void> {
	const optionsJSON = (await post(
		`${path}/options`,
		more
	)) as PublicKeyCredentialCreationOptionsJSON;
	const response = await asking(() => startRegistration({ optionsJSON }));
	await post(`${path}/verify`, { response, ceremonyId: watchedCeremonyId(), ...more });
}

async function post(path: string, body: object): Promise<unknown> {
	const response = await fetch(path, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body)
	}).catch((cause: unknown) => {
		throw new AskError('The dashboard does not answer. Is it running?', { cause });
	});
	const answer = (await response.json().catch(() => ({}))) as { code?: string; message?: string };
	if (response.ok) return answer;
	if (answer.code === 'sign_in_anew' && (await anew.ask())) return post(path, body);
	throw new AskError(answer.message ?? `The dashboard answered ${response.status}.`);
}

async function asking<Result>(ask: () => Promise<Result>): Promise<Result> {
	await untilWatching();
	try {
		return await ask();
	} catch (cause) {
		throw new AskError(explain(cause instanceof Error ? cause.name : ''), { cause });
	}
}

function explain(name: string): string {
	if (name === 'NotAllowedError' || name === 'AbortError')
		return 'Nothing was chosen, or it took too long. Try again.';
	if (name === 'InvalidStateError')
		return 'This device has a passkey for you already: sign in with it.';
	if (name === 'SecurityError')
		return 'Passkeys do not work at this address. Open the dashboard by its name.';
	return 'This browser could not do it. Another browser or device may.';
}
