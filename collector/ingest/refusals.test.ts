import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXAMPLES } from '../../sdk/event/examples.ts';
import { LIMITS, SERVER_EVENT_TYPES } from '../../sdk/event/index.ts';
import { addKey } from '../../settings/keys.ts';
import { normaliseMessage } from '../../sdk/common/normalise-message.ts';
import {
	batchOf,
	ORIGIN,
	ref,
	startTestCollector,
	uuidV7,
	type TestCollector
} from '../testing/harness.ts';

let collector: TestCollector;
beforeAll(async () => {
	collector = await startTestCollector();
});
afterAll(() => collector.close());

const capabilities = (fields: object = {}) => ({
	id: uuidV7(),
	type: 'client.capabilities',
	time_unix_ms: Date.now(),
	webauthn: true,
	session_id: uuidV7(),
	...fields
});
const finished = (fields: object = {}) => ({
	...EXAMPLES['ceremony.finished'],
	id: uuidV7(),
	ceremony_id: uuidV7(),
	time_unix_ms: Date.now(),
	...fields
});

interface Raw {
	method?: string;
	path?: string;
	headers?: Record<string, string>;
	body?: string | Uint8Array<ArrayBuffer>;
}

const post = ({ method = 'POST', path = '/v1/events', headers = {}, body }: Raw) =>
	fetch(collector.url + path, {
		method,
		headers: {
			authorization: `Bearer ${collector.ingestKey}`,
			'content-type': 'application/json',
			...headers
		},
		...(body !== undefined && { body })
	});
const text = (value: unknown) => JSON.stringify(value);

describe('a request that is refused as a whole', () => {
	test.each<[title: string, raw: () => Raw, status: number, code: string]>([
		['malformed JSON', () => ({ body: '{"schema_version":1,' }), 400, 'json_malformed'],
		['no JSON at all', () => ({ body: '<html>' }), 400, 'json_malformed'],
		['an empty body', () => ({ body: '' }), 400, 'json_malformed'],
		['a bare null', () => ({ body: 'null' }), 400, 'batch_invalid'],
		['an array', () => ({ body: '[]' }), 400, 'batch_invalid'],
		[
			'brackets in one another beyond counting, with half a surrogate pair',
			() => ({
				body: `{"schema_version":1,"a":"\\ud800","b":${'['.repeat(2e5)}${']'.repeat(2e5)}}`
			}),
			400,
			'batch_invalid'
		],
		['no events', () => ({ body: text(batchOf([])) }), 400, 'batch_invalid'],
		['events that are no list', () => ({ body: text(batchOf({} as never)) }), 400, 'batch_invalid'],
		[
			'too many events',
			() => ({ body: text(batchOf(Array(LIMITS.events_per_batch + 1).fill(1))) }),
			400,
			'batch_invalid'
		],
		[
			'an unknown version',
			() => ({ body: text(batchOf([capabilities()], { schema_version: 99 })) }),
			400,
			'schema_version_unknown'
		],
		[
			'a version of another type',
			() => ({ body: text(batchOf([capabilities()], { schema_version: '1' })) }),
			400,
			'schema_version_unknown'
		],
		[
			'only events that are refused',
			() => ({ body: text(batchOf([1, null, 'x', []])) }),
			400,
			'events_invalid'
		],
		[
			'an oversize body',
			() => ({ body: ' '.repeat(LIMITS.batch_bytes + 1) }),
			413,
			'body_too_large'
		],
		[
			'a gzip bomb',
			() => ({
				headers: { 'content-encoding': 'gzip' },
				body: gzipSync(Buffer.alloc(64 * 1024 ** 2))
			}),
			413,
			'body_too_large'
		],
		[
			'broken gzip',
			() => ({ headers: { 'content-encoding': 'gzip' }, body: 'not gzip' }),
			400,
			'gzip_broken'
		],
		[
			'cut-off gzip',
			() => ({
				headers: { 'content-encoding': 'gzip' },
				body: gzipSync(text(batchOf([capabilities()]))).subarray(0, 60)
			}),
			400,
			'gzip_broken'
		],
		[
			'another encoding',
			() => ({ headers: { 'content-encoding': 'br' }, body: '{}' }),
			415,
			'content_encoding_unsupported'
		],
		[
			'another content type',
			() => ({ headers: { 'content-type': 'application/xml' }, body: '{}' }),
			415,
			'content_type_unsupported'
		],
		[
			'a form',
			() => ({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1' }),
			415,
			'content_type_unsupported'
		],
		['no key', () => ({ headers: { authorization: '' }, body: '{}' }), 401, 'key_missing'],
		[
			'an unknown key',
			() => ({ headers: { authorization: 'Bearer pk_unknown' }, body: '{}' }),
			401,
			'key_unknown'
		],
		[
			'SQL for a key',
			() => ({ headers: { authorization: `Bearer pk_' OR 1=1 --` }, body: '{}' }),
			401,
			'key_missing'
		],
		[
			'a server key in the address',
			() => ({
				path: `/v1/events?key=${collector.serverKey}`,
				headers: { authorization: '' },
				body: '{}'
			}),
			401,
			'key_missing'
		],
		[
			'a foreign origin',
			() => ({
				headers: { origin: 'https://evil.example' },
				body: text(batchOf([capabilities()]))
			}),
			403,
			'origin_not_allowed'
		],
		[
			'the origin null',
			() => ({ headers: { origin: 'null' }, body: text(batchOf([capabilities()])) }),
			403,
			'origin_not_allowed'
		],
		[
			'a verdict with an ingest key',
			() => ({ body: text(batchOf([{ ...EXAMPLES['ceremony.verdict'], id: uuidV7() }])) }),
			403,
			'server_key_required'
		],
		['another method', () => ({ method: 'PUT', body: '{}' }), 405, 'method_not_allowed'],
		['another path', () => ({ path: '/v1/eventsX', body: '{}' }), 404, 'not_found']
	])('%s', async (_, raw, status, code) => {
		const response = await post(raw());
		expect(response.headers.get('content-type')).toBe('application/problem+json');
		const problem = (await response.json()) as Record<string, unknown>;
		expect(problem).toMatchObject({
			type: `urn:passlens:problem:${code}`,
			status,
			title: expect.any(String),
			detail: expect.any(String)
		});
		expect(response.status).toBe(status);
	});
});

describe('an event that is refused', () => {
	test.each<
		[title: string, event: () => unknown, field: string, code: string, reason: string | RegExp]
	>([
		[
			'an unknown type',
			() => capabilities({ type: 'user.password' }),
			'type',
			'invalid_union',
			/one of the event types/
		],
		[
			'a wrong type',
			() => capabilities({ webauthn: 'yes' }),
			'webauthn',
			'invalid_type',
			'must be a boolean'
		],
		[
			'a missing field',
			() => finished({ outcome: undefined }),
			'outcome',
			'invalid_value',
			'must be one of: succeeded, error, abandoned'
		],
		[
			'a word outside the list',
			() => finished({ ceremony_type: 'login' }),
			'ceremony_type',
			'invalid_value',
			'must be one of: registration, authentication'
		],
		[
			'a number that is text',
			() => finished({ elapsed_ms: '12' }),
			'elapsed_ms',
			'invalid_type',
			'must be a number'
		],
		[
			'a negative time',
			() => capabilities({ time_unix_ms: -1 }),
			'time_unix_ms',
			'too_small',
			'must be at least 0'
		],
		[
			'a time beyond all time',
			() => capabilities({ time_unix_ms: 9e15 }),
			'time_unix_ms',
			'too_big',
			/must be at most/
		],
		[
			'a fraction',
			() => finished({ elapsed_ms: 1.5 }),
			'elapsed_ms',
			'invalid_type',
			/must be an? (int|whole number)/
		],
		[
			'10,000 tags',
			() =>
				capabilities({
					tags: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`t${i}`, 'x']))
				}),
			'tags',
			'custom',
			'at most 20 tags'
		],
		[
			'a tag too long',
			() => capabilities({ tags: { a: 'x'.repeat(121) } }),
			'tags.a',
			'too_big',
			'must be at most 120 characters'
		],
		[
			'an id of another version',
			() => capabilities({ id: '0197a1c2-5b40-4000-8000-000000000001' }),
			'id',
			'invalid_format',
			/UUID/
		],
		[
			'a plain user name',
			() => capabilities({ user_ref: 'alice@example.com' }),
			'user_ref',
			'invalid_format',
			/base64url SHA-256/
		],
		[
			'a success without a credential',
			() => finished({ credential: undefined }),
			'credential',
			'custom',
			'required when outcome is "succeeded"'
		],
		[
			'a nested field',
			() => finished({ request: { mediation: 'never' } }),
			'request.mediation',
			'invalid_value',
			/must be one of: optional/
		]
	])(
		'%s: its field and reason are told, and its neighbours are taken',
		async (_, event, field, code, reason) => {
			const response = await collector.send([capabilities(), event(), capabilities()]);
			expect(response.status).toBe(202);
			expect(await response.json()).toEqual({
				accepted: 2,
				refused: [
					{
						index: 1,
						field,
						code,
						reason: typeof reason === 'string' ? reason : expect.stringMatching(reason)
					}
				],
				received_unix_ms: expect.any(Number)
			});
		}
	);

	test.each(SERVER_EVENT_TYPES)('%s among a page’s events is refused alone', async (type) => {
		const response = await collector.send([capabilities(), { ...EXAMPLES[type], id: uuidV7() }]);
		expect(await response.json()).toMatchObject({
			accepted: 1,
			refused: [{ index: 1, field: 'type', code: 'server_key_required' }]
		});
	});
});

test('a key of an environment writes to that one alone: what names none belongs to it, another is refused', async () => {
	const key = await addKey(collector.settings, {
		projectId: 'shop',
		kind: 'ingest',
		environment: 'staging'
	});
	const unsaid = capabilities();
	const said = capabilities({ environment: 'staging' });
	const other = capabilities({ environment: 'production' });
	const response = await post({
		headers: { authorization: `Bearer ${key}` },
		body: text(batchOf([unsaid, other, said]))
	});
	expect(await response.json()).toMatchObject({
		accepted: 2,
		refused: [
			{
				index: 1,
				field: 'environment',
				code: 'environment_not_allowed',
				reason: expect.stringContaining('staging')
			}
		]
	});
	await collector.stored();
	const ids = [unsaid, said].map(({ id }) => `'${id}'`).join();
	expect(
		await collector.query(`SELECT environment FROM events_raw_v1 WHERE event_id IN (${ids})`)
	).toEqual([{ environment: 'staging' }, { environment: 'staging' }]);
});

describe('hostile text is text', () => {
	const HOSTILE = [
		`'; DROP TABLE events_raw_v1; --`,
		`\\'); DROP TABLE events_raw_v1; --`,
		'<script>alert(1)</script>',
		'{project: String}',
		'a\u0000b\u0007\n\t"\\',
		'=HYPERLINK("http://x")',
		'ｆｕｌｌ ☃ 👩‍👩‍👧 مرحبا'
	];

	test.each(HOSTILE)('%j comes back as it went in, from every text field', async (nasty) => {
		const id = uuidV7();
		const cut = (length: number) => nasty.slice(0, length);
		const response = await collector.send(
			[
				finished({
					id,
					release: nasty,
					tags: { [cut(40)]: nasty },
					outcome: 'error',
					credential: undefined,
					error: { name: nasty, signature: nasty, code: nasty },
					request: { rp_id: nasty, origin: nasty, hints: [cut(32)], exclude_transports: [cut(32)] },
					client: {
						platform: cut(64),
						platform_version: cut(64),
						brands: [{ brand: cut(64), version: cut(64) }]
					}
				})
			],
			{ envelope: { sdk: { name: cut(64), version: cut(64) } } }
		);
		expect(response.status).toBe(202);
		await collector.stored();
		expect(
			await collector.query(
				`SELECT release, tags, error_name, error_signature, error_code, rp_id, origin, hints, exclude_transports, sdk_name
				FROM events_raw_v1 WHERE event_id = '${id}'`
			)
		).toEqual([
			{
				release: nasty,
				tags: { [cut(40)]: nasty },
				error_name: nasty,
				// Text as well, but for what may name somebody.
				error_signature: normaliseMessage(nasty),
				error_code: nasty,
				rp_id: nasty,
				origin: nasty,
				hints: [cut(32)],
				exclude_transports: [cut(32)],
				sdk_name: cut(64)
			}
		]);
	});

	test('a message that a sender left as it was loses its values before it is written', async () => {
		const id = uuidV7();
		const message = 'No passkey of ada@example.com at https://shop.example/?user=ada, says "Ada"';
		const error = { name: 'NotAllowedError', signature: message };
		await collector.send([finished({ id, outcome: 'error', credential: undefined, error })]);
		const verdict = { ...EXAMPLES['ceremony.verdict'], id: uuidV7(), ceremony_id: uuidV7() };
		await collector.send(
			[{ ...verdict, verified: false, reason: 'other', reason_detail: message }],
			{ as: 'server' }
		);
		await collector.stored();
		const tame = 'No passkey of <email> at <url>, says <value>';
		expect(
			await collector.query(
				`SELECT error_signature, verdict_detail, cause_evidence FROM events_raw_v1
				WHERE event_id IN ('${id}', '${verdict.id}') ORDER BY error_signature`
			)
		).toEqual([
			{ error_signature: '', verdict_detail: tame, cause_evidence: [] },
			{
				error_signature: tame,
				verdict_detail: '',
				cause_evidence: expect.arrayContaining([`NotAllowedError: ${tame}`])
			}
		]);
	});

	test('half a surrogate pair is replaced', async () => {
		const id = uuidV7();
		const body = text(batchOf([capabilities({ id, release: 'AB' })])).replace(
			'"AB"',
			'"A\\ud800B"'
		);
		expect((await post({ body })).status).toBe(202);
		await collector.stored();
		expect(
			await collector.query(`SELECT release FROM events_raw_v1 WHERE event_id = '${id}'`)
		).toEqual([{ release: 'A\ufffdB' }]);
	});

	test('keys of the prototype pollute nothing', async () => {
		const id = uuidV7();
		const event = text(capabilities({ id })).slice(0, -1);
		const body = `{"schema_version":1,"sent_unix_ms":${Date.now()},"sdk":{"name":"x","version":"1"},
			"__proto__":{"polluted":1},"context":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},
			"events":[${event},"__proto__":{"polluted":1},"tags":{"__proto__":"x","constructor":"y"}}]}`;
		expect((await post({ body })).status).toBe(202);
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		await collector.stored();
		expect(
			await collector.query(
				`SELECT tags['constructor'] AS tag FROM events_raw_v1 WHERE event_id = '${id}'`
			)
		).toEqual([{ tag: 'y' }]);
	});

	test('ids at the edge of time break no table', async () => {
		const edge = 'ffffffff-ffff-7fff-bfff-ffffffffffff';
		const response = await collector.send([
			finished({ id: edge, ceremony_id: edge, session_id: edge })
		]);
		expect(response.status).toBe(202);
		await collector.stored();
		expect(
			await collector.query(
				`SELECT toUInt8(count()) AS n FROM ceremonies_v1 WHERE ceremony_id = '${edge}'`
			)
		).toEqual([{ n: 1 }]);
	});

	test('nothing of it stopped a segment', () => {
		expect(collector.log.filter((line) => !line.includes('"info"'))).toEqual([]);
	});
});

describe('what is taken', () => {
	test('gzip', async () => {
		const body = gzipSync(text(batchOf([capabilities()])));
		expect((await post({ headers: { 'content-encoding': 'gzip' }, body })).status).toBe(202);
	});

	test('a beacon: text/plain with the key in the address', async () => {
		const response = await post({
			path: `/v1/events?key=${collector.ingestKey}`,
			headers: { authorization: '', 'content-type': 'text/plain;charset=UTF-8', origin: ORIGIN },
			body: text(batchOf([capabilities()]))
		});
		expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
			202,
			ORIGIN
		]);
	});

	test('a server key, whatever the origin', async () => {
		const response = await post({
			headers: {
				authorization: `Bearer ${collector.serverKey}`,
				origin: 'https://elsewhere.example'
			},
			body: text(batchOf([{ ...EXAMPLES['ceremony.verdict'], id: uuidV7() }]))
		});
		expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
			202,
			null
		]);
	});

	test('the context of a batch stands in for what an event leaves out, and the event wins', async () => {
		const [id, session_id] = [uuidV7(), uuidV7()];
		const context = {
			session_id,
			release: 'from context',
			environment: 'staging',
			user_ref: ref()
		};
		const event = { ...capabilities({ id, release: 'its own' }), session_id: undefined };
		await collector.send([event], { envelope: { context } });
		await collector.stored();
		expect(
			await collector.query(
				`SELECT session_id, release, environment, user_hash != 0 AS known FROM events_raw_v1 WHERE event_id = '${id}'`
			)
		).toEqual([{ session_id, release: 'its own', environment: 'staging', known: 1 }]);
	});
});

describe('a preflight', () => {
	const preflight = (origin: string, path = '/v1/events') =>
		fetch(collector.url + path, {
			method: 'OPTIONS',
			headers: { origin, 'access-control-request-method': 'POST' }
		});

	test('of an allowed origin names that origin and no other', async () => {
		const response = await preflight(ORIGIN);
		expect(response.status).toBe(204);
		expect(Object.fromEntries(response.headers)).toMatchObject({
			'access-control-allow-origin': ORIGIN,
			'access-control-allow-methods': 'POST',
			'access-control-allow-headers': expect.stringContaining('authorization'),
			vary: 'origin'
		});
	});

	test.each([
		['a foreign origin', 'https://evil.example', () => '/v1/events'],
		['an allowed origin with an unknown key', ORIGIN, () => '/v1/events?key=pk_unknown']
	])('of %s is refused without a word of CORS', async (_, origin, path) => {
		const response = await preflight(origin, path());
		expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
			403,
			null
		]);
	});
});
