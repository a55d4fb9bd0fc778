import type { BatchInput } from '../event/batch.ts';
import type { PasslensEventInput } from '../event/event.ts';
import { VERSION } from '../common/version.ts';
import { attempt } from './attempt.ts';
import { state } from './state.ts';

export const BATCH_SIZE = 20;
const LONGEST_WAIT_MS = 60_000;
/** Browsers give keepalive requests and beacons of a page 64 KiB together. */
const KEEPALIVE_CHARACTERS = 30_000;

/** Sends everything that is queued, a batch at a time, one request at a time. Resolves when there is nothing left to try now. Never rejects. */
export async function drain(): Promise<void> {
	clearTimeout(state.timer);
	state.timer = undefined;
	if (state.url && state.queue.length) return (state.sending ??= sendAll());
	return state.sending;
}

async function sendAll(): Promise<void> {
	while (state.queue.length) {
		const events = state.queue.splice(0, BATCH_SIZE);
		const { dropped } = state;
		const body = attempt(() => serialise(events));
		// What cannot be written down (a site's own odd value) is given up: it would fail for ever.
		const wait = await (body && post(state.url!, body));
		if (wait) {
			state.queue.unshift(...events);
			clearTimeout(state.timer);
			state.timer = setTimeout(drain, wait);
			break;
		}
		state.dropped = Math.max(0, state.dropped - dropped);
	}
	// Here, not in a later microtask: an event queued in between would wait for a request that has ended.
	state.sending = undefined;
}

/** Milliseconds to wait before the same events are tried again, or `undefined` when they are done with (taken, or refused for good). */
async function post(url: string, body: string): Promise<number | undefined> {
	let asked = 0;
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
		asked = Number(response.headers.get('retry-after')) * 1000;
	} catch {
		// Offline, blocked, or no collector there: try again later.
	}
	const backoff = 1000 * 2 ** ++state.failures * (0.5 + Math.random() / 2);
	return Math.min(LONGEST_WAIT_MS, asked || backoff);
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
