import { describe, expect, test } from 'vitest';
import { batchSchema } from './batch.ts';
import { eventSchema, type PasslensEventInput } from './event.ts';
import { EXAMPLES, FAILED_CEREMONY_EXAMPLE } from './examples.ts';
import { LIMITS } from './limits.ts';
import { EVENT_TYPES } from './vocabulary.ts';

const examples = EVENT_TYPES.map((type) => EXAMPLES[type] as PasslensEventInput);
const finished = EXAMPLES['ceremony.finished'];

describe('the examples', () => {
	test.each([...examples, FAILED_CEREMONY_EXAMPLE])(
		'$type is valid and survives the wire unchanged but for defaults',
		(example) => {
			const wire: unknown = JSON.parse(JSON.stringify(example));
			const parsed = eventSchema.parse(wire);
			expect(parsed).toMatchObject(wire as object);
			expect(eventSchema.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
		}
	);
});

describe('an event', () => {
	test('gets defaults for what a sender may leave out', () => {
		const { id, time_unix_ms } = finished;
		expect(
			eventSchema.parse({
				type: 'signin.finished',
				id,
				time_unix_ms,
				method: 'otp',
				outcome: 'failed'
			})
		).toMatchObject({ application: 'web', environment: 'production', synthetic: false });
	});

	test('loses every field the contract does not name, at any depth', () => {
		const parsed = eventSchema.parse({
			...finished,
			userName: 'ada@example.com',
			request: { ...finished.request, challenge: 'c2VjcmV0' },
			credential: { ...finished.credential, id: 'secret', publicKey: 'secret' },
			error: { name: 'X', message: 'secret', stack: 'secret' }
		});
		expect(JSON.stringify(parsed)).not.toMatch(/secret|ada@|c2Vj/);
	});

	test('may carry any text a page can hold, and keeps it as it is', () => {
		const hostile = `'; DROP TABLE events; -- <img src=x onerror=alert(1)> \u0000 \u{1F511}`;
		const parsed = eventSchema.parse({ ...finished, tags: { t: hostile }, release: hostile });
		expect(parsed).toMatchObject({ tags: { t: hostile }, release: hostile });
	});

	test('cannot reach a prototype through its tags', () => {
		const raw = JSON.parse(`{"tags":{"__proto__":{"polluted":true}}}`);
		eventSchema.safeParse({ ...finished, ...raw });
		expect({}).not.toHaveProperty('polluted');
	});

	const long = (length: number) => 'x'.repeat(length + 1);
	const entries = (count: number) =>
		Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));

	test.each<[title: string, change: object, path: string]>([
		['is not an object', { type: undefined }, 'type'],
		['has an unknown type', { type: 'ceremony.exploded' }, 'type'],
		['has a UUIDv4 for an id', { id: '3f0e8c1a-2b4d-4e6f-8a9b-0c1d2e3f4a5b' }, 'id'],
		['has an id that is none', { id: 'nonsense' }, 'id'],
		['has a UUIDv4 for a ceremony', { ceremony_id: crypto.randomUUID() }, 'ceremony_id'],
		['has its time as text', { time_unix_ms: '2026-11-22' }, 'time_unix_ms'],
		['has a time before 1970', { time_unix_ms: -1 }, 'time_unix_ms'],
		['has a time no calendar knows', { time_unix_ms: 1e16 }, 'time_unix_ms'],
		['has a fraction of a millisecond', { time_unix_ms: 1.5 }, 'time_unix_ms'],
		['has 10 000 tags', { tags: entries(10_000) }, 'tags'],
		['has one tag too many', { tags: entries(LIMITS.tags + 1) }, 'tags'],
		['has a tag of a number', { tags: { a: 1 } }, 'tags.a'],
		['has an oversize tag', { tags: { a: long(LIMITS.tag_value_length) } }, 'tags.a'],
		['has an oversize tag name', { tags: { [long(LIMITS.tag_key_length)]: 'a' } }, 'tags.'],
		['has an oversize release', { release: long(LIMITS.release_length) }, 'release'],
		['has an application with spaces', { application: 'My App' }, 'application'],
		['has an environment of SQL', { environment: "a'; DROP" }, 'environment'],
		['has a plain user reference', { user_ref: 'ada@example.com' }, 'user_ref'],
		['has a traceparent of another version', { traceparent: '01-ab-cd-00' }, 'traceparent'],
		['has an unknown mediation', { request: { mediation: 'maybe' } }, 'request.mediation'],
		['has its timeout as text', { request: { timeout_ms: '60000' } }, 'request.timeout_ms'],
		['has an oversize rp_id', { request: { rp_id: long(LIMITS.rp_id_length) } }, 'request.rp_id'],
		['has 17 hints', { request: { hints: Array(17).fill('hybrid') } }, 'request.hints'],
		['has an empty error name', { error: { name: '' } }, 'error.name'],
		['has a raw error', { error: { name: 'E', signature: long(240) } }, 'error.signature'],
		['has an upper-case AAGUID', { credential: { aaguid: 'ADCE0002' } }, 'credential.aaguid'],
		['has a flag of a number', { credential: { backup_state: 1 } }, 'credential.backup_state'],
		['took longer than 49 days', { elapsed_ms: 2 ** 32 }, 'elapsed_ms'],
		['took no time backwards', { elapsed_ms: -1 }, 'elapsed_ms'],
		['succeeded without a credential', { credential: undefined }, 'credential'],
		['failed without an error', { outcome: 'error', error: undefined }, 'error']
	])('is refused when it %s, with the path of the field', (_title, change, path) => {
		const parsed = eventSchema.safeParse({ ...finished, ...change });
		expect(parsed.success).toBe(false);
		const paths = parsed.error!.issues.map((issue) => issue.path.join('.'));
		expect(paths.some((found) => found.startsWith(path))).toBe(true);
	});

	test('is refused when a server says no and not why', () => {
		const verdict = { ...EXAMPLES['ceremony.verdict'], verified: false };
		expect(eventSchema.safeParse(verdict).error?.issues[0]?.path).toEqual(['reason']);
		expect(eventSchema.safeParse({ ...verdict, reason: 'other' }).success).toBe(true);
	});
});

describe('a batch', () => {
	const batch = {
		schema_version: 1,
		sent_unix_ms: 1,
		sdk: { name: 'a', version: '1' },
		events: [{}]
	};

	test('leaves its events and context to be checked one by one', () => {
		expect(batchSchema.parse({ ...batch, extra: 1 })).toEqual({ ...batch, context: {} });
	});

	test.each<[title: string, change: object, path: string]>([
		['of an unknown version', { schema_version: 2 }, 'schema_version'],
		['without events', { events: [] }, 'events'],
		['of too many events', { events: Array(LIMITS.events_per_batch + 1).fill({}) }, 'events'],
		['whose events are an object', { events: {} }, 'events'],
		['of no SDK', { sdk: undefined }, 'sdk'],
		['with a clock of text', { sent_unix_ms: 'now' }, 'sent_unix_ms'],
		['with a context of text', { context: 'web' }, 'context'],
		['that dropped less than nothing', { dropped_events: -1 }, 'dropped_events']
	])('%s is refused', (_title, change, path) => {
		const parsed = batchSchema.safeParse({ ...batch, ...change });
		expect(parsed.error?.issues[0]?.path[0]).toBe(path);
	});
});
