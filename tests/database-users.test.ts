import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestCollector, type TestCollector } from '../collector/testing/harness.ts';
import {
	startClickHouseServer,
	type ClickHouseServer
} from '../collector/testing/start-clickhouse-server.ts';
import { verify } from '../collector/lifecycle/verify.ts';
import { connectReader } from '../migrations/connect.ts';
import { EXAMPLES } from '../sdk/event/examples.ts';
import { handleError } from '../src/hooks.server.ts';
import { answerKpis } from '../src/lib/server/kpis/answer-kpis.ts';
import { KPI_IDS } from '../src/lib/server/kpis/registry.ts';
import { parseFilters } from '../src/lib/filters.ts';

// A server with the users of deploy/clickhouse/passlens-users.xml, as an operator gives them to it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const PASSWORDS = { PASSLENS_WRITER_PASSWORD: 'writes', PASSLENS_READER_PASSWORD: 'reads' };
const OWN_USERS = `<clickhouse>
	<profiles><default/></profiles><quotas><default/></quotas>
	<users><default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default></users>
</clickhouse>`;

let directory: string;
let server: ClickHouseServer;
let collector: TestCollector;
let reader: ClickHouseClient;
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'passlens-users-'));
	const configFile = join(directory, 'config.xml');
	const users = join(directory, 'users.xml');
	await writeFile(users, OWN_USERS);
	await mkdir(join(directory, 'users.d'));
	await copyFile(
		join(import.meta.dirname, '../deploy/clickhouse/passlens-users.xml'),
		join(directory, 'users.d/passlens-users.xml')
	);
	await writeFile(configFile, `<clickhouse><users_config>${users}</users_config></clickhouse>`);
	server = await startClickHouseServer({ configFile, env: PASSWORDS });
	const as = (user: string) => server.url.replace('://', `://${user}@`);
	collector = await startTestCollector({ url: as('passlens_writer:writes') });
	reader = await connectReader({
		...collector.database,
		readUrl: as('passlens_reader:reads')
	});
});
afterAll(async () => {
	await reader?.close();
	await collector?.close();
	await server?.stop();
	await rm(directory, { recursive: true, force: true });
});

const ask = (query: string, clickhouse_settings = {}) =>
	reader.query({ query, clickhouse_settings, format: 'JSONEachRow' }).then((it) => it.json());

test('the writer makes the tables, takes events and recomputes them; the reader answers pages', async () => {
	const { 'ceremony.verdict': verdict, 'credential.revoked': revoked, ...page } = EXAMPLES;
	const now = Date.now();
	const today = (event: object) => ({ ...event, time_unix_ms: now });
	await collector.send(Object.values(page).map(today));
	await collector.send([today(verdict), today(revoked)], { as: 'server' });
	await collector.stop();
	const [verified] = await verify({ ...collector, underWayMs: 0 });
	expect(verified).toMatchObject({ events: Object.keys(EXAMPLES).length, differences: [] });

	const filters = parseFilters(new URLSearchParams('period=7d'), {
		projects: [{ id: 'shop', timeZone: 'UTC' }]
	});
	const { kpis } = await answerKpis({ client: reader, ids: KPI_IDS, filters });
	expect(kpis['telemetry_loss']).toMatchObject({ answer: { numerator: 1, denominator: 1 } });
});

test.each([
	`INSERT INTO events_raw_v1 (project_id) VALUES ('shop')`,
	'ALTER TABLE events_raw_v1 DELETE WHERE true',
	'TRUNCATE TABLE daily_generations_v1',
	'DROP TABLE users_state_v1',
	'CREATE TABLE mine (x UInt8) ENGINE = Memory'
])('the reader may not %s', async (query) => {
	await expect(reader.command({ query })).rejects.toMatchObject({
		type: expect.stringMatching(/^(READONLY|ACCESS_DENIED)$/)
	});
});

test('the reader has limits that its queries cannot lift', async () => {
	const names = ['readonly', 'max_execution_time', 'max_memory_usage', 'priority'];
	const settings = names.map((name) => `toUInt64(getSetting('${name}')) AS ${name}`);
	expect(await ask(`SELECT ${settings.join(', ')}`)).toEqual([
		{ readonly: '2', max_execution_time: '20', max_memory_usage: '4000000000', priority: '10' }
	]);
	for (const lifted of [
		{ max_execution_time: 0 },
		{ max_execution_time: 3_600 },
		{ max_memory_usage: '0' },
		{ priority: '1' },
		{ readonly: '0' }
	])
		await expect(ask('SELECT 1', lifted)).rejects.toMatchObject({
			type: expect.stringMatching(/^(SETTING_CONSTRAINT_VIOLATION|READONLY)$/)
		});
});

test('each has a quota of its own: the reader’s bounds a minute of pages, the writer’s only counts', async () => {
	const usage = 'SHOW CURRENT QUOTA';
	const [ofReader] = await ask(usage);
	expect(ofReader).toMatchObject({
		...{ quota_name: 'passlens_reader', max_queries: '6000', max_execution_time: 600 },
		queries: expect.stringMatching(/^[1-9]/)
	});
	const [ofWriter] = await collector.query(usage);
	expect(ofWriter).toMatchObject({
		...{ quota_name: 'passlens_writer', max_queries: null, max_execution_time: null },
		queries: expect.stringMatching(/^[1-9]/)
	});
});

test('a page whose question runs away ends, and says why and what to do', async () => {
	const runaway = ask('SELECT sum(cityHash64(number)) FROM numbers(1000000000000)', {
		max_execution_time: 1
	});
	const error: unknown = await runaway.catch((thrown: unknown) => thrown);
	const told = vi.spyOn(console, 'error').mockReturnValue(undefined);
	const shown = await handleError({
		error,
		...{ status: 500, message: 'Internal Error', event: {} as never }
	});
	told.mockRestore();
	expect(shown).toMatchObject({
		message: expect.stringMatching(/took longer than a page may.*shorter period/),
		explained: true
	});
});
