import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import * as tracing from '@opentelemetry/sdk-trace';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createVerdictSender, type VerdictSender } from './verdict-sender.ts';

const ceremonyId = '0197a1c2-7d10-7a3b-8f21-6b0a9c4e5d03';
const exporter = new tracing.InMemorySpanExporter();
const sdk = new NodeSDK({
	spanProcessors: [new tracing.SimpleSpanProcessor({ exporter })],
	sampler: {
		shouldSample: (_context, _traceId, name) => ({ decision: name === 'unsampled' ? 0 : 2 }),
		toString: () => 'by name'
	}
});
const tracer = trace.getTracer('test');

let sent: { traceparent?: string; verified?: boolean }[] = [];
const server = createServer((request, response) => {
	void text(request).then((body) => {
		sent.push(...JSON.parse(body).events);
		response.writeHead(202).end('{}');
	});
});
let problems: Error[] = [];
let sender: VerdictSender;

beforeAll(async () => {
	sdk.start();
	await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
});
afterAll(async () => {
	server.closeAllConnections();
	server.close();
	await sdk.shutdown();
});
beforeEach(() => {
	exporter.reset();
	sent = [];
	problems = [];
	sender = createVerdictSender({
		endpoint: `http://localhost:${(server.address() as AddressInfo).port}`,
		serverKey: 'sk_test',
		trace,
		onProblem: (problem) => problems.push(problem)
	});
});

test('a verdict joins the span that is active, and the span tells the ceremony', async () => {
	await tracer.startActiveSpan('POST /verify', async (span) => {
		await null;
		sender.authentication({
			ceremonyId,
			userRef: 'ada',
			verified: false,
			reason: 'signature_invalid',
			credential: { credential_ref: 'r'.repeat(43), backup_state: false, transports: ['usb'] }
		});
		span.end();
	});
	await sender.flush();
	const [span] = exporter.getFinishedSpans();
	const { traceId, spanId } = span!.spanContext();
	expect(sent).toMatchObject([{ traceparent: `00-${traceId}-${spanId}-01` }]);
	const outcome = {
		'passlens.ceremony_id': ceremonyId,
		'passlens.ceremony_type': 'authentication',
		'passlens.verified': false,
		'passlens.reason': 'signature_invalid'
	};
	expect(span!.attributes).toEqual(outcome);
	expect(span!.events).toMatchObject([
		{
			name: 'passlens.ceremony.verdict',
			attributes: {
				...outcome,
				'error.type': 'signature_invalid',
				'passlens.credential.backup_state': false
			}
		}
	]);
	expect(JSON.stringify([span!.attributes, span!.events])).not.toMatch(/rrrr|ada/);
	expect(problems).toEqual([]);
});

test('a verdict that is given a traceparent keeps it', async () => {
	const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
	tracer.startActiveSpan('POST /verify', (span) => {
		sender.registration({ ceremonyId, verified: true, traceparent });
		span.end();
	});
	await sender.flush();
	expect(sent).toMatchObject([{ traceparent }]);
});

test('a span that is not recorded lends its ids and gets nothing', async () => {
	const context = tracer.startActiveSpan('unsampled', (span) => {
		sender.authentication({ ceremonyId, verified: true });
		span.end();
		return span.spanContext();
	});
	await sender.flush();
	expect(sent).toMatchObject([{ traceparent: `00-${context.traceId}-${context.spanId}-00` }]);
	expect(exporter.getFinishedSpans()).toEqual([]);
});

test('outside a span, or without OpenTelemetry, a verdict goes as it is', async () => {
	sender.authentication({ ceremonyId, verified: true });
	await sender.flush();
	expect(sent).toHaveLength(1);
	expect(sent[0]).not.toHaveProperty('traceparent');
});

test('a tracer that throws harms neither the sign-in nor the verdict', async () => {
	const broken = createVerdictSender({
		endpoint: `http://localhost:${(server.address() as AddressInfo).port}`,
		serverKey: 'sk_test',
		trace: {
			getActiveSpan: () => {
				throw new Error('no');
			}
		},
		onProblem: (problem) => problems.push(problem)
	});
	broken.authentication({ ceremonyId, verified: true });
	await broken.close();
	expect(sent).toMatchObject([{ verified: true }]);
	expect(problems.map(({ message }) => message)).toEqual(['The active span could not be used']);
});
