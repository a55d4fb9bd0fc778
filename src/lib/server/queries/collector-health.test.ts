import { afterAll, beforeAll, expect, it } from 'vitest';
import {
	openTemporaryDatabase,
	type TemporaryDatabase
} from '../testing/open-temporary-database.ts';
import { arrivalDelays, collectorStates } from './collector-health.ts';

let database: TemporaryDatabase;
beforeAll(async () => {
	database = await openTemporaryDatabase();
});
afterAll(() => database.close());

const HOURS_MS = 3_600_000;
/** Four steps to a doubling (collector/health/count-arrivals.ts): a fifth of a second, and two hours. */
const [SHORT, LONG] = [31, 91];
const msOf = (step: number) => 2 ** (step / 4) - 1;
const report = (hoursAgo: number, fields: object) => ({
	...{ collector: 'web-1 /data', started_at: 0, interval_ms: 10_000 },
	at: Date.now() - hoursAgo * HOURS_MS,
	...fields
});

it('tells nothing of delays before any collector has', async () => {
	expect(await arrivalDelays(database.client, {})).toEqual([
		{ events: 0, p50_ms: null, p95_ms: null, late: 0, over_an_hour: 0 }
	]);
});

it('adds up what collectors told of the last day: delays within a tenth, the size of requests and inserts', async () => {
	await database.client.insert({
		table: 'collector_health_v1',
		format: 'JSONEachRow',
		values: [
			report(2, {
				...{ delays: { [SHORT]: 6 }, requests: 2, accepted: 6, inserts: 1, stored: 6 },
				...{ insert_ms: 40, retries: 1 }
			}),
			report(1, {
				...{ delays: { [SHORT]: 3, [LONG]: 1 }, over_an_hour: 1, late: 1 },
				...{ requests: 1, accepted: 6, inserts: 1, stored: 4, insert_ms: 90 }
			}),
			// An older version's, and one of another day.
			report(3, { accepted: 50, stored: 50 }),
			report(30, { delays: { 12: 900 }, requests: 1, accepted: 900 })
		]
	});
	const [delays] = await arrivalDelays(database.client, {});
	expect(delays).toMatchObject({ events: 10, late: 1, over_an_hour: 1 });
	expect(delays!.p50_ms).toBeCloseTo(msOf(SHORT), 3);
	expect(delays!.p95_ms).toBeCloseTo(msOf(LONG), 3);
	expect(await collectorStates(database.client, {})).toMatchObject([
		{ accepted: 62, events_a_request: 4, events_an_insert: 5, insert_ms: 90, retries: 1 }
	]);
});
