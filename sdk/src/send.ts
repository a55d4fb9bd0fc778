import type { BatchInput } from '../event/batch.ts';
import type { PasslensEventInput } from '../event/event.ts';
import { VERSION } from '../shared/version.ts';
import { attempt } from './attempt.ts';
import { state } from './state.ts';

export const BATCH_SIZE = 20;
const LONGEST_WAIT_MS = 60_000;
/** Browsers give keepalive requests and beacons of a page 64 KiB together. */
const KEEPALIVE_CHARACTERS = 30_000;

/** Sends everything that is queued, a batch at a time, one request at a time. Resolves when there is nothing left to try now. Never rejects. */
export function drain(): Promise<void> {
	clearTimeout(state.timer);
	state.timer = undefined;
	return (state.sending ??= sendAll().finally(() => (state.sending = undefined)));
}

async function sendAll(): Promise<void> {
	while (state.url && state.queue.length) {
		const events = state.queue.splice(0, BATCH_SIZE);
		const { dropped } = state;
		const wait = await post(state.url, serialise(events));
		if (wait !== undefined) {
			state.queue.unshift(...events);
			state.timer ??= setTimeout(drain, wait);
			return;
		}
		state.dropped -= dropped;
	}
}

/** Milliseconds to wait before the same events are tried again, or `undefined` when they are done with (taken, or refused for good). */
async function post(url: string, body: string): Promise<number | undefined> {
	try {
		// text/plain with the key in the query: no preflight, so a batch is one round trip.
		const response = await fetch(url, {
			method: 'POST',
			body,
			headers: { 'content-type': 'text/plain' },
			credentials: 'omit',
			keepalive: body.length < KEEPALIVE_CHARACTERS
		});
		if (response.status < 500 && response.status !== 429) {
			state.failures = 0;
			if (state.debug) console.debug('[passlens]', response.status, await response.text());
			return undefined;
		}
	} catch {
		// Offline, blocked, or no collector there: try again later.
	}
	return Math.min(LONGEST_WAIT_MS, 1000 * 2 ** ++state.failures) * (0.5 + Math.random() / 2);
}

/** Hands everything to the browser when the page may never run again. What the browser does not take stays queued. */
export function sendBeacons(): void {
	attempt(() => {
		while (state.url && state.queue.length) {
			const events = state.queue.slice(0, BATCH_SIZE);
			if (!navigator.sendBeacon(state.url, serialise(events))) return;
			state.queue.splice(0, BATCH_SIZE);
			state.dropped = 0;
		}
	});
}

const serialise = (events: PasslensEventInput[]) =>
	JSON.stringify({
		schema_version: 1,
		sent_unix_ms: Date.now(),
		sdk: { name: '@passlens/sdk', version: VERSION },
		dropped_events: state.dropped || undefined,
		context: state.context,
		events
	} satisfies BatchInput);
