import type { BatchInput, BatchReceipt } from '../event/batch.ts';
import type { PasslensEventInput } from '../event/event.ts';
import { slug } from '../common/slug.ts';
import { VERSION } from '../common/version.ts';
import type { VerdictSenderOptions } from './verdict-sender.ts';

const QUEUE_SIZE = 1000;
const BATCH_SIZE = 100;
const WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** A bounded queue with one request in flight. A retry sends the same event ids, so an event that arrived twice counts once. */
export function createEventQueue(options: VerdictSenderOptions) {
	const url = `${options.endpoint.replace(/\/+$/, '')}/v1/events`;
	const { application, environment, release } = options;
	const context = {
		...(application && { application: slug(application) }),
		...(environment && { environment: slug(environment) }),
		...(release && { release: release.slice(0, 80) })
	};
	const events: PasslensEventInput[] = [];
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

	const schedule = (wait: number) => {
		if (!closed) timer ??= setTimeout(() => void flush(), wait).unref();
	};

	const flush = (): Promise<void> => {
		clearTimeout(timer);
		timer = undefined;
		return (sending ??= sendAll().finally(() => (sending = undefined)));
	};

	async function sendAll(): Promise<void> {
		while (events.length) {
			const batch = events.splice(0, BATCH_SIZE);
			const droppedBefore = dropped;
			const wait = await post(batch);
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
	async function post(batch: PasslensEventInput[]): Promise<number | undefined> {
		const body = {
			schema_version: 1,
			sent_unix_ms: Date.now(),
			sdk: { name: '@passlens/sdk/server', version: VERSION },
			...(dropped && { dropped_events: dropped }),
			context,
			events: batch
		} satisfies BatchInput;
		try {
			const response = await fetch(url, {
				method: 'POST',
				headers: {
					authorization: `Bearer ${options.serverKey}`,
					'content-type': 'application/json'
				},
				body: JSON.stringify(body),
				signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS)
			});
			const text = await response.text();
			if (response.ok) {
				failures = 0;
				for (const { field, reason } of (JSON.parse(text) as BatchReceipt).refused ?? []) {
					problem(new Error(`The collector refused an event: ${field}: ${reason}`));
				}
				return undefined;
			}
			problem(new Error(`The collector answered ${response.status}: ${text.slice(0, 500)}`));
			if (response.status < 500 && response.status !== 429) return undefined;
			const retryAfter = Number(response.headers.get('retry-after')) * 1000;
			return retryAfter > 0 ? Math.min(LONGEST_WAIT_MS, retryAfter) : backoff();
		} catch (cause) {
			problem(new Error('The collector could not be reached', { cause }));
			return backoff();
		}
	}

	const backoff = () =>
		Math.min(LONGEST_WAIT_MS, 1000 * 2 ** failures++) * (0.5 + Math.random() / 2);

	const trim = () => {
		const excess = events.length - QUEUE_SIZE;
		if (excess <= 0) return;
		events.splice(0, excess);
		dropped += excess;
		problem(new Error(`The queue is full: ${excess} event(s) dropped`));
	};

	return {
		add(event: PasslensEventInput): void {
			if (closed) return problem(new Error('The sender is closed: an event was dropped'));
			events.push(event);
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
