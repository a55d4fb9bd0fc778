import type { PasslensEventInput } from '../event/event.ts';
import { uuidV7 } from '../common/uuid-v7.ts';
import { attempt } from './attempt.ts';
import { BATCH_SIZE, drain } from './send.ts';
import { state } from './state.ts';

/** Events held at most. When a collector stays away the oldest go first, and are counted. */
export const QUEUE_SIZE = 200;
/** Events wait this long for company. */
const WAIT_MS = 1000;

type OwnFields<T> = T extends unknown ? Omit<T, 'id' | 'time_unix_ms' | 'user_ref'> : never;

/** Queues one event. `time` is when it happened, Unix epoch in milliseconds. Never throws. */
export function record(fields: OwnFields<PasslensEventInput>, time = Date.now()): void {
	// Rendered on a server: nobody's page, and the module is shared by all visitors.
	if (typeof window === 'undefined') return;
	attempt(() => {
		const event = {
			id: uuidV7(),
			time_unix_ms: time,
			user_ref: state.userRef,
			...fields
		} as PasslensEventInput;
		state.queue.push(event);
		if (state.queue.length > QUEUE_SIZE) {
			state.queue.shift();
			state.dropped++;
		}
		if (state.debug) console.debug('[passlens]', event);
		for (const listener of state.listeners) attempt(() => listener(event));
		if (state.queue.length >= BATCH_SIZE && !state.failures) void drain();
		else state.timer ??= setTimeout(drain, WAIT_MS);
	});
}
