import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../sdk/event/index.ts';
import {
	batchOf,
	ORIGIN,
	startTestCollector,
	uuidV7,
	type TestCollector
} from './testing/harness.ts';

let collector: TestCollector;
beforeAll(async () => {
	collector = await startTestCollector({ rateLimits: { perSecond: 1 }, requestTimeoutMs: 1_000 });
});
afterAll(() => collector.close());

/** A quarter of a megabyte that would be two hundred. */
const BOMB = gzipSync(Buffer.alloc(200 * 1024 ** 2));

const batch = () =>
	JSON.stringify(
		batchOf([
			{ id: uuidV7(), type: 'client.capabilities', time_unix_ms: Date.now(), webauthn: true }
		])
	);
const post = (key: string, body: BodyInit = batch()) =>
	fetch(`${collector.url}/v1/events?key=${key}`, {
		method: 'POST',
		headers: { 'content-type': 'text/plain', origin: ORIGIN },
		body
	});

/** What comes back on a bare connection that sends only this and waits. */
function converse(sent: string): Promise<string> {
	const socket = connect(Number(new URL(collector.url).port), '127.0.0.1');
	socket.write(sent);
	return text(socket);
}

describe('a project that sends more than its share', () => {
	test('is asked to wait, in words a page of its origin can read, and taken again later', async () => {
		const answers = await Promise.all(Array.from({ length: 6 }, () => post(collector.ingestKey)));
		const statuses = answers.map(({ status }) => status);
		expect(statuses.filter((status) => status === 202).length).toBeGreaterThanOrEqual(2);
		const limited = answers.find(({ status }) => status === 429)!;
		expect(Object.fromEntries(limited.headers)).toMatchObject({
			'content-type': 'application/problem+json',
			'retry-after': '1',
			'access-control-allow-origin': ORIGIN,
			'access-control-expose-headers': 'retry-after'
		});
		expect(await limited.json()).toMatchObject({ status: 429, title: 'Too many requests' });
		await expect
			.poll(async () => (await post(collector.ingestKey)).status, {
				timeout: 20_000,
				interval: 500
			})
			.toBe(202);
	});

	test('does not use up the share of strangers, who are told apart first', async () => {
		expect((await post('pk_nobody')).status).toBe(401);
	});
});

describe('a client that is slow', () => {
	const head = 'POST /v1/events HTTP/1.1\r\nhost: localhost\r\n';
	test('with its headers is told that time ran out', async () => {
		expect(await converse(head)).toMatch(/^HTTP\/1\.1 408 /);
	});

	test('with its body, too', async () => {
		const key = `authorization: Bearer ${collector.serverKey}\r\n`;
		const sent = `${head}${key}content-type: text/plain\r\ncontent-length: 1000\r\n\r\n{`;
		// The project's share comes back with time: until then it is told so at once.
		await expect
			.poll(() => converse(sent), { timeout: 20_000, interval: 1_000 })
			.toMatch(/^HTTP\/1\.1 408 /);
	});
});

test('headers larger than any browser sends are refused', async () => {
	const sent = `GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`;
	expect(await converse(sent)).toMatch(/^HTTP\/1\.1 431 /);
});

test('a body forty times too large is answered, not cut off', async () => {
	await expect
		.poll(
			async () => (await post(collector.ingestKey, 'x'.repeat(LIMITS.batch_bytes * 40))).status,
			{ timeout: 20_000, interval: 1_000 }
		)
		.toBe(413);
});

test('a sender that is still uploading a bomb reads its 413, and only then is the connection ended', async () => {
	const rest = Buffer.alloc(8 * 1024 ** 2, 'x');
	await expect
		.poll(
			async () => {
				const socket = connect(Number(new URL(collector.url).port), '127.0.0.1');
				const told = text(socket);
				socket.write(
					`POST /v1/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${collector.serverKey}\r\n` +
						`content-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: ${BOMB.length + rest.length}\r\n\r\n`
				);
				socket.write(BOMB);
				socket.write(rest);
				return told;
			},
			{ timeout: 20_000, interval: 1_000 }
		)
		.toMatch(/^HTTP\/1\.1 413 [^]*connection: close[^]*body_too_large/i);
});

test('the log names no key', () => {
	const log = collector.log.join('\n');
	expect(log).not.toContain(collector.ingestKey);
	expect(log).not.toContain(collector.serverKey);
});
