import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXAMPLES } from '../../sdk/event/examples.ts';
import { DEAD } from '../spool/dead-letters.ts';
import { ENDING } from '../spool/segment.ts';
import type { EventRow } from '../store/event-row.ts';
import { startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { stepOf } from './count-arrivals.ts';
import { createHealth } from './health.ts';

let collector: TestCollector;
beforeAll(async () => {
	collector = await startTestCollector({ healthIntervalMs: 200 });
});
afterAll(() => collector.close());

const event = (fields: object = {}) => ({
	...EXAMPLES['signin.finished'],
	id: uuidV7(),
	time_unix_ms: Date.now(),
	...fields
});

test('the database is told what was taken, refused and why, and by which address', async () => {
	await collector.send([event(), event({ method: 'telepathy' }), event({ method: 'hope' })]);
	await collector.send([event({ id: 'x' })]);
	await fetch(`${collector.url}/v1/logs?key=pk_nobody`, { method: 'POST', body: '{}' });
	// From a page of another origin: the key tells whose it is, the question before a request does not.
	const foreign = { origin: 'https://elsewhere.example' };
	const events = `${collector.url}/v1/events`;
	await fetch(`${events}?key=${collector.ingestKey}`, { method: 'POST', headers: foreign });
	await fetch(events, { method: 'OPTIONS', headers: foreign });
	await collector.stored();

	await expect
		.poll(() =>
			collector.query(
				`SELECT sum(accepted) AS accepted, sum(refused) AS refused, sum(stored) AS stored, sum(requests) AS requests,
				sum(inserts) AS inserts, arraySum(mapValues(sumMap(delays))) AS arrived FROM collector_health_v1`
			)
		)
		.toEqual([
			{ accepted: '1', refused: '6', stored: '1', requests: '1', inserts: '1', arrived: '1' }
		]);
	const refusals = await collector.query(
		`SELECT project_id, path, code, field, sum(refusals) AS refusals FROM collector_refusals_v1
		GROUP BY ALL ORDER BY path, field, project_id`
	);
	const other = { path: '/v1/events', code: 'origin_not_allowed', field: '', refusals: '1' };
	expect(refusals).toEqual([
		{ project_id: '', ...other },
		{ project_id: 'shop', ...other },
		{
			project_id: 'shop',
			path: '/v1/events',
			code: 'invalid_format',
			field: 'id',
			refusals: '1'
		},
		{
			project_id: 'shop',
			path: '/v1/events',
			code: 'invalid_value',
			field: 'method',
			refusals: '2'
		},
		{ project_id: '', path: '/v1/logs', code: 'key_unknown', field: '', refusals: '1' }
	]);
	expect(await collector.query('SELECT * FROM collector_refusals_v1')).not.toContain('telepathy');
});

test('it is told of the spool, of what was set aside, and of the newest insert', async () => {
	const dead = join(collector.dataDir, 'spool', DEAD);
	await mkdir(dead, { recursive: true });
	for (const name of ['0001', '0002']) await writeFile(join(dead, name + ENDING), '');
	await writeFile(join(dead, '0001.error.json'), JSON.stringify({ rows: 3, error: 'no column x' }));
	await writeFile(join(dead, '0002.error.json'), 'cut o');
	await expect
		.poll(() =>
			collector.query(
				`SELECT dead_letters, spool_max_bytes > 0 AS bounded, isNotNull(last_stored_at) AS stored, last_error,
				started_at <= at AS in_order FROM collector_health_v1 ORDER BY at DESC LIMIT 1`
			)
		)
		.toEqual([
			{
				dead_letters: [
					{ name: '0002', rows: 0, error: '' },
					{ name: '0001', rows: 3, error: 'no column x' }
				],
				bounded: 1,
				stored: 1,
				last_error: '',
				in_order: 1
			}
		]);
	expect(
		await collector.query(
			'SELECT max(insert_ms) > 0 AS insert, max(store_lag_ms) > 0 AS lag FROM collector_health_v1'
		)
	).toEqual([{ insert: 1, lag: 1 }]);
});

test('a field is cut between characters: half of one would keep the whole report from the database', async () => {
	const key = `${'a'.repeat(194)}😀${'a'.repeat(50)}`;
	await collector.send([event({ tags: { [key]: 'x' } })]);
	await expect
		.poll(() =>
			collector.query(`SELECT field FROM collector_refusals_v1 WHERE startsWith(field, 'tags.aaa')`)
		)
		.toEqual([{ field: `tags.${'a'.repeat(194)}\uFFFD` }]);
});

test('what could not be told is told with the next report, once', () => {
	const health = createHealth();
	const where = { projectId: 'shop', path: '/v1/events' };
	const refusal = { field: 'tags.3.key', code: 'too_big', reason: 'must be at most 40 characters' };
	const rows = (count: number, delayMs: number, fields: EventRow = {}) =>
		Array.from({ length: count }, () => ({
			...{ received_at: 1e12, occurred_at: 1e12 - delayMs },
			...fields
		}));
	const hours = 2 * 3_600_000;
	health.accepted([...rows(3, 100), ...rows(1, hours), ...rows(1, hours, { synthetic: true })]);
	health.refusedEvent(where, refusal);
	health.stored({ rows: 5, bytes: 900, insertMs: 12, lagMs: 340 });
	const lost = health.take();
	health.accepted([...rows(1, 100, { late: true }), ...rows(1, 0, { time_corrected: true })]);
	health.refusedEvent(where, refusal);
	health.giveBack(lost);
	expect(health.take()).toEqual({
		interval: {
			...{ requests: 2, accepted: 7, refused: 2, inserts: 1, stored: 5, set_aside: 0, retries: 0 },
			...{ store_lag_ms: 340, insert_ms: 12 },
			...{ late: 1, over_an_hour: 1, delays: { [stepOf(100)]: 4, [stepOf(hours)]: 1 } }
		},
		refusals: [
			{
				project_id: 'shop',
				path: '/v1/events',
				code: 'too_big',
				field: 'tags.*.key',
				reason: 'must be at most 40 characters',
				refusals: 2
			}
		]
	});
	expect(health.take().interval.accepted).toBe(0);
});
