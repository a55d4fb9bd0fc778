import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { applyMigrations, readMigrations } from '../../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../../migrations/connect.ts';
import { forCluster } from '../../migrations/for-cluster.ts';
import { storedTables } from '../../migrations/tables.ts';
import { EXAMPLES } from '../../sdk/event/examples.ts';
import { refreshDailyActivity } from '../store/refresh-daily-activity.ts';
import { startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { startCluster } from '../testing/start-cluster.ts';
import { ask } from './ask.ts';

vi.setConfig({ testTimeout: 120_000 });

let cluster: Awaited<ReturnType<typeof startCluster>>;
let embedded: TestCollector;
const nodes: ClickHouseClient[] = [];
beforeAll(async () => {
	cluster = await startCluster({ shards: 2 });
	embedded = await startTestCollector();
	for (const url of cluster.urls) {
		const options = { name: 'main', nodes: cluster.urls };
		const database = { url, dataDir: embedded.dataDir, cluster: options };
		await createDatabase(database);
		const client = await connectDatabase(database);
		nodes.push(client);
	}
	for (const [index, client] of nodes.entries())
		await applyMigrations({
			client,
			cluster: { name: 'main', nodes: cluster.urls, inserts: index === 1 }
		});
	for (let visit = 0; visit < 6; visit++) await send();
	await embedded.stored();
	await embedded.stop();
	await refreshDailyActivity({ client: embedded.client });
}, 240_000);
afterAll(async () => {
	for (const client of nodes) await client.close();
	await embedded?.close();
	await cluster?.stop();
});

async function send() {
	const { 'ceremony.verdict': verdict, ...page } = EXAMPLES;
	const time_unix_ms = Date.now() - 1_000;
	const [session_id, ceremony_id, prompt_id] = [1, 2, 3].map(() => uuidV7());
	const about = (event: object) => ({
		...event,
		...('ceremony_id' in event && { ceremony_id }),
		...('prompt_id' in event && { prompt_id }),
		...{ session_id, id: uuidV7(), time_unix_ms }
	});
	await embedded.send(Object.values(page).map(about));
	await embedded.send([{ ...about(verdict), session_id: undefined }], { as: 'server' });
}

test('two shards give the figures that one embedded database gives, whichever is asked', async () => {
	const columns = (
		await embedded.query<{ name: string }>(
			`SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'events_raw_v1' AND default_kind = ''`
		)
	).map(({ name }) => name);
	const rows = await embedded.query<Record<string, unknown>>(
		`SELECT ${columns.join(', ')} FROM events_raw_v1`
	);
	// One half arrives at each server, and a part of it twice.
	for (const [index, client] of nodes.entries()) {
		const half = rows.filter((_, row) => row % 2 === index || row % 5 === 0);
		await client.insert({ table: 'events_raw_v1', values: half, format: 'JSONEachRow' });
	}
	await refreshDailyActivity({ client: nodes[1]! });
	for (const client of nodes) {
		const [own] = await ask<{ rows: string }>(
			client,
			'SELECT count() AS rows FROM ceremonies_state_v1_local FINAL'
		);
		expect(Number(own!.rows)).toBeGreaterThan(0);
		for (const view of [
			...storedTables('state').flatMap(({ view }) => view ?? []),
			'daily_activity_v1',
			'hourly_activity_v1',
			'passkey_acts_v1'
		]) {
			const set = view.includes('activity')
				? ' EXCEPT (users), finalizeAggregation(users) AS users'
				: '';
			const query = `SELECT *${set} FROM ${view} ORDER BY ALL`;
			expect(await ask(client, query), view).toEqual(await embedded.query(query));
		}
	}
});

test("the statements for a replicated cluster are read by ClickHouse's own parser", async () => {
	for (const { name, statements } of readMigrations())
		for (const { sql } of statements.flatMap((each) => forCluster(each, { name: 'main' }))) {
			const answer = await embedded.client.query({
				query: 'SELECT formatQuery({sql: String}) AS sql',
				query_params: { sql },
				format: 'JSONEachRow'
			});
			const [read] = await answer.json<{ sql: string }>();
			expect(read!.sql.length, name).toBeGreaterThan(0);
			if (/^CREATE TABLE/.test(sql))
				expect(read!.sql, name).toMatch(
					/ON CLUSTER main[^]*(Replicated\w*MergeTree|Distributed)\(/
				);
			else if (!sql.startsWith('INSERT')) expect(read!.sql, name).toContain('ON CLUSTER main');
		}
});
