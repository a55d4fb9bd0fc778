import { type SpanContext, context, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { userReference } from '../../sdk/common/references.ts';
import { EXAMPLES, FAILED_CEREMONY_EXAMPLE } from '../../sdk/event/examples.ts';
import { ORIGIN, ref, startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { readLogsMessage, writeLogsResponse, writeStatus } from './protobuf.ts';

let collector: TestCollector;
beforeAll(async () => {
	collector = await startTestCollector();
});
afterAll(() => collector.close());

/** An event's fields as attributes by dotted name; what is no flat value stays as it is. */
function flatten(fields: object, prefix = ''): Record<string, unknown> {
	return Object.assign(
		{},
		...Object.entries(fields).map(([key, value]) =>
			typeof value === 'object' && value !== null && !Array.isArray(value)
				? flatten(value, `${prefix}${key}.`)
				: { [prefix + key]: value as unknown }
		)
	);
}

const asAnyValue = (value: unknown): object => {
	if (typeof value === 'string') return { stringValue: value };
	if (typeof value === 'boolean') return { boolValue: value };
	if (Array.isArray(value)) return { arrayValue: { values: value.map(asAnyValue) } };
	if (typeof value === 'object')
		return { kvlistValue: { values: asPairs(value as Record<string, unknown>) } };
	return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
};
const asPairs = (fields: Record<string, unknown>) =>
	Object.entries(fields).map(([key, value]) => ({ key, value: asAnyValue(value) }));

interface Written {
	name?: string;
	nanoseconds?: string;
	attributes?: Record<string, unknown>;
	fields?: object;
}
const record = ({
	name = 'passlens.signin.finished',
	nanoseconds = `${Date.now()}000000`,
	attributes = { method: 'passkey', outcome: 'succeeded' },
	fields = {}
}: Written) => ({
	timeUnixNano: nanoseconds,
	eventName: name,
	attributes: asPairs(attributes),
	...fields
});
const requestOf = (records: object[], resource: Record<string, unknown> = {}) => ({
	resourceLogs: [
		{ resource: { attributes: asPairs(resource) }, scopeLogs: [{ logRecords: records }] }
	]
});

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
	fetch(`${collector.url}/v1/logs`, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			authorization: `Bearer ${collector.serverKey}`,
			...headers
		},
		body
	});
const postJson = (value: object, headers?: Record<string, string>) =>
	post(JSON.stringify(value), headers);

async function rowsOf(application: string) {
	await collector.stored();
	return collector.query<Record<string, unknown>>(
		`SELECT * FROM events_raw_v1 FINAL WHERE application = '${application}' ORDER BY occurred_at, event_id`
	);
}

describe.each([
	['JSON', JsonExporter],
	['protobuf', ProtobufExporter]
])('an OpenTelemetry SDK that exports by %s', (encoding, Exporter) => {
	const application = `otel-${encoding.toLowerCase()}`;
	const ceremony_id = uuidV7();
	const credential_ref = ref();
	const span: SpanContext = {
		traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
		spanId: '00f067aa0ba902b7',
		traceFlags: TraceFlags.SAMPLED
	};

	beforeAll(async () => {
		const provider = new LoggerProvider({
			resource: resourceFromAttributes({
				'service.name': application,
				'service.version': '4.2.0',
				'deployment.environment.name': 'Staging',
				'host.name': 'web-17'
			}),
			processors: [
				new BatchLogRecordProcessor({
					exporter: new Exporter({
						url: `${collector.url}/v1/logs`,
						headers: { authorization: `Bearer ${collector.serverKey}` }
					})
				})
			]
		});
		const logger = provider.getLogger('shop-login', '1.2.3');
		const inSpan = trace.setSpanContext(context.active(), span);
		logger.emit({
			eventName: 'passlens.ceremony.verdict',
			timestamp: Date.now(),
			body: 'Welcome back, alice@example.com',
			context: inSpan,
			attributes: {
				ceremony_id,
				ceremony_type: 'authentication',
				verified: true,
				'credential.credential_ref': credential_ref,
				'credential.backup_eligible': true,
				'user.id': 'alice@example.com',
				'user.email': 'alice@example.com',
				'tags.team.name': 'identity'
			}
		});
		logger.emit({
			eventName: 'passlens.ceremony.finished',
			timestamp: Date.now(),
			attributes: {
				ceremony_id,
				ceremony_type: 'authentication',
				'user_agent.original':
					'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36',
				request: { mediation: 'optional', allow_count: 2, allow_transports: ['internal', 'usb'] },
				outcome: 'error',
				elapsed_ms: 61,
				'error.name': 'InvalidStateError'
			}
		});
		await provider.shutdown();
	});

	test('has its records stored as events, with the resource as their context', async () => {
		const rows = await rowsOf(application);
		expect(rows).toHaveLength(2);
		expect(rows).toEqual(
			expect.arrayContaining([
				expect.objectContaining({
					event_type: 'ceremony.verdict',
					ceremony_id,
					verified: true,
					backup_eligible: true,
					environment: 'staging',
					release: '4.2.0',
					sdk_name: 'shop-login',
					sdk_version: '1.2.3',
					tags: { 'team.name': 'identity' },
					trace_id: span.traceId,
					span_id: span.spanId
				}),
				expect.objectContaining({
					event_type: 'ceremony.finished',
					ceremony_id,
					os_name: 'Windows',
					browser_version: '147',
					allow_count: 2,
					allow_transports: ['internal', 'usb'],
					elapsed_ms: 61,
					cause: 'authenticator_error'
				})
			])
		);
	});

	test('has a user id hashed on arrival, the same as a page hashes it', async () => {
		const rows = await rowsOf(application);
		await collector.send([
			{
				...EXAMPLES['signin.finished'],
				id: uuidV7(),
				application: `${application}-page`,
				user_ref: userReference('alice@example.com')
			}
		]);
		const [fromPage] = await rowsOf(`${application}-page`);
		expect(fromPage!.user_hash).not.toBe('0');
		expect(rows.map(({ user_hash }) => user_hash)).toContain(fromPage!.user_hash);
		expect(JSON.stringify(rows)).not.toMatch(/alice|web-17/);
	});
});

test('every example of the contract makes the same row as by its own protocol', async () => {
	const time_unix_ms = Date.now();
	const examples = [...Object.values(EXAMPLES), FAILED_CEREMONY_EXAMPLE];
	const own = await collector.send(
		examples.map((event) => ({ ...event, id: uuidV7(), time_unix_ms, application: 'own' })),
		{ as: 'server', envelope: { sent_unix_ms: time_unix_ms } }
	);
	expect(await own.json()).toMatchObject({ accepted: examples.length });
	const response = await postJson(
		requestOf(
			examples.map(({ type, ...fields }) =>
				record({
					name: `passlens.${type}`,
					nanoseconds: `${time_unix_ms}000000`,
					attributes: { ...flatten({ ...fields, id: uuidV7() }), application: 'logs' }
				})
			)
		)
	);
	expect(await response.json()).toEqual({});
	// What differs on purpose: two ids, two moments of arrival, two senders.
	const apart = [
		'event_id',
		'application',
		'received_at',
		'clock_skew_ms',
		'sdk_name',
		'sdk_version'
	];
	const comparable = (rows: Record<string, unknown>[]) =>
		rows
			.map((row) => JSON.stringify(row, (key, value) => (apart.includes(key) ? '' : value)))
			.sort();
	const logs = comparable(await rowsOf('logs'));
	expect(logs).toHaveLength(examples.length);
	expect(logs).toEqual(comparable(await rowsOf('own')));
});

test('the example of the published document is taken', async () => {
	const document = JSON.parse(
		await readFile(join(import.meta.dirname, '../../sdk/event/openapi.json'), 'utf8')
	);
	const { examples } = document.paths['/v1/logs'].post.requestBody.content['application/json'];
	const response = await postJson(examples['signin.finished'].value);
	expect([response.status, await response.json()]).toEqual([200, {}]);
});

describe('a record without an id', () => {
	test('counts once however often it is sent, and two different ones count twice', async () => {
		const nanoseconds = `${Date.now()}000001`;
		const one = record({ nanoseconds });
		const other = record({ nanoseconds, attributes: { method: 'password', outcome: 'failed' } });
		for (let sent = 0; sent < 3; sent++)
			await postJson(requestOf([one, other], { 'service.name': 'Twice & Again' }));
		const rows = await rowsOf('twice---again');
		expect(rows.map(({ signin_method }) => signin_method).sort()).toEqual(['passkey', 'password']);
	});

	test('keeps the one in log.record.uid', async () => {
		const uid = uuidV7();
		const attributes = { method: 'otp', outcome: 'succeeded', 'log.record.uid': uid };
		await postJson(requestOf([record({ attributes })], { 'service.name': 'uid' }));
		expect(await rowsOf('uid')).toMatchObject([{ event_id: uid }]);
	});
});

describe('a request is taken in part', () => {
	const mixed = requestOf([
		record({}),
		record({ name: 'http.request' }),
		record({ attributes: { method: 'telepathy', outcome: 'succeeded' } }),
		record({ nanoseconds: '0' }),
		record({ attributes: { method: 'passkey', outcome: 'succeeded', user_ref: 'alice' } })
	]);

	test('and the answer says how many were not, where and why', async () => {
		const response = await postJson(mixed);
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toBe('application/json');
		const { partialSuccess } = await response.json();
		expect(partialSuccess.rejectedLogRecords).toBe('4');
		expect(partialSuccess.errorMessage).toMatch(/^4 of 5 log records were not taken/);
		for (const part of [
			'record 1, eventName: must be "passlens." followed by',
			'record 2, method: must be one of: passkey, password',
			'record 3, timeUnixNano: must be',
			'record 4, user_ref: must be a base64url SHA-256'
		])
			expect(partialSuccess.errorMessage).toContain(part);
		expect(partialSuccess.errorMessage).not.toContain('alice');
	});

	test('a verdict with a public key is one of those that are not', async () => {
		const verdict = record({
			name: 'passlens.ceremony.verdict',
			attributes: { ceremony_id: uuidV7(), ceremony_type: 'authentication', verified: true }
		});
		const headers = { authorization: `Bearer ${collector.ingestKey}`, origin: ORIGIN };
		const response = await postJson(requestOf([verdict]), headers);
		expect(response.status).toBe(200);
		expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
		expect((await response.json()).partialSuccess).toMatchObject({
			rejectedLogRecords: '1',
			errorMessage: expect.stringContaining('server key')
		});
	});
});

describe('a request that cannot be read is refused', () => {
	test.each<[what: string, body: () => BodyInit, headers: object, status: number, code: string]>([
		['no JSON', () => '{', {}, 400, 'json_malformed'],
		['another shape', () => '{"resourceLogs":[{"scopeLogs":7}]}', {}, 400, 'logs_invalid'],
		['no key', () => '{}', { authorization: '' }, 401, 'key_missing'],
		[
			'not a type of OTLP',
			() => '{}',
			{ 'content-type': 'text/plain' },
			415,
			'content_type_unsupported'
		],
		['five megabytes', () => ' '.repeat(5e6), {}, 413, 'body_too_large'],
		[
			'a small body that inflates to five megabytes',
			() => gzipSync(Buffer.alloc(5e6)),
			{ 'content-encoding': 'gzip' },
			413,
			'body_too_large'
		],
		[
			'more records than one request may carry',
			() => JSON.stringify(requestOf(Array.from({ length: 10_001 }, () => ({})))),
			{},
			413,
			'too_many_records'
		]
	])('%s', async (_what, body, headers, status, code) => {
		const response = await post(body(), { ...headers });
		expect(response.status).toBe(status);
		expect(response.headers.get('content-type')).toBe('application/json');
		expect(await response.json()).toMatchObject({
			type: `urn:passlens:problem:${code}`,
			status,
			code: expect.any(Number),
			message: expect.any(String)
		});
	});

	test('with the path of what is wrong', async () => {
		const bad = { ...record({}), attributes: [{ key: 7 }] };
		const answer = await (await postJson(requestOf([bad]))).json();
		expect(answer.errors).toEqual([
			{
				index: -1,
				field: 'resourceLogs.0.scopeLogs.0.logRecords.0.attributes.0.key',
				code: 'invalid_type',
				reason: 'must be a string'
			}
		]);
	});

	test('a sender of protobuf gets a Status', async () => {
		const response = await post(Buffer.from([0xff, 0xff, 0xff]), {
			'content-type': 'application/x-protobuf'
		});
		expect(response.status).toBe(400);
		expect(response.headers.get('content-type')).toBe('application/x-protobuf');
		const expected = writeStatus({
			code: 3,
			message: 'The body is no ExportLogsServiceRequest of OTLP in binary protobuf.'
		});
		expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(expected));
	});
});

test('an empty request is taken, in both encodings', async () => {
	expect(await (await postJson({})).json()).toEqual({});
	const response = await post('', { 'content-type': 'application/x-protobuf' });
	expect(response.status).toBe(200);
	expect((await response.arrayBuffer()).byteLength).toBe(0);
});

test('gzip is read', async () => {
	const body = gzipSync(JSON.stringify(requestOf([record({})], { 'service.name': 'packed' })));
	expect((await post(body, { 'content-encoding': 'gzip' })).status).toBe(200);
	expect(await rowsOf('packed')).toHaveLength(1);
});

describe('bytes of protobuf', () => {
	test('of a partial success are the ones of the specification', () => {
		// Field 1 (message): field 1 (varint) 3, field 2 (text) "no".
		expect([...writeLogsResponse({ rejectedLogRecords: 3, errorMessage: 'no' })]).toEqual([
			0x0a, 6, 0x08, 3, 0x12, 2, 0x6e, 0x6f
		]);
	});

	test('nested without end are refused and not followed', () => {
		let value = Buffer.from([0x0a, 0]);
		for (let depth = 0; depth < 2_000; depth++) {
			// AnyValue.array_value (5) of ArrayValue.values (1).
			const list = Buffer.concat([Buffer.from([0x0a]), varint(value.length), value]);
			value = Buffer.concat([Buffer.from([0x2a]), varint(list.length), list]);
		}
		const pair = Buffer.concat([Buffer.from([0x12]), varint(value.length), value]);
		let body = Buffer.concat([Buffer.from([0x32]), varint(pair.length), pair]);
		for (const field of [0x12, 0x12, 0x0a])
			body = Buffer.concat([Buffer.from([field]), varint(body.length), body]);
		expect(readLogsMessage(body)).toBeUndefined();
	});
});

function varint(value: number): Buffer {
	const bytes: number[] = [];
	for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value & 0x7f) | 0x80);
	return Buffer.from([...bytes, value]);
}
