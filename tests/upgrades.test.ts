import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import {
	compareTable,
	comparedTables,
	type Difference
} from '../collector/lifecycle/compare-table.ts';
import { EVERYTHING } from '../collector/lifecycle/horizons.ts';
import { findStaleDays } from '../collector/store/find-changed-days.ts';
import { refreshChangedCredentials } from '../collector/store/refresh-changed-credentials.ts';
import { refreshDailyActivity } from '../collector/store/refresh-daily-activity.ts';
import { ask } from '../collector/testing/harness.ts';
import { applyMigrations, readMigrations, takesRowsAway } from '../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../migrations/connect.ts';
import { simulate } from '../simulator/simulate.ts';
import { parseFilters } from '../src/lib/filters.ts';
import { answerKpis } from '../src/lib/server/kpis/answer-kpis.ts';
import { KPI_IDS } from '../src/lib/server/kpis/registry.ts';
import { lastSunday, loadProjects, type LoadedProjects } from './support/simulated-project.ts';

// A database as each earlier schema left it, with events in it, is brought to this version. Its figures must be those of a
// database that was made new and got the same events.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const SCENARIO = { seed: 'upgrades', users: 14, days: 10, end: lastSunday(), trouble: 8 };
const PROJECT = 'shop';
const MIGRATIONS = readMigrations();
const without = () => Promise.resolve();

let loaded: LoadedProjects;
const fresh = new Map<string, Promise<Fresh>>();
let databases = 0;
beforeAll(async () => {
	loaded = await loadProjects({ [PROJECT]: [...simulate(SCENARIO)] });
});
// A day with events of this minute is about to be remade, and so is not compared. The database's own clock goes on, so each test sets this one anew.
beforeEach(() => void vi.setSystemTime(vi.getRealSystemTime() + 600_000));
afterAll(async () => {
	vi.useRealTimers();
	for (const made of fresh.values()) await (await made).client.close();
	await loaded?.close();
});

/** A database whose schema is as the first of the migrations left it, with the events as far as it has columns for them. */
async function makeDatabase(known: typeof MIGRATIONS) {
	const database = `upgrade_${++databases}`;
	const options = { dataDir: loaded.dataDir, database };
	await createDatabase(options);
	const client = await connectDatabase(options);
	await applyMigrations({ client, migrations: known });
	const rows = await ask<{ name: string }>(
		client,
		`SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'events_raw_v1' AND default_kind = '' ORDER BY name`
	);
	return { options, client, columns: rows.map(({ name }) => name).join(', ') };
}

async function fill(client: ClickHouseClient, columns: string): Promise<void> {
	await client.command({
		query: `INSERT INTO events_raw_v1 (${columns}) SELECT ${columns} FROM passlens.events_raw_v1 FINAL`
	});
}

/** What the collector does when it starts. */
async function remakeStaleDays(client: ClickHouseClient): Promise<number> {
	const stale = await findStaleDays({ client });
	const days = stale.map(({ day }) => day);
	// What was simulated arrived, by its clock, long before any start.
	await refreshChangedCredentials({ client, since: 0 });
	await refreshDailyActivity({ client, projectId: PROJECT, days });
	return days.length;
}

async function figuresOf(client: ClickHouseClient) {
	const search = new URLSearchParams({ period: 'custom', from: '2020-01-01', to: SCENARIO.end });
	const filters = parseFilters(search, { projects: [{ id: PROJECT, timeZone: 'UTC' }] });
	const { kpis } = await answerKpis({ client, ids: KPI_IDS, filters, trend: false });
	return kpis;
}

interface Fresh {
	client: ClickHouseClient;
	name: string;
	figures: unknown;
}

/** A new database with the same events and its figures, made once for each set of columns. */
function freshOf(columns: string): Promise<Fresh> {
	const made = fresh.get(columns) ?? makeFresh(columns);
	fresh.set(columns, made);
	return made;
}

async function makeFresh(columns: string): Promise<Fresh> {
	const { options, client } = await makeDatabase(MIGRATIONS);
	await fill(client, columns);
	await refreshDailyActivity({ client, projectId: PROJECT });
	return { client, name: options.database, figures: await figuresOf(client) };
}

/** Row by row and column by column, as `npm run verify` compares a database with one that it makes anew from the events. */
async function differencesFrom({ client, name }: Fresh, source: string): Promise<Difference[]> {
	const scratch = { client, name, source, empty: without, drop: without };
	const { rawFrom } = EVERYTHING;
	const found: Difference[] = [];
	for (const table of comparedTables())
		found.push(
			...(await compareTable({ scratch, table, projectId: PROJECT, rawFrom, until: Date.now() }))
		);
	return found;
}

it('the events that are upgraded make figures', async () => {
	const { columns, client } = await makeDatabase(MIGRATIONS);
	await client.close();
	const figures = JSON.stringify((await freshOf(columns)).figures);
	expect(figures.match(/"denominator":"?[1-9]/g)!.length).toBeGreaterThan(10);
});

/** The first version had the first six at once. */
const FIRST = MIGRATIONS.findIndex(({ number }) => number === 6);
const EARLIER = MIGRATIONS.map(({ name }, index) => [name, index] as const).slice(FIRST, -1);

it.each(EARLIER)(
	'a database as it was at %s comes to the figures of a new one, and every table to what the events make',
	async (_, index) => {
		const { options, client, columns } = await makeDatabase(MIGRATIONS.slice(0, index + 1));
		await fill(client, columns);
		const lost: string[] = [];
		const applied = await applyMigrations({
			client,
			beforeLoss: (names) => (lost.push(...names), without())
		});
		expect(applied).toEqual(MIGRATIONS.slice(index + 1).map(({ name }) => name));
		expect(lost).toEqual(
			MIGRATIONS.slice(index + 1)
				.filter(takesRowsAway)
				.map(({ name }) => name)
		);
		expect(await remakeStaleDays(client)).toBeGreaterThan(SCENARIO.days / 2);
		const made = await freshOf(columns);
		expect(await figuresOf(client)).toEqual(made.figures);
		expect(await differencesFrom(made, options.database)).toEqual([]);
		expect(await findStaleDays({ client })).toEqual([]);
		await client.command({ query: `DROP DATABASE ${options.database} SYNC` });
		await client.close();
	}
);
