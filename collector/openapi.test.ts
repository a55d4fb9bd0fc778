import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXAMPLES } from '../sdk/event/examples.ts';
import { LIMITS } from '../sdk/event/index.ts';
import { startCollector, type Collector, type CollectorOptions } from './start-collector.ts';
import {
	batchOf,
	ORIGIN,
	startTestCollector,
	uuidV7,
	type TestCollector
} from './testing/harness.ts';

/** The contract as published, not as it would be emitted now: that they are equal is the SDK's test. */
const document = JSON.parse(
	readFileSync(join(import.meta.dirname, '../sdk/event/openapi.json'), 'utf8')
);
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(document, 'openapi');

let collector: TestCollector;
/** Two more over the same database and settings: one that gives nobody a share, one that has no room. */
let strict: Collector;
let full: Collector;
const directories: string[] = [];

async function startBeside(options: Partial<CollectorOptions>): Promise<Collector> {
	const dataDir = await mkdtemp(join(tmpdir(), 'passlens-'));
	directories.push(dataDir);
	return startCollector({
		port: 0,
		dataDir,
		database: { dataDir: collector.dataDir },
		settings: collector.settings,
		log: () => undefined,
		...options
	});
}

beforeAll(async () => {
	collector = await startTestCollector();
	strict = await startBeside({ rateLimits: { perSecond: 0.001, clientPerSecond: 0.001 } });
	full = await startBeside({ spoolMaxBytes: 0 });
});
afterAll(async () => {
	await strict.close();
	await full.close();
	await collector.close();
	await Promise.all(directories.map((path) => rm(path, { recursive: true, force: true })));
});

type Operation = { path: string; method: 'get' | 'post' | 'options' | 'delete' };
const EVENTS: Operation = { path: '/v1/events', method: 'post' };

/** Holds an answer to what the document says of that status: media type, headers and every field of the body. */
async function holdToDocument(response: Response, { path, method }: Operation): Promise<unknown> {
	const said = document.paths[path][method].responses[response.status];
	expect(said, `${method} ${path} may answer ${response.status}`).toBeDefined();
	for (const [name, header] of Object.entries<{ $ref?: string }>(said.headers ?? {})) {
		const pointer = header.$ref
			? `${header.$ref}/schema`
			: pointerTo('paths', path, method, 'responses', response.status, 'headers', name, 'schema');
		const value = response.headers.get(name);
		expect(problemsOf(pointer, /^\d+$/.test(value ?? '') ? Number(value) : value)).toEqual([]);
	}
	const text = await response.text();
	if (!said.content) return expect(text).toBe('');
	const type = response.headers.get('content-type')!;
	expect(Object.keys(said.content)).toEqual([type]);
	const body: unknown = JSON.parse(text);
	const pointer = pointerTo(
		...['paths', path, method, 'responses', response.status, 'content', type, 'schema']
	);
	expect(problemsOf(pointer, body)).toEqual([]);
	return body;
}

const pointerTo = (...path: (string | number)[]) =>
	'#/' + path.map((part) => encodeURIComponent(String(part).replaceAll('/', '~1'))).join('/');

/** What the document does not allow of a value, undocumented fields included. */
function problemsOf(pointer: string, value: unknown): unknown[] {
	const closed = ajv.compile({ $ref: `openapi${pointer}`, unevaluatedProperties: false });
	return closed(value) ? [] : closed.errors!;
}

interface Raw {
	url?: string;
	query?: string;
	headers?: Record<string, string>;
	body?: string | Uint8Array<ArrayBuffer>;
}

const capabilities = (fields: object = {}) => ({
	...EXAMPLES['client.capabilities'],
	id: uuidV7(),
	...fields
});
const batch = (...events: unknown[]) => JSON.stringify(batchOf(events));
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

const post = ({ url = collector.url, query = '', headers, body = batch(capabilities()) }: Raw) =>
	fetch(`${url}/v1/events${query}`, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			...bearer(collector.ingestKey),
			...headers
		},
		body
	});

describe('a batch is taken as the document says', () => {
	test.each<[title: string, raw: () => Raw, answer?: object]>([
		['with the public key in the header', () => ({})],
		['with the server key in the header', () => ({ headers: bearer(collector.serverKey) })],
		[
			'with the public key in the address, as text/plain',
			() => ({
				query: `?key=${collector.ingestKey}`,
				headers: { authorization: '', 'content-type': 'text/plain', origin: ORIGIN }
			})
		],
		[
			'as gzip',
			() => ({
				headers: { 'content-encoding': 'gzip' },
				body: gzipSync(batch(capabilities()))
			})
		],
		[
			'in part',
			() => ({ body: batch(capabilities(), capabilities({ id: 'none' }), 7) }),
			{ accepted: 1, refused: [{ index: 1, field: 'id' }, { index: 2 }] }
		]
	])('%s', async (_title, raw, answer = { accepted: 1, refused: [] }) => {
		const response = await post(raw());
		expect(response.status).toBe(202);
		expect(await holdToDocument(response, EVENTS)).toMatchObject(answer);
	});

	const examples = document.paths['/v1/events'].post.requestBody.content['application/json']
		.examples as Record<string, { summary: string; value: object }>;
	test.each(Object.entries(examples))('in the example %s', async (_name, { summary, value }) => {
		const key = summary.endsWith('(server key)') ? collector.serverKey : collector.ingestKey;
		const response = await post({ headers: bearer(key), body: JSON.stringify(value) });
		expect(await holdToDocument(response, EVENTS)).toMatchObject({ accepted: 1, refused: [] });
	});
});

const REFUSALS: [code: string, status: number, raw: () => Raw][] = [
	['json_malformed', 400, () => ({ body: '{' })],
	['batch_invalid', 400, () => ({ body: '{"schema_version":1,"events":[]}' })],
	[
		'schema_version_unknown',
		400,
		() => ({ body: JSON.stringify(batchOf([capabilities()], { schema_version: 2 })) })
	],
	['events_invalid', 400, () => ({ body: batch(capabilities({ webauthn: 'yes' }), null) })],
	['gzip_broken', 400, () => ({ headers: { 'content-encoding': 'gzip' } })],
	['key_missing', 401, () => ({ headers: { authorization: '' } })],
	['key_unknown', 401, () => ({ headers: bearer('pk_unknown') })],
	['origin_not_allowed', 403, () => ({ headers: { origin: 'https://evil.example' } })],
	[
		'server_key_required',
		403,
		() => ({ body: batch({ ...EXAMPLES['ceremony.verdict'], id: uuidV7() }) })
	],
	['body_too_large', 413, () => ({ body: ' '.repeat(LIMITS.batch_bytes + 1) })],
	['content_type_unsupported', 415, () => ({ headers: { 'content-type': 'application/xml' } })],
	['content_encoding_unsupported', 415, () => ({ headers: { 'content-encoding': 'br' } })],
	['too_many_from_client', 429, () => ({ url: strict.url })],
	['too_many_requests', 429, () => ({ url: strict.url, headers: bearer(collector.serverKey) })],
	['spool_full', 503, () => ({ url: full.url })]
];

/** A broken disk, a stop in mid-request, a fault of ours, and an answer nobody is there to read. */
const NOT_BROUGHT_ABOUT = ['body_incomplete', 'internal', 'spool_closed', 'spool_write_failed'];

describe('a batch is refused as the document says', () => {
	test.each(REFUSALS)('%s', async (code, status, raw) => {
		const response = await post(raw());
		expect(response.status).toBe(status);
		expect(await holdToDocument(response, EVENTS)).toMatchObject({
			type: `urn:passlens:problem:${code}`
		});
	});

	test('and in no other way', () => {
		const documented = JSON.stringify(document.paths['/v1/events'].post.responses).matchAll(
			/urn:passlens:problem:(\w+)/g
		);
		const known = [...REFUSALS.map(([code]) => code), ...NOT_BROUGHT_ABOUT];
		expect([...documented].map(([, code]) => code).sort()).toEqual(known.sort());
	});
});

describe('a preflight', () => {
	test.each([
		[ORIGIN, 204],
		['https://evil.example', 403]
	])('from %s is answered %i', async (origin, status) => {
		const response = await fetch(`${collector.url}/v1/events`, {
			method: 'OPTIONS',
			headers: { origin, 'access-control-request-method': 'POST' }
		});
		expect(response.status).toBe(status);
		await holdToDocument(response, { path: '/v1/events', method: 'options' });
	});
});

describe('of a person', () => {
	const USERS = '/v1/users/{user_ref}';
	const REFERENCE = 'A'.repeat(43);
	test.each<
		[title: string, method: 'get' | 'delete', ref: string, key: () => string, status: number]
	>([
		['what is kept is given out', 'get', REFERENCE, () => collector.serverKey, 200],
		['everything is erased', 'delete', REFERENCE, () => collector.serverKey, 200],
		['nothing is told under a plain name', 'get', 'ada', () => collector.serverKey, 400],
		['nothing is told to a stranger', 'get', REFERENCE, () => 'sk_unknown', 401],
		['nothing is done with a public key', 'delete', REFERENCE, () => collector.ingestKey, 403]
	])('%s', async (_title, method, ref, key, status) => {
		const response = await fetch(`${collector.url}/v1/users/${ref}`, {
			method: method.toUpperCase(),
			headers: bearer(key())
		});
		expect(response.status).toBe(status);
		await holdToDocument(response, { path: USERS, method });
	});
});

describe('of itself the collector tells', () => {
	test.each<[title: string, path: string, url: () => string, status: number, body: object]>([
		['that it runs', '/healthz', () => collector.url, 200, { status: 'running' }],
		['that it is ready', '/readyz', () => collector.url, 200, { status: 'ready' }],
		[
			'what keeps it from its work',
			'/readyz',
			() => full.url,
			503,
			{ status: 'not ready', obstacles: [expect.stringContaining('spool')] }
		]
	])('%s', async (_title, path, url, status, body) => {
		const response = await fetch(url() + path);
		expect(response.status).toBe(status);
		expect(await holdToDocument(response, { path, method: 'get' })).toEqual(body);
	});
});
