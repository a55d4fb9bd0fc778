import { state, type State } from './state.ts';

const KEY = 'passlens';

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
		const { consent, context, flow, queue, omitted } = state;
		const memory: Memory = [context.session_id, flow, omitted, ...queue];
		if (consent === 'full') sessionStorage.setItem(KEY, JSON.stringify(memory));
		else sessionStorage.removeItem(KEY);
	} catch {
		// Denied, or full.
	}
}

/** Takes over what the page before wrote down. Says whether there was one. */
export function recall(): boolean {
	try {
		const [session, flow, omitted, ...queue] = JSON.parse(sessionStorage.getItem(KEY)!) as Memory;
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
