import type { PasslensEventInput } from '../event/event.ts';
import { state } from '../src/state.ts';

export type EventListener = (event: PasslensEventInput) => void;

/**
 * Calls `listener` with a copy of each event as it is sent, some milliseconds after it was queued: what a live view or a test
 * looks at. The context that all events share (session, application, client) is not in it. An error in the listener is swallowed.
 * Returns a function that ends it.
 */
export function onEvent(listener: EventListener): () => void {
	const tell = async (event: PasslensEventInput) => {
		try {
			await state.hashing;
			listener(JSON.parse(JSON.stringify(event)));
		} catch {
			// The listener's own.
		}
	};
	state.listeners.add(tell);
	return () => void state.listeners.delete(tell);
}
