import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { batchSchema, eventSchema, type PasslensEvent } from '../event/index.ts';
import type { State } from './state.ts';

/** The SDK as a page loads it: new for each test, with all it remembers. */
async function loadSdk() {
	vi.resetModules();
	Reflect.deleteProperty(globalThis, Symbol.for('@passlens/sdk/1'));
	const modules = await Promise.all([
		import('./send.ts'),
		import('./record.ts'),
		import('./identify.ts'),
		import('../flows/index.ts')
	]);
	return Object.assign({}, ...modules) as (typeof modules)[0] &
		(typeof modules)[1] &
		(typeof modules)[2] &
		(typeof modules)[3];
}

let sdk: Awaited<ReturnType<typeof loadSdk>>;
let state: State;
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
	sdk = await loadSdk();
	({ state } = await import('./state.ts'));
	state.schedule = sdk.schedule;
	state.url = `http://localhost:${(server.address() as AddressInfo).port}/v1/events?key=pk_test`;
	close = () => {
		server.closeAllConnections();
		return new Promise((resolve) => server.close(resolve));
	};
});
afterEach(async () => {
	vi.restoreAllMocks();
	await close();
});

const sent = () => batches.flatMap((batch) => batch.events);

describe('the queue', () => {
	test('sends what is there in batches of twenty, in order', async () => {
		const { url } = state;
		delete state.url;
		for (let i = 1; i <= 45; i++) {
			sdk.record({
				type: 'prompt.shown',
				prompt_id: crypto.randomUUID(),
				purpose: 'enroll',
				showing_number: i
			});
		}
		await sdk.drain();
		expect(batches).toEqual([]);
		state.url = url!;
		await sdk.drain();
		expect(batches.map((batch) => batch.events.length)).toEqual([20, 20, 5]);
		const order = sent().map((event) => event.type === 'prompt.shown' && event.showing_number);
		expect(order).toEqual(Array.from({ length: 45 }, (_, i) => i + 1));
	});

	test('goes by itself, after a while', async () => {
		sdk.signIn({ method: 'password' });
		await expect.poll(() => sent().length, { timeout: 5000 }).toBe(1);
	});

	test.each([408, 429, 500, 503])(
		'keeps what was answered with %i, under the same ids',
		async (status) => {
			statuses = [status];
			sdk.signIn({ method: 'password' });
			await sdk.drain();
			expect(state.queue).toHaveLength(1);
			await sdk.drain();
			expect(state.queue).toHaveLength(0);
			expect(batches[1]?.events).toEqual(batches[0]?.events);
		}
	);

	test.each([400, 401, 403, 413])('gives up what was answered with %i', async (status) => {
		statuses = [status];
		sdk.signIn({ method: 'password' });
		await sdk.drain();
		expect(state.queue).toHaveLength(0);
	});

	test('keeps what it could not send to a collector that is away', async () => {
		state.url = 'http://localhost:1/v1/events';
		sdk.signIn({ method: 'password' });
		await sdk.drain();
		expect(state.queue).toHaveLength(1);
	});

	test('is bounded: the oldest behind the first batch go first, and their number is told once', async () => {
		const { url } = state;
		delete state.url;
		for (let i = 0; i < sdk.QUEUE_SIZE + 7; i++) sdk.signIn({ method: 'password' });
		expect(state.queue).toHaveLength(sdk.QUEUE_SIZE);
		state.url = url!;
		await sdk.drain();
		expect(sent()).toHaveLength(sdk.QUEUE_SIZE);
		const counted = sent().filter(({ omitted }) => omitted);
		expect(counted.map(({ omitted }) => omitted)).toEqual([{ dropped_events: 7 }]);
	});

	test('tells a count with the same event again when the batch is sent again', async () => {
		statuses = [503];
		state.omitted = { sdk_errors: 2 };
		sdk.signIn({ method: 'password' });
		await sdk.drain();
		state.omitted = { sdk_errors: 1 };
		sdk.signIn({ method: 'password' });
		await sdk.drain();
		expect(batches[0]?.events.map(({ omitted }) => omitted)).toEqual([{ sdk_errors: 2 }]);
		expect(batches[1]?.events.map(({ omitted }) => omitted)).toEqual([
			{ sdk_errors: 2 },
			undefined
		]);
		sdk.signIn({ method: 'password' });
		await sdk.drain();
		expect(batches[2]?.events.map(({ omitted }) => omitted)).toEqual([{ sdk_errors: 1 }]);
	});

	/** What `Retry-After` says, and the milliseconds until the next try at least, and at most. */
	test.each<[what: string, header: () => string | undefined, least: number, most: number]>([
		['seconds', () => '120', 120_000, 121_000],
		['a date', () => new Date(Date.now() + 300_000).toUTCString(), 298_000, 301_000],
		['a date that is over', () => 'Wed, 21 Oct 2015 07:28:00 GMT', 1000, 2000],
		['no time at all', () => 'soon', 1000, 2000],
		['nothing', () => undefined, 1000, 2000],
		['a year: an hour is the most', () => '31536000', 3_600_000, 3_601_000]
	])(
		'waits as long as Retry-After asks, and a little more so that not everybody comes at once: %s',
		async (_what, header, least, most) => {
			const asked = vi.spyOn(globalThis, 'setTimeout');
			statuses = [429];
			const given = header();
			headers = given ? { 'retry-after': given } : {};
			sdk.signIn({ method: 'password' });
			await sdk.drain();
			const waits = asked.mock.calls
				.filter(([callback]) => callback === sdk.drain)
				.map(([, ms]) => ms!);
			expect(waits[0]).toBe(1000);
			expect(waits[1]).toBeGreaterThanOrEqual(least);
			expect(waits[1]).toBeLessThanOrEqual(most);
		}
	);

	test('waits twice as long after each failure, a minute at most', async () => {
		const asked = vi.spyOn(globalThis, 'setTimeout');
		vi.spyOn(Math, 'random').mockReturnValue(0);
		statuses = Array(8).fill(503);
		sdk.signIn({ method: 'password' });
		for (let i = 0; i < 8; i++) await sdk.drain();
		const waits = asked.mock.calls
			.filter(([callback]) => callback === sdk.drain)
			.map(([, ms]) => ms);
		expect(waits.slice(1)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
	});

	test('takes an answer that is not the collector’s for none: a captive portal acknowledges nothing', async () => {
		answer = '<!doctype html>';
		sdk.signIn({ method: 'password' });
		await sdk.drain();
		expect(state.queue).toHaveLength(1);
		answer = '{}';
		await sdk.drain();
		expect(sent()[0]).toEqual(sent()[1]);
		expect(state.queue).toHaveLength(0);
	});

	test('measures the skew of its clock by the answer, and tells it from then on', async () => {
		answer = JSON.stringify({ received_unix_ms: Date.now() + 3_600_000 });
		sdk.signIn({ method: 'password' });
		await sdk.drain();
		sdk.signIn({ method: 'password' });
		await sdk.drain();
		expect(batches[0]?.skew).toBeUndefined();
		expect(Math.abs(batches[1]!.skew! - 3_600_000)).toBeLessThan(60_000);
	});

	test('sends no reference without consent to be known, though it was made before', async () => {
		await sdk.identify('ada');
		sdk.signIn({ method: 'password' });
		state.consent = 'anonymous';
		await sdk.drain();
		expect(sent()).toHaveLength(1);
		expect(sent()[0]).not.toHaveProperty('user_ref');
		state.consent = 'full';
		sdk.signIn({ method: 'password' });
		await sdk.drain();
		expect(sent()[1]?.user_ref).toHaveLength(43);
	});
});

describe('what a site hands in wrong', () => {
	test.each<[what: string, call: () => unknown]>([
		['no options of a sign-in', () => sdk.signIn(undefined as never)],
		['no options of a prompt', () => sdk.prompt.shown(undefined as never)],
		[
			'a place that is a number',
			() => sdk.prompt.shown({ purpose: 'enroll', placement: 7 as never })
		],
		['an id nobody gave out', () => sdk.prompt.accepted(undefined as never)],
		['a time that is none', () => sdk.signIn({ method: 'otp', elapsedMs: NaN })]
	])('%s never throws into the page, and what is sent is valid', async (_, call) => {
		expect(call).not.toThrow();
		sdk.signIn({ method: 'password' });
		await sdk.drain();
		expect(sent().at(-1)).toMatchObject({ method: 'password' });
	});
});
