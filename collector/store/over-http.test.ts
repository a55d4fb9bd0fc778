import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXAMPLES, FAILED_CEREMONY_EXAMPLE } from '../../sdk/event/examples.ts';
import { connectDatabase } from '../../migrations/connect.ts';
import { applyMigrations } from '../../migrations/apply.ts';
import { startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { startClickHouseServer } from '../testing/start-clickhouse-server.ts';

let server: Awaited<ReturnType<typeof startClickHouseServer>>;
let overHttp: TestCollector;
let embedded: TestCollector;
beforeAll(async () => {
	server = await startClickHouseServer();
	overHttp = await startTestCollector({ url: server.url });
	embedded = await startTestCollector();
}, 60_000);
afterAll(async () => {
	await overHttp?.close();
	await embedded?.close();
	await server?.stop();
});

const ROWS = {
	ceremonies_v1: '* EXCEPT (received_at, clock_skew_ms, user_hash, credential_hash)',
	credentials_v1: '* EXCEPT (user_hash, credential_hash)',
	prompts_v1: '* EXCEPT (user_hash)',
	sessions_v1: '* EXCEPT (user_hash)',
	signins_v1: '* EXCEPT (user_hash)',
	users_v1: '* EXCEPT (user_hash)'
};

test('a ClickHouse server over HTTP ends with the same rows as the embedded database', async () => {
	const { 'ceremony.verdict': verdict, 'credential.revoked': revoked, ...page } = EXAMPLES;
	const failed = { ...FAILED_CEREMONY_EXAMPLE, ceremony_id: uuidV7(), id: uuidV7() };
	const nasty = {
		...page['client.capabilities'],
		id: uuidV7(),
		session_id: uuidV7(),
		release: `'"\\\n\u0000☃`
	};
	// Moments ago by a right clock: nothing is corrected by when each of the two received it.
	const time_unix_ms = Date.now() - 1_000;
	const at = (events: object[]) => events.map((event) => ({ ...event, time_unix_ms }));
	for (const collector of [overHttp, embedded]) {
		await collector.send(at([...Object.values(page), failed, nasty]));
		await collector.send(at([verdict, revoked]), { as: 'server' });
		await collector.stored();
	}
	for (const [view, columns] of Object.entries(ROWS)) {
		const query = `SELECT ${columns} FROM ${view} ORDER BY ALL`;
		const rows = await embedded.query(query);
		expect(rows.length, view).toBeGreaterThan(0);
		expect(await overHttp.query(query), view).toEqual(rows);
	}
	const rollup = `SELECT day, activity, detail, os_name, occurrences, finalizeAggregation(users) AS users
		FROM daily_activity_v1 ORDER BY ALL`;
	await expect.poll(() => embedded.query(rollup), { timeout: 25_000 }).not.toEqual([]);
	await expect.poll(() => overHttp.query(rollup), { timeout: 25_000 }).not.toEqual([]);
	expect(await overHttp.query(rollup)).toEqual(await embedded.query(rollup));
});

test('the migrations are applied there once', async () => {
	const client = await connectDatabase({ url: server.url, dataDir: overHttp.dataDir });
	expect(await applyMigrations({ client })).toEqual([]);
	await client.close();
});

test('a server that goes away under load keeps nobody from sending, and when it is back all is there, once', async () => {
	await server.kill();
	const release = 'while-away';
	const sender = async () => {
		for (let i = 0; i < 20; i++) {
			const events = Array.from({ length: 25 }, () => ({
				...EXAMPLES['client.capabilities'],
				id: uuidV7(),
				time_unix_ms: Date.now(),
				release
			}));
			expect((await overHttp.send(events)).status).toBe(202);
		}
	};
	await Promise.all(Array.from({ length: 8 }, sender));
	server = await startClickHouseServer(server);
	await overHttp.stored();
	const [rows] = await overHttp.query<{ all: string; once: string }>(
		`SELECT count() AS all, uniqExact(event_id) AS once FROM events_raw_v1 FINAL WHERE release = '${release}'`
	);
	expect(rows).toEqual({ all: '4000', once: '4000' });
}, 120_000);
