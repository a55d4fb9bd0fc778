import type { PasslensEventInput } from '../event/event.ts';
import { uuidV7 } from '../common/uuid-v7.ts';
import { attempt } from './attempt.ts';
import { omit } from './omit.ts';
import { state } from './state.ts';

/** Events of one request. */
export const BATCH_SIZE = 20;
/** Events held at most. When a collector stays away the oldest go first, and are counted. */
export const QUEUE_SIZE = 200;

type OwnFields<T> = T extends unknown ? Omit<T, 'id' | 'time_unix_ms' | 'flow_id'> : never;
export type Recorded = OwnFields<PasslensEventInput> & { time_unix_ms?: number };

/** Queues one event, which happened now unless it says when. Never throws. */
export function record(fields: Recorded): void {
	// Rendered on a server: nobody's page, and the module is shared by all visitors.
	if (typeof window === 'undefined' || state.consent === 'off') return;
	attempt(() => {
		const event = {
			id: uuidV7(),
			time_unix_ms: Date.now(),
			user_ref: state.userRef,
			flow_id: state.flow?.flow_id,
			traceparent: state.traceparent,
			...fields
		} as PasslensEventInput;
		state.queue.push(event);
		// The oldest that are not on their way.
		if (state.queue.length > QUEUE_SIZE && state.queue.splice(BATCH_SIZE, 1))
			omit('dropped_events');
		state.schedule?.();
		for (const listener of state.listeners) listener(event);
	});
}
