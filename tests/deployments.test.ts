import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ask } from '../collector/testing/harness.ts';
import { startClickHouseServer } from '../collector/testing/start-clickhouse-server.ts';
import { startCluster } from '../collector/testing/start-cluster.ts';
import { connectDatabase } from '../migrations/connect.ts';
import { readPages } from './support/page-data.ts';
import {
	lastSunday,
	loadSimulatedProjects,
	type SimulatedProjects
} from './support/simulated-project.ts';

// The same events in an embedded database, on a server and on a cluster of two shards, brought there by the command for it.
// Each move is a process that opens the database anew.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const SCENARIO = { seed: 'deployments', users: 60, days: 30, end: lastSunday(), trouble: 8 };

let loaded: SimulatedProjects;
let server: Awaited<ReturnType<typeof startClickHouseServer>>;
let cluster: Awaited<ReturnType<typeof startCluster>>;
let params: Record<string, string>;
let embedded: Record<string, unknown>;
let arrived: unknown;
beforeAll(async () => {
	loaded = await loadSimulatedProjects(SCENARIO);
	params = await detailPages();
	embedded = await pagesOf({});
	arrived = await ask(loaded.client, ARRIVED);
	// One process holds an embedded database, and the command that moves it is another.
	await loaded.client.close();
	server = await startClickHouseServer();
	cluster = await startCluster({ shards: 2 });
});
afterAll(async () => {
	await cluster?.stop();
	await server?.stop();
	await loaded?.close();
});

/** What adds up must not be moved twice, neither by the raw events nor after a kill. */
const ARRIVED = `SELECT project_id, toUInt32(sum(events)) AS events FROM arrivals_v1 GROUP BY project_id ORDER BY project_id`;

/** A ceremony and a credential whose pages are read. */
async function detailPages() {
	const result = await loaded.client.query({
		query: `SELECT toString(ceremony_id) AS id, leftPad(lower(hex(credential_hash)), 16, '0') AS hash,
			leftPad(lower(hex(user_hash)), 16, '0') AS user FROM ceremonies_v1
			WHERE project_id = 'ordered' AND outcome = 'succeeded' AND credential_hash != 0 AND user_hash != 0 ORDER BY ceremony_id LIMIT 1`,
		format: 'JSONEachRow'
	});
	const [row] = await result.json<{ id: string; hash: string; user: string }>();
	return { ...row! };
}

function pagesOf(environment: Record<string, string>) {
	const whole = {
		CLICKHOUSE_URL: undefined,
		CLICKHOUSE_READ_URL: undefined,
		CLICKHOUSE_CLUSTER: undefined,
		CLICKHOUSE_CLUSTER_NODES: undefined
	};
	return readPages({
		environment: { ...whole, PASSLENS_DATA_DIR: loaded.dataDir, ...environment },
		search: `?project=ordered&period=custom&from=2020-01-01&to=${SCENARIO.end}&funnel=enrolment&step=created`,
		params
	});
}

function startMove(url: string, environment: Record<string, string> = {}): ChildProcess {
	return spawn(
		process.execPath,
		[join(import.meta.dirname, '../tools/move.ts'), url, '--data-dir', loaded.dataDir],
		{ env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] }
	);
}

async function move(url: string, environment: Record<string, string> = {}) {
	const child = startMove(url, environment);
	let stdout = '';
	child.stdout!.on('data', (chunk) => (stdout += chunk));
	const [code] = (await once(child, 'exit')) as [number];
	return { code, stdout };
}

const progressFile = () => join(loaded.dataDir, 'move.json');

test('the pages that are compared show something', () => {
	expect(Object.keys(embedded).length).toBeGreaterThan(8);
	expect(JSON.stringify(embedded).length).toBeGreaterThan(20_000);
});

test('a move that is killed goes on, ends with a difference where there is one, and every page is the same then', async () => {
	const killed = startMove(server.url);
	const moved = () => existsSync(progressFile()) && readFileSync(progressFile(), 'utf8');
	await expect.poll(moved, { timeout: 60_000 }).toContain(',"');
	killed.kill('SIGKILL');
	await once(killed, 'exit');

	const there = await connectDatabase({ url: server.url, dataDir: loaded.dataDir });
	await there.command({
		query: `INSERT INTO retention_horizons_v1 VALUES ('somebody-elses', today(), today())`
	});
	expect(await move(server.url)).toMatchObject({
		code: 2,
		stdout: expect.stringContaining('! retention_horizons_v1  0 here, 1 there')
	});
	await there.command({ query: 'TRUNCATE TABLE retention_horizons_v1' });
	expect(await move(server.url)).toMatchObject({
		code: 0,
		stdout: expect.stringContaining('All rows are there.')
	});
	expect(await ask(there, ARRIVED)).toEqual(arrived);
	await there.close();
	expect(await pagesOf({ CLICKHOUSE_URL: server.url })).toEqual(embedded);
});

test('a server with events of somebody else is not moved to', async () => {
	expect(await move(server.url)).toMatchObject({ code: 1 });
});

test('two shards show every page as one database does, asked of the one that nothing was sent to', async () => {
	const environment = {
		CLICKHOUSE_CLUSTER: 'main',
		CLICKHOUSE_CLUSTER_NODES: cluster.urls.join(',')
	};
	expect(await move(cluster.urls[0]!, environment)).toMatchObject({ code: 0 });
	const pages = await pagesOf({ CLICKHOUSE_URL: cluster.urls[1]!, ...environment });
	expect(pages).toEqual(embedded);
});
