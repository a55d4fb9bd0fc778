import type { PasslensEventInput } from '../event/event.ts';
import { state } from './state.ts';

export type EventListener = (event: PasslensEventInput) => void;

/**
 * Calls `listener` with each event as it is queued, before it is sent: what a live view or a test looks at.
 * The context that all events share (session, application, client) is not in it. An error in the listener is swallowed.
 * Returns a function that ends it.
 */
export function onEvent(listener: EventListener): () => void {
	state.listeners.add(listener);
	return () => void state.listeners.delete(listener);
}
