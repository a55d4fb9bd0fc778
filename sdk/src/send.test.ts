import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { batchSchema, eventSchema, type PasslensEvent } from '../event/index.ts';
import { identify } from './identify.ts';
import { prompt } from './prompt.ts';
import { QUEUE_SIZE, record } from './record.ts';
import { drain } from './send.ts';
import { signIn } from './sign-in.ts';
import { state } from './state.ts';

let statuses: number[];
let headers: Record<string, string>;
let answer: string;
let batches: { events: PasslensEvent[]; skew: number | undefined }[];
let close: () => Promise<unknown>;

// The queue runs in pages alone; what it uses of one, Node has as well.
beforeAll(() => void vi.stubGlobal('window', globalThis));

/** A collector's front door over real HTTP, which takes only what the contract takes. */
beforeEach(async () => {
	statuses = [];
	headers = {};
	answer = '{}';
	batches = [];
	const server = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
		request.on('end', () => {
			const { context, events, clock_skew_ms } = batchSchema.parse(JSON.parse(body));
			batches.push({
				events: events.map((event) => eventSchema.parse({ ...context, ...(event as object) })),
				skew: clock_skew_ms
			});
			response.writeHead(statuses.shift() ?? 202, headers).end(answer);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
	state.url = `http://localhost:${(server.address() as AddressInfo).port}/v1/events?key=pk_test`;
	close = () => {
		server.closeAllConnections();
		return new Promise((resolve) => server.close(resolve));
	};
});
afterEach(async () => {
	clearTimeout(state.timer);
	Object.assign(state, {
		...{ queue: [], failures: 0, omitted: undefined, consent: undefined },
		...{ timer: undefined, url: undefined, userRef: undefined, skew: undefined }
	});
	vi.restoreAllMocks();
	await close();
});

const sent = () => batches.flatMap((batch) => batch.events);

describe('the queue', () => {
	test('sends what is there in batches of twenty, in order', async () => {
		const { url } = state;
		delete state.url;
		for (let i = 1; i <= 45; i++) {
			record({
				type: 'prompt.shown',
				prompt_id: crypto.randomUUID(),
				purpose: 'enroll',
				showing_number: i
			});
		}
		await drain();
		expect(batches).toEqual([]);
		state.url = url!;
		await drain();
		expect(batches.map((batch) => batch.events.length)).toEqual([20, 20, 5]);
		const order = sent().map((event) => event.type === 'prompt.shown' && event.showing_number);
		expect(order).toEqual(Array.from({ length: 45 }, (_, i) => i + 1));
	});

	test('goes by itself, after a while', async () => {
		signIn({ method: 'password' });
		await expect.poll(() => sent().length, { timeout: 5000 }).toBe(1);
	});

	test.each([408, 429, 500, 503])(
		'keeps what was answered with %i, under the same ids',
		async (status) => {
			statuses = [status];
			signIn({ method: 'password' });
			await drain();
			expect(state.queue).toHaveLength(1);
			await drain();
			expect(state.queue).toHaveLength(0);
			expect(batches[1]?.events).toEqual(batches[0]?.events);
			expect(state.failures).toBe(0);
		}
	);

	test.each([400, 401, 403, 413])('gives up what was answered with %i', async (status) => {
		statuses = [status];
		signIn({ method: 'password' });
		await drain();
		expect(state.queue).toHaveLength(0);
	});

	test('keeps what it could not send to a collector that is away', async () => {
		state.url = 'http://localhost:1/v1/events';
		signIn({ method: 'password' });
		await drain();
		expect(state.queue).toHaveLength(1);
	});

	test('is bounded: the oldest behind the first batch go first, and their number is told once', async () => {
		const { url } = state;
		delete state.url;
		for (let i = 0; i < QUEUE_SIZE + 7; i++) signIn({ method: 'password' });
		expect(state.queue).toHaveLength(QUEUE_SIZE);
		state.url = url!;
		await drain();
		expect(sent()).toHaveLength(QUEUE_SIZE);
		const counted = sent().filter(({ omitted }) => omitted);
		expect(counted.map(({ omitted }) => omitted)).toEqual([{ dropped_events: 7 }]);
	});

	test('tells a count with the same event again when the batch is sent again', async () => {
		statuses = [503];
		state.omitted = { sdk_errors: 2 };
		signIn({ method: 'password' });
		await drain();
		state.omitted = { sdk_errors: 1 };
		signIn({ method: 'password' });
		await drain();
		expect(batches[0]?.events.map(({ omitted }) => omitted)).toEqual([{ sdk_errors: 2 }]);
		expect(batches[1]?.events.map(({ omitted }) => omitted)).toEqual([
			{ sdk_errors: 2 },
			undefined
		]);
		signIn({ method: 'password' });
		await drain();
		expect(batches[2]?.events.map(({ omitted }) => omitted)).toEqual([{ sdk_errors: 1 }]);
	});

	test('waits as long as it is asked to, and a little more, so that not everybody comes at once', async () => {
		const asked = vi.spyOn(globalThis, 'setTimeout');
		statuses = [429, 503];
		headers = { 'retry-after': '120' };
		signIn({ method: 'password' });
		await drain();
		headers = {};
		await drain();
		const waits = asked.mock.calls.filter(([callback]) => callback === drain).map(([, ms]) => ms!);
		const [beforeAny, afterAsked, afterNone] = waits;
		expect(beforeAny).toBe(1000);
		expect(afterAsked).toBeGreaterThanOrEqual(120_000);
		expect(afterAsked).toBeLessThan(122_000);
		expect(afterNone).toBeGreaterThanOrEqual(2000);
		expect(afterNone).toBeLessThan(5000);
	});

	test('takes an answer that is not the collector’s for none: a captive portal acknowledges nothing', async () => {
		answer = '<!doctype html>';
		signIn({ method: 'password' });
		await drain();
		expect(state.queue).toHaveLength(1);
		answer = '{}';
		await drain();
		expect(sent()[0]).toEqual(sent()[1]);
		expect(state.queue).toHaveLength(0);
	});

	test('measures the skew of its clock by the answer, and tells it from then on', async () => {
		answer = JSON.stringify({ received_unix_ms: Date.now() + 3_600_000 });
		signIn({ method: 'password' });
		await drain();
		signIn({ method: 'password' });
		await drain();
		expect(batches[0]?.skew).toBeUndefined();
		expect(Math.abs(batches[1]!.skew! - 3_600_000)).toBeLessThan(60_000);
	});

	test('sends no reference without consent to be known, though it was made before', async () => {
		await identify('ada');
		signIn({ method: 'password' });
		state.consent = 'anonymous';
		await drain();
		expect(sent()).toHaveLength(1);
		expect(sent()[0]).not.toHaveProperty('user_ref');
		state.consent = 'full';
		signIn({ method: 'password' });
		await drain();
		expect(sent()[1]?.user_ref).toHaveLength(43);
	});
});

describe('what a site hands in wrong', () => {
	test.each<[what: string, call: () => unknown]>([
		['no options of a sign-in', () => signIn(undefined as never)],
		['no options of a prompt', () => prompt.shown(undefined as never)],
		['a place that is a number', () => prompt.shown({ purpose: 'enroll', placement: 7 as never })],
		['an id nobody gave out', () => prompt.accepted(undefined as never)],
		['a time that is none', () => signIn({ method: 'otp', elapsedMs: NaN })]
	])('%s never throws into the page, and what is sent is valid', async (_, call) => {
		expect(call).not.toThrow();
		signIn({ method: 'password' });
		await drain();
		expect(sent().at(-1)).toMatchObject({ method: 'password' });
	});
});
