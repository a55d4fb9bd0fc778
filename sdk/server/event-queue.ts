import type { BatchInput, BatchReceipt } from '../event/batch.ts';
import type { PasslensEventInput } from '../event/event.ts';
import { slug } from '../common/slug.ts';
import { VERSION } from '../common/version.ts';
import type { VerdictSenderOptions } from './verdict-sender.ts';

const QUEUE_SIZE = 1000;
/** Of one event as JSON. With the number of events it bounds the memory: 4 MB at most. */
const EVENT_CHARACTERS = 4096;
const BATCH_SIZE = 100;
const WAIT_MS = 500;
const LONGEST_BACKOFF_MS = 60_000;
/** However long a collector asks for. */
const LONGEST_WAIT_MS = 3_600_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** A bounded queue with one request in flight. A retry sends the same event ids, so an event that arrived twice counts once. */
export function createEventQueue(options: VerdictSenderOptions) {
	/** Events as JSON: what cannot be written down fails where it is made, and nobody changes it afterwards. */
	const events: string[] = [];
	let dropped = 0;
	let failures = 0;
	let closed = false;
	let timer: NodeJS.Timeout | undefined;
	let sending: Promise<void> | undefined;

	const problem = (error: Error) => {
		try {
			options.onProblem?.(error);
		} catch {
			// The site's log is not ours to mend.
		}
	};
	const target = readTarget(options, problem);

	const schedule = (wait: number) => {
		if (!closed) timer ??= setTimeout(() => void flush(), wait).unref();
	};

	const flush = (): Promise<void> => {
		clearTimeout(timer);
		timer = undefined;
		return (sending ??= sendAll().finally(() => (sending = undefined)));
	};

	async function sendAll(): Promise<void> {
		while (target && events.length) {
			const batch = events.splice(0, BATCH_SIZE);
			const droppedBefore = dropped;
			const wait = await post(target, batch);
			if (wait !== undefined) {
				events.unshift(...batch);
				trim();
				schedule(wait);
				return;
			}
			dropped -= droppedBefore;
		}
	}

	/** Milliseconds until a retry makes sense, or `undefined` when the batch is done with. */
	async function post(target: Target, batch: string[]): Promise<number | undefined> {
		try {
			const response = await fetch(target.url, {
				method: 'POST',
				headers: {
					authorization: `Bearer ${options.serverKey}`,
					'content-type': 'application/json'
				},
				body: writeBatch(target.context, batch, dropped),
				signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS)
			});
			const text = await response.text();
			if (response.ok) {
				failures = 0;
				tellRefusals(text);
				return undefined;
			}
			problem(new Error(`The collector answered ${response.status}: ${text.slice(0, 500)}`));
			if (response.status < 500 && response.status !== 429 && response.status !== 408)
				return undefined;
			const asked = readRetryAfter(response.headers.get('retry-after'));
			// Spread, so that a collector that comes back is not met by every server at once.
			return asked === undefined ? backoff() : asked + Math.random() * backoff();
		} catch (cause) {
			problem(new Error('The collector could not be reached', { cause }));
			return backoff();
		}
	}

	const tellRefusals = (receipt: string) => {
		try {
			for (const { field, reason } of (JSON.parse(receipt) as BatchReceipt).refused ?? [])
				problem(new Error(`The collector refused an event: ${field}: ${reason}`));
		} catch (cause) {
			// Taken all the same: asking again would not change the answer.
			problem(new Error('The collector’s answer could not be read', { cause }));
		}
	};

	const backoff = () =>
		Math.min(LONGEST_BACKOFF_MS, 1000 * 2 ** failures++) * (0.5 + Math.random() / 2);

	const trim = () => {
		const excess = events.length - QUEUE_SIZE;
		if (excess <= 0) return;
		events.splice(0, excess);
		dropped += excess;
		problem(new Error(`The queue is full: ${excess} event(s) dropped`));
	};

	return {
		/** Throws for an event that cannot be written as JSON. */
		add(event: PasslensEventInput): void {
			if (closed) return problem(new Error('The sender is closed: an event was dropped'));
			if (!target) return problem(new Error('The sender has no endpoint: an event was dropped'));
			const json = JSON.stringify(event);
			if (json.length > EVENT_CHARACTERS)
				return problem(new Error(`An event of ${json.length} characters was dropped`));
			events.push(json);
			trim();
			schedule(WAIT_MS);
		},
		problem,
		flush,
		async close(): Promise<void> {
			closed = true;
			await sending;
			await flush();
		}
	};
}

interface Target {
	url: string;
	context: NonNullable<BatchInput['context']>;
}

/** Where to send and as whom; a set-up that will never work is said once, at the start, and not thrown into the site's. */
function readTarget(
	{ endpoint, serverKey, application, environment, release }: VerdictSenderOptions,
	problem: (error: Error) => void
): Target | undefined {
	try {
		const base = new URL(endpoint);
		if (!/^https?:$/.test(base.protocol)) throw new Error(`not an HTTP URL: ${endpoint}`);
		if (!serverKey) throw new Error('serverKey is missing: the project’s sk_… key');
		return {
			url: `${base.href.replace(/\/+$/, '')}/v1/events`,
			context: {
				...(application && { application: slug(application) }),
				...(environment && { environment: slug(environment) }),
				...(release && { release: release.slice(0, 80) })
			}
		};
	} catch (cause) {
		problem(new Error('Nothing will be sent: the sender’s endpoint or key is unusable', { cause }));
		return undefined;
	}
}

function writeBatch(context: Target['context'], batch: string[], dropped: number): string {
	const envelope = JSON.stringify({
		schema_version: 1,
		sent_unix_ms: Date.now(),
		sdk: { name: '@passlens/sdk/server', version: VERSION },
		...(dropped && { dropped_events: dropped }),
		context
	} satisfies Omit<BatchInput, 'events'>);
	return `${envelope.slice(0, -1)},"events":[${batch.join(',')}]}`;
}

/** Milliseconds; seconds or an HTTP date, as RFC 9110 (10.2.3) has it. `undefined` for neither or for a time that is over. */
function readRetryAfter(header: string | null): number | undefined {
	if (!header) return undefined;
	const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
	return wait > 0 ? Math.min(LONGEST_WAIT_MS, wait) : undefined;
}
