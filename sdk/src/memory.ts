import { state, type State } from './state.ts';

/** What the next page of this tab takes over: who we are, what the user is about to do, what was not taken yet. */
type Memory = [
	session: State['context']['session_id'],
	flow: State['flow'],
	omitted: State['omitted'],
	...State['queue']
];

/** Writes it down, with full consent alone. Where storage is denied or full, each page is on its own. */
export function remember(): void {
	try {
		const memory: Memory = [state.context.session_id, state.flow, state.omitted, ...state.queue];
		if (state.consent === 'full') sessionStorage.passlens = JSON.stringify(memory);
		else delete sessionStorage.passlens;
	} catch {
		// Denied, or full.
	}
}

/** Takes over what the page before wrote down. Says whether there was one. */
export function recall(): boolean {
	try {
		const [session, flow, omitted, ...queue] = JSON.parse(sessionStorage.passlens) as Memory;
		state.context.session_id = session;
		state.flow ??= flow;
		// JSON has null for what was undefined.
		state.omitted ??= omitted ?? undefined;
		state.queue.unshift(...queue);
		return true;
	} catch {
		return false;
	}
}
