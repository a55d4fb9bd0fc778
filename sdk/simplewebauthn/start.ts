import * as library from '@simplewebauthn/browser';
import type { CeremonyType } from '../event/vocabulary.ts';
import { attempt } from '../src/attempt.ts';
import { state } from '../src/state.ts';

/** `startRegistration` of @simplewebauthn/browser: same options, result and errors. */
export const startRegistration: typeof library.startRegistration = (options) =>
	tellCode('registration', library.startRegistration(options));

/** `startAuthentication` of @simplewebauthn/browser: same options, result and errors. */
export const startAuthentication: typeof library.startAuthentication = (options) =>
	tellCode('authentication', library.startAuthentication(options));

/**
 * The SDK sees the browser's error; the library names its cause a moment later, in the same turn. The event of that failure is
 * still waiting to be sent, so it gets the code.
 */
async function tellCode<T>(type: CeremonyType, ceremony: Promise<T>): Promise<T> {
	try {
		return await ceremony;
	} catch (error) {
		attempt(() => addCode(type, error));
		throw error;
	}
}

function addCode(type: CeremonyType, error: unknown): void {
	if (!(error instanceof library.WebAuthnError)) return;
	const { name } = error.cause as Error;
	for (const event of state.queue.slice().reverse()) {
		if (event.type !== 'ceremony.finished' || event.ceremony_type !== type) continue;
		if (event.error?.name !== name || event.error.code) continue;
		event.error.code = error.code;
		return;
	}
}
