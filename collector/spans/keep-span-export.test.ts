import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readSpanPosition, rewindSpanPosition } from '../../settings/span-export.ts';
import { startCollector, type Collector } from '../start-collector.ts';
import {
	createSender,
	ref,
	startTestCollector,
	uuidV7,
	type TestCollector
} from '../testing/harness.ts';
import type { SpanExport } from './read-span-export.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PAGE_SPAN = '00f067aa0ba902b7';
const SERVER_SPAN = 'b7ad6b7169203331';

interface Told {
	traceId: string;
	spanId: string;
	parentSpanId?: string;
	name: string;
	startTimeUnixNano: string;
	endTimeUnixNano: string;
	attributes: { key: string; value: Record<string, unknown> }[];
	events: { name: string }[];
	status: { code: number; message?: string };
}

const told: Told[] = [];
const bodies: string[] = [];
let headers: IncomingHttpHeaders = {};
let status = 200;
let asked = 0;
const endpoint = createServer((request, response) => {
	void text(request).then((body) => {
		asked++;
		headers = request.headers;
		bodies.push(body);
		if (status === 200)
			told.push(
				...JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: Told[] }[] }) =>
					resource.scopeSpans.flatMap(({ spans }) => spans)
				)
			);
		response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
	});
});

let collector: TestCollector;
let again: Collector | undefined;
let spanExport: SpanExport;
beforeAll(async () => {
	await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
	spanExport = {
		endpoint: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/v1/traces`,
		headers: { authorization: 'Bearer of-the-operator' },
		projects: ['shop'],
		// A busy machine stores a segment late: it must not be later than this.
		settledAfterMs: 3_000
	};
	collector = await startTestCollector({ spanExport });
});
afterAll(async () => {
	await again?.close();
	await collector?.close();
	endpoint.closeAllConnections();
	endpoint.close();
});

const tellsOf = (id: string) =>
	told.filter(({ attributes }) =>
		attributes.some(({ key, value }) => key === 'passlens.ceremony_id' && value.stringValue === id)
	);
const attribute = (span: Told, name: string) =>
	Object.values(span.attributes.find(({ key }) => key === name)?.value ?? {})[0];
const traced = (span: string) => ({ traceparent: `00-${TRACE}-${span}-01` });

/** The parts of a ceremony; what ends otherwise is given. */
function parts({ id = uuidV7(), ...end }: { id?: string } & Record<string, unknown> = {}) {
	const now = Date.now();
	const about = { ceremony_id: id, ceremony_type: 'authentication', user_ref: ref() };
	const request = { mediation: 'optional', rp_id: 'shop.example', user_verification: 'required' };
	return {
		id,
		started: {
			...{ ...about, ...traced(PAGE_SPAN), id: uuidV7(), type: 'ceremony.started', request },
			time_unix_ms: now - 2_000
		},
		finished: {
			...{ ...about, ...traced(PAGE_SPAN), id: uuidV7(), type: 'ceremony.finished', request },
			...{ time_unix_ms: now - 500, elapsed_ms: 1_500, outcome: 'succeeded' },
			evidence: { blurred: true, blurred_after_ms: 200 },
			...(end.outcome === undefined && { credential: { backup_eligible: true } }),
			...end
		},
		verdict: {
			...{ ...about, ...traced(SERVER_SPAN), id: uuidV7(), type: 'ceremony.verdict' },
			...{ time_unix_ms: now - 400, verified: true }
		}
	};
}
const cancelled = {
	outcome: 'error',
	error: { name: 'NotAllowedError', signature: 'This request has been cancelled by the user.' }
};

test('a settled ceremony is told once, in the page’s span, with its steps and nothing of the person', async () => {
	const credential = { credential_ref: ref(), backup_eligible: true, backup_state: true };
	const { id, started, finished, verdict } = parts({ credential });
	const answer = await collector.send([started, finished]);
	expect(await answer.json()).toMatchObject({ accepted: 2 });
	await collector.send([verdict], { as: 'server' });
	await expect.poll(() => tellsOf(id).length, { timeout: 40_000 }).toBe(1);
	const [span] = tellsOf(id);
	expect(span).toMatchObject({
		...{ name: 'webauthn authentication', traceId: TRACE, parentSpanId: PAGE_SPAN },
		startTimeUnixNano: `${started.time_unix_ms}000000`,
		endTimeUnixNano: `${finished.time_unix_ms}000000`,
		status: { code: 1 }
	});
	expect(span!.events.map(({ name }) => name)).toEqual([
		...['passlens.dialog_opened', 'passlens.finished', 'passlens.verdict']
	]);
	expect(attribute(span!, 'passlens.outcome')).toBe('succeeded');
	expect(attribute(span!, 'webauthn.backup_eligible')).toBe(true);
	expect(attribute(span!, 'webauthn.mediation')).toBe('optional');
	expect(headers.authorization).toBe('Bearer of-the-operator');
	const [{ user, key }] = (await collector.query<{ user: string; key: string }>(
		`SELECT lower(hex(user_hash)) AS user, lower(hex(credential_hash)) AS key FROM ceremonies_v1 WHERE ceremony_id = '${id}'`
	)) as [{ user: string; key: string }];
	for (const secret of [
		started.user_ref,
		credential.credential_ref,
		user,
		key,
		BigInt(`0x${user}`).toString()
	])
		expect(bodies.join()).not.toContain(secret);
	// Rounds go on, and it stays told once.
	await sleep(4_000);
	expect(tellsOf(id)).toHaveLength(1);
});

test('a verdict that comes when it was told already tells it again, under the same ids and as such', async () => {
	const { id, started, finished, verdict } = parts();
	await collector.send([started, finished]);
	await expect.poll(() => tellsOf(id).length, { timeout: 40_000 }).toBe(1);
	await collector.send([{ ...verdict, verified: false, reason: 'signature_invalid' }], {
		as: 'server'
	});
	await expect.poll(() => tellsOf(id).length, { timeout: 40_000 }).toBe(2);
	const [first, second] = tellsOf(id) as [Told, Told];
	expect(second).toMatchObject({ traceId: first.traceId, spanId: first.spanId });
	expect(attribute(first, 'passlens.told_before')).toBeUndefined();
	expect(attribute(second, 'passlens.told_before')).toBe(true);
	expect([first.status.code, second.status]).toEqual([
		1,
		{ code: 2, message: 'signature_invalid' }
	]);
});

test('what the endpoint does not take is told once it does; a cancel is no error', async () => {
	status = 400;
	const before = asked;
	const { id, started, finished } = parts(cancelled);
	await collector.send([started, finished]);
	await expect.poll(() => asked, { timeout: 40_000 }).toBeGreaterThan(before);
	expect(tellsOf(id)).toEqual([]);
	status = 200;
	await expect.poll(() => tellsOf(id).length, { timeout: 60_000 }).toBe(1);
	const [span] = tellsOf(id);
	expect(attribute(span!, 'passlens.outcome')).toBe('cancelled');
	expect(attribute(span!, 'error.type')).toBe('NotAllowedError');
	expect(span!.status.code).toBe(0);
	expect(collector.log.join()).toContain('could not be told to the tracing system; they will be');
});

test('without a trace it has one of its own; what only the server knows stands in the server’s span', async () => {
	const { started, finished } = parts();
	const [bare, known] = [parts(), parts()];
	const plain = [started, finished].map((event) => ({
		...event,
		ceremony_id: bare.id,
		traceparent: undefined
	}));
	await collector.send(plain);
	await collector.send([known.verdict], { as: 'server' });
	await expect
		.poll(() => [tellsOf(bare.id).length, tellsOf(known.id).length], { timeout: 40_000 })
		.toEqual([1, 1]);
	expect(tellsOf(bare.id)[0]).toMatchObject({ traceId: bare.id.replaceAll('-', '') });
	expect(tellsOf(bare.id)[0]!.parentSpanId ?? '').toBe('');
	expect(tellsOf(known.id)[0]).toMatchObject({ traceId: TRACE, parentSpanId: SERVER_SPAN });
});

test('what became visible late is told all the same', async () => {
	const { id, started, finished } = parts();
	await collector.send([started, finished]);
	await expect.poll(() => tellsOf(id).length, { timeout: 40_000 }).toBe(1);
	// As a segment that waited for the database does it, once it is stored.
	await rewindSpanPosition(collector.settings, Date.now() - 60_000);
	await expect.poll(() => tellsOf(id).length, { timeout: 40_000 }).toBe(2);
});

test('a restart goes on where it was: what came meanwhile is told, what was told is not', async () => {
	const { id, started, finished } = parts();
	await collector.send([started, finished]);
	await collector.stop();
	const before = told.length;
	expect(tellsOf(id)).toEqual([]);
	const { dataDir, database, settings } = collector;
	again = await startCollector({
		...{ port: 0, dataDir, database, settings, flushIntervalMs: 100, spanExport },
		log: () => undefined
	});
	await expect.poll(() => tellsOf(id).length, { timeout: 40_000 }).toBe(1);
	const next = parts();
	await createSender({ ...collector, url: again.url })([next.started, next.finished]);
	await expect.poll(() => tellsOf(next.id).length, { timeout: 40_000 }).toBe(1);
	expect(told.length).toBe(before + 2);
});

test('after days without an endpoint it goes on with the last one', async () => {
	const days = 86_400_000;
	await rewindSpanPosition(collector.settings, Date.now() - 30 * days);
	await expect
		.poll(async () => (await readSpanPosition(collector.settings, 0)).at, { timeout: 40_000 })
		.toBeGreaterThan(Date.now() - 2 * days);
});
