import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refreshDailyActivity } from '../collector/store/refresh-daily-activity.ts';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import { removeSynthetic } from './remove-synthetic.ts';
import { simulate } from './simulate.ts';
import { openDatabase, prepareProject, type OpenDatabase } from './target.ts';
import { truthOf } from './truth.ts';
import { writeToDatabase } from './write-to-database.ts';

const scenario = { seed: 'database', users: 80, days: 40, end: '2026-10-31' };
const period = { from: '2026-09-22', to: '2026-10-31' };

let dataDir: string;
let database: OpenDatabase;
let settings: Settings;
let written: number;
const days = [...simulate(scenario)];

beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'passlens-simulator-'));
	database = (await openDatabase({ dataDir }))!;
	settings = await openSettings({ dataDir });
	const { sender } = await prepareProject({ settings, project: 'demo' });
	written = await writeToDatabase({
		...database,
		sender,
		days,
		directory: join(dataDir, 'simulator'),
		now: Date.parse('2030-01-01')
	});
	await refreshDailyActivity({ client: database.client, projectId: 'demo' });
}, 120_000);

afterAll(async () => {
	await settings.destroy();
	await database.client.close();
	await rm(dataDir, { recursive: true, force: true });
});

async function ask<Row>(query: string): Promise<Row[]> {
	const result = await database.client.query({ query, format: 'JSONEachRow' });
	return result.json<Row>();
}

describe('writeToDatabase', () => {
	it('stores every event once, at its true time, labelled synthetic', async () => {
		const events = new Set(
			days.flatMap(({ transmissions }) =>
				transmissions.flatMap((one) => one.events.map(({ id }) => id))
			)
		);
		const [row] = await ask<Record<string, unknown>>(
			`SELECT toUInt32(uniqExact(event_id)) AS events, min(synthetic) AS labelled, toString(min(event_date)) AS first, toString(max(event_date)) AS last
			FROM events_raw_v1 WHERE project_id = 'demo'`
		);
		expect(row).toEqual({
			events: events.size,
			labelled: true,
			first: expect.any(String),
			last: period.to
		});
		expect(String(row?.['first']) >= period.from).toBe(true);
		expect(written).toBeGreaterThan(events.size);
	});

	it('gives every ceremony its true outcome', async () => {
		const rows = await ask<{ outcome: string; ceremonies: number }>(
			`SELECT outcome, toUInt32(count()) AS ceremonies FROM ceremonies_v1 WHERE project_id = 'demo' GROUP BY outcome`
		);
		const { outcomes } = truthOf({ facts: days.flatMap(({ facts }) => facts), period });
		expect(
			Object.fromEntries(rows.map(({ outcome, ceremonies }) => [outcome, ceremonies]))
		).toEqual(outcomes);
	});

	it('leaves out what has not arrived yet, though it may have happened', async () => {
		const { sender } = await prepareProject({ settings, project: 'today' });
		const now = Date.parse('2026-10-20T12:00:00Z');
		await writeToDatabase({
			...database,
			sender,
			days,
			directory: join(dataDir, 'simulator'),
			now
		});
		const [row] = await ask<{ newest: number }>(
			`SELECT toUnixTimestamp64Milli(max(received_at)) AS newest FROM events_raw_v1 WHERE project_id = 'today'`
		);
		expect(Number(row?.newest)).toBeLessThan(now + 1_000);
		expect(Number(row?.newest)).toBeGreaterThan(now - 86_400_000);
	});

	it('is removed without a trace, other projects untouched', async () => {
		const others = await ask(
			`SELECT count() AS events FROM events_raw_v1 WHERE project_id = 'today'`
		);
		expect(await removeSynthetic({ client: database.client, projectId: 'demo' })).toBeGreaterThan(
			0
		);
		for (const table of [
			'events_raw_v1',
			'ceremonies_v1',
			'credentials_v1',
			'users_v1',
			'sessions_v1',
			'daily_activity_v1'
		])
			expect(await ask(`SELECT 1 FROM ${table} WHERE project_id = 'demo' LIMIT 1`)).toEqual([]);
		expect(
			await ask(`SELECT count() AS events FROM events_raw_v1 WHERE project_id = 'today'`)
		).toEqual(others);
	});
});
