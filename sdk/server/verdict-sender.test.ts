import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { batchSchema, eventSchema, type PasslensEvent } from '../event/index.ts';
import { createVerdictSender, type VerdictSender } from './verdict-sender.ts';

const ceremonyId = '0197a1c2-7d10-7a3b-8f21-6b0a9c4e5d03';

let endpoint: string;
let close: () => Promise<unknown>;
let answers: { status: number; headers?: Record<string, string>; body?: object }[];
let received: PasslensEvent[][];
let headers: (string | undefined)[];
let bodies: string[];
let problems: Error[];
let sender: VerdictSender;

/** A collector's front door over real HTTP: answers as told, then 202, and holds what it took to the contract. */
beforeEach(async () => {
	answers = [];
	received = [];
	headers = [];
	bodies = [];
	problems = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			bodies.push(Buffer.concat(chunks).toString());
			const { context, events } = batchSchema.parse(JSON.parse(bodies.at(-1)!));
			received.push(events.map((event) => eventSchema.parse({ ...context, ...(event as object) })));
			headers.push(request.headers.authorization);
			const answer = answers.shift() ?? { status: 202 };
			const body = answer.body ?? { accepted: events.length, refused: [], received_unix_ms: 1 };
			response.writeHead(answer.status, answer.headers).end(JSON.stringify(body));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
	endpoint = `http://localhost:${(server.address() as AddressInfo).port}/`;
	sender = createVerdictSender({
		endpoint,
		serverKey: 'sk_test',
		environment: 'staging',
		onProblem: (problem) => problems.push(problem)
	});
	close = () => {
		server.closeAllConnections();
		return new Promise((resolve) => server.close(resolve));
	};
});
afterEach(async () => {
	// A sender that still waits to try again would tell the next test of it.
	await sender.close();
	await close();
});

describe('a verdict', () => {
	test('arrives as the contract has it, with the key in the header and references one-way', async () => {
		sender.registration({ ceremonyId, userRef: 'ada', verified: true, attestationFormat: 'none' });
		sender.authentication({
			ceremonyId,
			verified: false,
			reason: 'challenge_mismatch',
			reasonDetail: 'Unexpected authentication response challenge "c2VjcmV0", expected "b3RoZXI"'
		});
		sender.revoked({ credentialId: 'AQID', userRef: 'ada', reason: 'user_removed' });
		await sender.flush();
		expect(headers).toEqual(['Bearer sk_test']);
		expect(received[0]).toMatchObject([
			{
				type: 'ceremony.verdict',
				ceremony_type: 'registration',
				ceremony_id: ceremonyId,
				verified: true,
				attestation_format: 'none',
				environment: 'staging'
			},
			{
				ceremony_type: 'authentication',
				verified: false,
				reason: 'challenge_mismatch',
				reason_detail: 'Unexpected authentication response challenge <value>, expected <value>'
			},
			{ type: 'credential.revoked', reason: 'user_removed' }
		]);
		expect(JSON.stringify(received)).not.toMatch(/"ada"|AQID|c2VjcmV0/);
		expect(problems).toEqual([]);
	});

	test('is sent by itself soon after', async () => {
		sender.authentication({ ceremonyId, verified: true });
		await expect.poll(() => received.length).toBe(1);
	});

	test.each([undefined, '', 'nonsense', '3f0e8c1a-2b4d-4e6f-8a9b-0c1d2e3f4a5b'])(
		'without a usable ceremony id (%s) is not sent, and said',
		async (ceremonyId) => {
			sender.authentication({ ceremonyId, verified: true });
			await sender.flush();
			expect(received).toEqual([]);
			expect(problems).toHaveLength(1);
		}
	);

	const circle: Record<string, unknown> = { credential_ref: 'x'.repeat(43) };
	circle.transports = [circle];
	test.each<[string, (sender: VerdictSender) => void]>([
		[
			'a credential id that is no base64url',
			(it) => it.revoked({ credentialId: '%', reason: 'lost' })
		],
		['nothing at all', (it) => it.authentication(undefined as never)],
		['nothing at all, revoked', (it) => it.revoked(null as never)],
		[
			'what JSON cannot write',
			(it) => it.registration({ ceremonyId, verified: true, credential: circle as never })
		],
		[
			'more than an event may hold',
			(it) =>
				it.registration({
					ceremonyId,
					verified: true,
					credential: { credential_ref: 'x'.repeat(43), transports: ['x'.repeat(5000)] }
				})
		]
	])('that cannot be made harms nobody, nor the next one: %s', async (_title, report) => {
		report(sender);
		expect(problems).toHaveLength(1);
		sender.authentication({ ceremonyId, verified: true });
		await sender.flush();
		expect(received.flat()).toHaveLength(1);
	});

	test('keeps a library’s own credential object at home', async () => {
		const library = { id: 'c2VjcmV0', publicKey: new Uint8Array(70), backup_state: true };
		sender.registration({
			ceremonyId,
			verified: true,
			credential: { credential_ref: 'x'.repeat(43), ...library }
		});
		await sender.flush();
		expect(received[0]).toMatchObject([{ credential: { backup_state: true } }]);
		expect(bodies.join()).not.toMatch(/publicKey|c2VjcmV0/);
	});
});

describe('a collector that is away', () => {
	test.each([408, 429, 500, 503])('answering %i gets the same events again', async (status) => {
		answers = [{ status, headers: { 'retry-after': '60' } }];
		sender.authentication({ ceremonyId, verified: true });
		await sender.flush();
		await sender.flush();
		expect(received).toHaveLength(2);
		expect(received[1]).toEqual(received[0]);
	});

	test.each([
		{ meaning: 'seconds', header: () => '120', least: 120_000, most: 121_000 },
		{
			meaning: 'an HTTP date',
			header: () => new Date(Date.now() + 300_000).toUTCString(),
			least: 298_000,
			most: 301_000
		},
		{
			meaning: 'a year: an hour is the most',
			header: () => '31536000',
			least: 3.6e6,
			most: 3.601e6
		},
		{ meaning: 'nothing it knows: its own backoff', header: () => 'soon', least: 500, most: 1000 }
	])('and naming a time as $meaning is asked again then', async ({ header, least, most }) => {
		const planned = vi.spyOn(globalThis, 'setTimeout');
		answers = [{ status: 429, headers: { 'retry-after': header() } }];
		sender.authentication({ ceremonyId, verified: true });
		planned.mockClear();
		await sender.flush();
		const waits = planned.mock.calls.map(([, wait = 0]) => wait);
		planned.mockRestore();
		expect(waits.filter((wait) => wait >= least && wait <= most)).toHaveLength(1);
	});

	test('is tried again by itself', async () => {
		answers = [{ status: 503 }];
		sender.authentication({ ceremonyId, verified: true });
		await sender.flush();
		await expect.poll(() => received.length, { timeout: 5000 }).toBe(2);
	});

	test.each([400, 401, 403, 413])('answering %i is not asked again', async (status) => {
		answers = [{ status, body: { title: 'No' } }];
		sender.authentication({ ceremonyId, verified: true });
		await sender.flush();
		await sender.flush();
		expect(received).toHaveLength(1);
		expect(problems[0]?.message).toContain(String(status));
	});

	test('altogether costs memory for 1000 events and no more, and the loss is told once it is back', async () => {
		const { port } = new URL(endpoint);
		await close();
		for (let i = 0; i < 1001; i++) sender.authentication({ ceremonyId, verified: true });
		await sender.flush();
		expect(problems.map((problem) => problem.message)).toEqual([
			'The queue is full: 1 event(s) dropped',
			'The collector could not be reached'
		]);
		const bodies: string[] = [];
		const server = createServer((request, response) => {
			request.setEncoding('utf8').on('data', (chunk) => bodies.push(chunk));
			request.on('end', () => response.writeHead(202).end('{}'));
		});
		await new Promise<void>((resolve) => server.listen(Number(port), 'localhost', resolve));
		close = () => new Promise((resolve) => server.close(resolve));
		await sender.close();
		const batches = bodies
			.join('')
			.split(/(?=\{"schema_version")/)
			.map((body) => batchSchema.parse(JSON.parse(body)));
		expect(batches.flatMap((batch) => batch.events)).toHaveLength(1000);
		expect(batches.map((batch) => batch.dropped_events ?? 0).reduce((a, b) => a + b)).toBe(1);
	});
});

test('a refused event is said with its field and reason', async () => {
	const refusal = { index: 0, field: 'user_ref', code: 'invalid', reason: 'must be a hash' };
	answers = [{ status: 202, body: { accepted: 0, refused: [refusal], received_unix_ms: 1 } }];
	sender.authentication({ ceremonyId, verified: true });
	await sender.flush();
	expect(problems[0]?.message).toContain('user_ref: must be a hash');
});

test('closing sends what is left and takes no more', async () => {
	sender.authentication({ ceremonyId, verified: true });
	await sender.close();
	sender.authentication({ ceremonyId, verified: true });
	await sender.flush();
	expect(received).toHaveLength(1);
	expect(problems).toHaveLength(1);
});

test.each([
	{ endpoint: undefined as never, serverKey: 'sk_test' },
	{ endpoint: 'passlens.example.com', serverKey: 'sk_test' },
	{ endpoint: 'file:///etc', serverKey: 'sk_test' },
	{ endpoint: 'https://passlens.example.com', serverKey: undefined as never }
])('a set-up that cannot work is said, and breaks nothing: %o', async (setUp) => {
	const unusable = createVerdictSender({ ...setUp, onProblem: (it) => problems.push(it) });
	unusable.authentication({ ceremonyId, verified: true });
	await unusable.close();
	expect(problems.map(({ message }) => message)).toEqual([
		'Nothing will be sent: the sender’s endpoint or key is unusable',
		'The sender has no endpoint: an event was dropped'
	]);
});

test('a site log that throws harms nobody', async () => {
	const careless = createVerdictSender({
		endpoint,
		serverKey: 'sk_test',
		onProblem: () => {
			throw new Error('no');
		}
	});
	expect(() => careless.authentication({ ceremonyId: undefined, verified: true })).not.toThrow();
	await careless.close();
});
