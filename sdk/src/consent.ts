import { attempt } from './attempt.ts';
import { remember } from './memory.ts';
import { startSession } from './start-session.ts';
import { state } from './state.ts';

/**
 * - `full`: everything the contract has.
 * - `anonymous`: no reference to a user or a credential, nothing kept in the browser: each page is a session of its own.
 * - `off`: nothing is observed, kept or sent.
 */
export type Consent = 'full' | 'anonymous' | 'off';

/** Says what the user agreed to, from now on: what is queued and was not agreed to does not leave the page. Never throws. */
export function consent(mode: Consent): void {
	state.consent = mode;
	if (mode === 'off') {
		state.queue = [];
		state.flow = undefined;
	} else attempt(startSession);
	remember();
}
