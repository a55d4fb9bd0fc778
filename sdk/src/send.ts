import type { BatchInput, BatchReceipt } from '../event/batch.ts';
import type { PasslensEventInput } from '../event/event.ts';
import { VERSION } from '../common/version.ts';
import { attempt } from './attempt.ts';
import { remember } from './memory.ts';
import { BATCH_SIZE } from './record.ts';
import { state } from './state.ts';

/** Events wait this long for company, in milliseconds. */
const WAIT_MS = 1000;
const LONGEST_BACKOFF_MS = 60_000;
/** However long a collector asks for. */
const LONGEST_WAIT_MS = 3_600_000;

const onTheWay = new Set<PasslensEventInput>();
let timer: ReturnType<typeof setTimeout> | undefined;
let sending: Promise<void> | undefined;
/** Attempts that failed in a row. */
let failures = 0;
/** The collector's clock minus this one's, in milliseconds, by its last answer. */
let skew: number | undefined;

/** Sends soon, unless that is planned already. */
export function schedule(wait = WAIT_MS): void {
	timer ??= setTimeout(drain, wait);
}

/** Sends everything that is queued, a batch at a time, one request at a time. Resolves when there is nothing left to try now. Never rejects. */
export function drain(): Promise<void> {
	timer = clearTimeout(timer) as undefined;
	return (sending ??= sendAll());
}

async function sendAll(): Promise<void> {
	await state.hashing;
	while (waiting().length) {
		const wait = await sendBatch();
		if (wait) {
			timer = clearTimeout(timer) as undefined;
			schedule(wait);
			break;
		}
	}
	// Here, not in a later microtask: an event queued in between would wait for a request that has ended.
	sending = undefined;
}

/** Hands over everything when the page may never run again, and keeps for the next page of the tab what may not arrive. */
export function sendAtOnce(): void {
	while (waiting().length) void sendBatch();
	remember();
}

/** What is not on its way; nothing while there is nowhere to send it. */
const waiting = () => state.queue.filter((event) => state.url && !onTheWay.has(event));

/** One request with the oldest events that wait. Resolves to the milliseconds to wait before they are tried again; 0 when they are done with. */
async function sendBatch(): Promise<number> {
	const events = waiting().slice(0, BATCH_SIZE);
	for (const event of events) onTheWay.add(event);
	// Counted once, because the event that carries them is: a retry sends it as it is.
	const first = events[0]!;
	if (!first.omitted) {
		first.omitted = state.omitted;
		state.omitted = undefined;
	}
	const body = attempt(() => serialise(events));
	// What cannot be written down (a site's own odd value) is given up: it would fail for ever.
	const wait = body ? await post(body, events) : 0;
	for (const event of events) onTheWay.delete(event);
	if (!wait) state.queue = state.queue.filter((event) => !events.includes(event));
	return wait;
}

/** As `sendBatch`. */
async function post(body: string, events: PasslensEventInput[]): Promise<number> {
	let asked = 0;
	try {
		const sent = Date.now();
		// A string goes as text/plain, and the key is in the query: no preflight, so a batch is one round trip.
		const response = await fetch(state.url!, {
			method: 'POST',
			body,
			credentials: 'omit',
			keepalive: true
		});
		const { status } = response;
		if (status < 500 && status !== 429 && status !== 408) {
			// Taken, or refused for good. Whoever does not answer in JSON is no collector: a captive portal, a blocker.
			const receipt: Partial<BatchReceipt> = await response.json();
			failures = 0;
			if (receipt.received_unix_ms)
				skew = Math.round(receipt.received_unix_ms - (sent + Date.now()) / 2);
			state.answered?.(status, receipt, events);
			return 0;
		}
		const after = response.headers.get('retry-after') as string;
		asked = (after as unknown as number) * 1000 || Date.parse(after) - Date.now();
	} catch {
		// Offline, blocked, or no collector there: try again later.
	}
	const backoff = Math.min(LONGEST_BACKOFF_MS, 1000 * 2 ** failures++);
	// Spread, so that a collector that comes back is not met by everybody at once.
	return Math.min(LONGEST_WAIT_MS, asked > 0 ? asked : backoff) + Math.random() * backoff;
}

const serialise = (events: BatchInput['events']) =>
	JSON.stringify(
		{
			schema_version: 1,
			sent_unix_ms: Date.now(),
			clock_skew_ms: skew,
			sdk: { name: '@passlens/sdk', version: VERSION },
			context: state.context,
			events
		} satisfies BatchInput,
		// Without consent to be known, no reference leaves the page, whenever it was made.
		(key, value) => (state.consent === 'anonymous' && key.endsWith('_ref') ? undefined : value)
	);
