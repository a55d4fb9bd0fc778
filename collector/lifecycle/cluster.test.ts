import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readMigrations } from '../../migrations/apply.ts';
import { connectDatabase } from '../../migrations/connect.ts';
import { forCluster } from '../../migrations/for-cluster.ts';
import { storedTables } from '../../migrations/tables.ts';
import { requestErasure } from '../../settings/erasures.ts';
import { findPseudonymKey } from '../../settings/projects.ts';
import { setRetention } from '../../settings/retention.ts';
import { EXAMPLES, FAILED_CEREMONY_EXAMPLE } from '../../sdk/event/examples.ts';
import { pseudonymise } from '../../settings/pseudonymise.ts';
import { reclassify } from '../reclassify/reclassify.ts';
import { refreshDailyActivity } from '../store/refresh-daily-activity.ts';
import { ref, startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { startCluster } from '../testing/start-cluster.ts';
import { applyRetention } from './apply-retention.ts';
import { ask } from './ask.ts';
import { exportPerson } from './export-person.ts';
import { untilErased } from './people.ts';
import { verify } from './verify.ts';

vi.setConfig({ testTimeout: 240_000 });

let cluster: Awaited<ReturnType<typeof startCluster>>;
let collector: TestCollector;
const nodes: ClickHouseClient[] = [];
beforeAll(async () => {
	cluster = await startCluster({ shards: 2 });
	const options = { name: 'main', nodes: cluster.urls };
	collector = await startTestCollector({ url: cluster.urls[0]!, cluster: options });
	for (const url of cluster.urls) nodes.push(await connectDatabase({ ...collector.database, url }));
	for (const user of USERS) {
		const { page, verdict } = visit(user, Date.now() - 1_000);
		await collector.send(page);
		await collector.send([verdict], { as: 'server' });
	}
	await collector.stored();
}, 240_000);
afterAll(async () => {
	for (const client of nodes) await client.close();
	await collector?.close();
	await cluster?.stop();
});

/** So many that both shards have some of everything, however their ids fall. */
const USERS = Array.from({ length: 24 }, () => ref());

function visit(user_ref: string, time_unix_ms: number) {
	const { 'ceremony.verdict': verdict, ...page } = EXAMPLES;
	const [session_id, ceremony_id, prompt_id] = [1, 2, 3].map(() => uuidV7(time_unix_ms));
	const credential_ref = ref();
	const about = (event: object) => ({
		...event,
		...('ceremony_id' in event && { ceremony_id }),
		...('prompt_id' in event && { prompt_id }),
		...('user_ref' in event && { user_ref, tags: { plan: 'pro' } }),
		...('credential' in event && { credential: { ...Object(event.credential), credential_ref } }),
		...{ session_id, id: uuidV7(time_unix_ms), time_unix_ms }
	});
	const omitted = { dropped_events: 1 };
	const failed = {
		...{ ...FAILED_CEREMONY_EXAMPLE, user_ref, session_id, time_unix_ms, omitted },
		...{ id: uuidV7(time_unix_ms), ceremony_id: uuidV7(time_unix_ms) }
	};
	return {
		page: [
			...Object.values(page)
				.filter(({ type }) => type !== 'credential.revoked')
				.map(about),
			failed
		],
		verdict: { ...about(verdict), session_id: undefined }
	};
}

const count = (client: ClickHouseClient, table: string, where = 'true') =>
	ask<{ rows: string }>(client, `SELECT count() AS rows FROM ${table} WHERE ${where}`).then(
		([row]) => Number(row!.rows)
	);

test('what a collector takes lies on both shards, each ceremony, credential and user whole on one of them', async () => {
	for (const { name } of storedTables('state')) {
		const own = await Promise.all(nodes.map((node) => count(node, `${name}_local FINAL`)));
		expect(Math.min(...own), name).toBeGreaterThan(0);
		for (const node of nodes)
			expect(await count(node, `${name} FINAL`), name).toBe(own[0]! + own[1]!);
	}
	const [result] = await verify(collector);
	expect(result).toMatchObject({ projectId: 'shop', differences: [] });
	expect(result!.events).toBeGreaterThan(USERS.length * 5);
});

test('a person is erased on every shard, a rule of reclassifying and a repair reach both, and the rest stays', async () => {
	const key = await findPseudonymKey(collector.settings, 'shop');
	const userHash = pseudonymise({ key }).user(USERS[0]!);
	const given = await exportPerson({
		client: collector.client,
		person: { projectId: 'shop', userHash, until: Date.now() }
	});
	expect(given.events.length).toBeGreaterThan(3);
	const { id } = await requestErasure(collector.settings, { projectId: 'shop', userHash });
	const erasure = await untilErased({ settings: collector.settings, id, patienceMs: 100_000 });
	expect(erasure.events).toBe(given.events.length);
	for (const { name, user } of storedTables('state'))
		if (user)
			for (const node of nodes) {
				expect(await count(node, `${name}_local`, `${user} = ${userHash}`), name).toBe(0);
				expect(await count(node, `${name}`, `${user} != 0`), name).toBeGreaterThan(0);
			}
	await collector.stop();
	await refreshDailyActivity({ client: collector.client });

	// A row goes missing on each shard, and comes back.
	for (const node of nodes)
		await node.command({
			query: 'ALTER TABLE users_state_v1_local DELETE WHERE true',
			clickhouse_settings: { mutations_sync: '2' }
		});
	const [found] = await verify({ ...collector, underWayMs: 0, repair: true });
	expect(found!.differences.length).toBe(USERS.length - 1);
	for (const node of nodes) expect(await count(node, 'users_state_v1_local')).toBeGreaterThan(0);

	const { written, finished } = await reclassify(collector);
	expect({ written, finished }).toEqual({ written: 0, finished: true });
});

test('retention deletes on every shard', async () => {
	await setRetention(collector.settings, 'shop', { rawDays: 1, derivedDays: 2 });
	const today = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
	await applyRetention({ ...collector, today });
	for (const node of nodes)
		for (const { name } of [...storedTables('raw'), ...storedTables('state')])
			expect(await count(node, `${name}_local`), name).toBe(0);
});

test("the statements for a replicated cluster are read by ClickHouse's own parser", async () => {
	for (const { name, statements } of readMigrations())
		for (const { sql } of statements.flatMap((each) => forCluster(each, { name: 'main' }))) {
			const answer = await collector.client.query({
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
