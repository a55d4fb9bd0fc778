import { afterAll, beforeAll, expect, it } from 'vitest';
import { MOST_SPANS, readTrace } from './read-trace.ts';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from './testing/open-temporary-database.ts';
import { createTracesTable, span } from './testing/otel-traces.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const table = { database: 'otel', table: 'otel_traces' };
const days = { from: '2026-11-01', to: '2026-11-03' };
const AT = Date.parse('2026-11-02T10:00:00.000Z');

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
	await createTracesTable({ client: database.client, database: 'otel' });
	const insert = (values: object[]) =>
		database.client.insert({ table: 'otel.otel_traces', values, format: 'JSONEachRow' });
	const verify = span({ traceId: TRACE, id: 'b', parent: 'page', service: 'shop-api', at: AT });
	await insert([
		verify,
		// At least once: an exporter that tried again wrote it twice.
		verify,
		span({ traceId: TRACE, id: 'a', parent: 'page', service: 'shop-api', at: AT - 5_000 }),
		span({ traceId: TRACE, id: 'c', parent: 'b', service: 'bank-core', at: AT + 1 }),
		span({ traceId: 'f'.repeat(32), id: 'd', parent: '', service: 'shop-api', at: AT }),
		span({ traceId: TRACE, id: 'e', parent: '', service: 'shop-api', at: AT - 40 * 86_400_000 })
	]);
	await insert(
		Array.from({ length: MOST_SPANS + 5 }, (_, index) =>
			span({
				...{ traceId: 'e'.repeat(32), id: `s${index}`, parent: '', service: 'shop-api' },
				at: AT + index
			})
		)
	);
});
afterAll(() => database.close());

const read = (more: Partial<Parameters<typeof readTrace>[0]>) =>
	readTrace({
		...{ client: database.client, table, services: ['shop-api'], traceId: TRACE, days },
		...more
	});

it('reads the spans of the named services, each once, earliest first', async () => {
	const { spans, found, problem } = await read({});
	expect(problem).toBeUndefined();
	expect(found).toBe(2);
	const shared = {
		...{ parent_span_id: 'page', name: 'POST /verify', kind: 'Server', service: 'shop-api' },
		...{ duration_ms: 12.5, status: 'Unset', found: 2 }
	};
	expect(spans).toEqual([
		{ ...shared, span_id: 'a', started_unix_ms: AT - 5_000 },
		{ ...shared, span_id: 'b', started_unix_ms: AT }
	]);
});

it('shows no span of a service that the project does not name, whatever trace id a page sends', async () => {
	expect((await read({ services: ['other'] })).spans).toEqual([]);
	expect((await read({ services: [] })).spans).toEqual([]);
	const both = await read({ services: ['shop-api', 'bank-core'] });
	expect(both.spans.map(({ span_id }) => span_id)).toEqual(['a', 'b', 'c']);
});

it('reads so many and says how many there are', async () => {
	const { spans, found } = await read({ traceId: 'e'.repeat(32) });
	expect([spans.length, found]).toEqual([MOST_SPANS, MOST_SPANS + 5]);
});

it.each([
	['a table that is not there', { database: 'otel', table: 'nothing' }, 'no such table'],
	[
		'a database that is not there',
		{ database: 'nowhere', table: 'otel_traces' },
		'no such database'
	],
	['a table of something else', { database: 'passlens', table: 'events_raw_v1' }, 'not the columns']
])('says in words that it cannot read %s', async (_, other, words) => {
	const { spans, problem, table: name } = await read({ table: other });
	expect(spans).toEqual([]);
	expect(problem).toContain(words);
	expect(name).toBe(`${other.database}.${other.table}`);
});
