import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { batchSchema, eventSchema, type PasslensEvent } from '../event/index.ts';
import { createVerdictSender, type VerdictSender } from './verdict-sender.ts';

const ceremonyId = '0197a1c2-7d10-7a3b-8f21-6b0a9c4e5d03';

let endpoint: string;
let close: () => Promise<unknown>;
let answers: { status: number; headers?: Record<string, string>; body?: object }[];
let received: PasslensEvent[][];
let headers: (string | undefined)[];
let problems: Error[];
let sender: VerdictSender;

/** A collector's front door over real HTTP: answers as told, then 202, and holds what it took to the contract. */
beforeEach(async () => {
	answers = [];
	received = [];
	headers = [];
	problems = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { context, events } = batchSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
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
afterEach(() => close());

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

	test('that cannot be made harms nobody', async () => {
		sender.revoked({ credentialId: '%%%', reason: 'lost' });
		await sender.flush();
		expect(problems).toHaveLength(1);
	});
});

describe('a collector that is away', () => {
	test.each([429, 500, 503])('answering %i gets the same events again', async (status) => {
		answers = [{ status, headers: { 'retry-after': '60' } }];
		sender.authentication({ ceremonyId, verified: true });
		await sender.flush();
		await sender.flush();
		expect(received).toHaveLength(2);
		expect(received[1]).toEqual(received[0]);
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
