import type { PasslensEventInput } from '../event/event.ts';
import { uuidV7 } from '../common/uuid-v7.ts';
import { attempt } from './attempt.ts';
import { omit } from './omit.ts';
import { BATCH_SIZE, drain } from './send.ts';
import { state } from './state.ts';

/** Events held at most. When a collector stays away the oldest go first, and are counted. */
export const QUEUE_SIZE = 200;
/** Events wait this long for company. */
const WAIT_MS = 1000;

type OwnFields<T> = T extends unknown ? Omit<T, 'id' | 'time_unix_ms' | 'flow_id'> : never;
export type Recorded = OwnFields<PasslensEventInput> & { time_unix_ms?: number };

/** Queues one event, which happened now unless it says when. Never throws. */
export function record(fields: Recorded): void {
	// Rendered on a server: nobody's page, and the module is shared by all visitors.
	if (typeof window === 'undefined' || state.consent === 'off') return;
	attempt(() => {
		const { queue, userRef, flow, traceparent } = state;
		const event = {
			id: uuidV7(),
			time_unix_ms: Date.now(),
			user_ref: userRef,
			flow_id: flow?.flow_id,
			traceparent,
			...fields
		} as PasslensEventInput;
		queue.push(event);
		// The oldest that are not on their way.
		if (queue.length > QUEUE_SIZE && queue.splice(BATCH_SIZE, 1)) omit('dropped_events');
		state.timer ??= setTimeout(drain, WAIT_MS);
		for (const listener of state.listeners)
			Promise.resolve(state.hashing)
				.then(() => listener(JSON.parse(JSON.stringify(event))))
				.catch(() => undefined);
	});
}
