import type { ClickHouseClient } from '@clickhouse/client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyMigrations } from '../../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../../migrations/connect.ts';
import { TIME_ZONES } from '../../settings/time-zones.ts';
import { uuidV7 } from '../testing/harness.ts';
import { findChangedDays, findStaleDays } from './find-changed-days.ts';
import { publishProjectZones, readProjectZones } from './project-zones.ts';
import { refreshDailyActivity } from './refresh-daily-activity.ts';
import { daysAround, firstWholeDay } from './zone-days.ts';

let dataDir: string;
let client: ClickHouseClient;
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'passlens-zones-'));
	await createDatabase({ dataDir });
	client = await connectDatabase({ dataDir });
	await applyMigrations({ client });
}, 60_000);
afterAll(async () => {
	await client.close();
	await rm(dataDir, { recursive: true, force: true });
});

async function ask<Row>(query: string): Promise<Row[]> {
	return (await client.query({ query, format: 'JSONEachRow' })).json<Row>();
}

/** A successful ceremony at each of these moments of UTC. */
async function insert(project_id: string, times: readonly string[]) {
	const values = times.map((time) => ({
		...{ project_id, event_id: uuidV7(), ceremony_id: uuidV7(Date.parse(`${time}Z`)) },
		...{ event_type: 'ceremony.finished', ceremony_type: 'authentication', user_hash: 1 },
		...{ client_outcome: 'succeeded', occurred_at: time, received_at: time }
	}));
	await client.insert({ table: 'events_raw_v1', values, format: 'JSONEachRow' });
}

const choose = (project: string, zone: string) =>
	publishProjectZones({ client, chosen: new Map([[project, zone]]) });

const counted = async (project: string) =>
	Object.fromEntries(
		(
			await ask<{ own: string; n: number }>(
				`SELECT toString(day) AS own, toUInt32(sum(ceremonies)) AS n FROM daily_ceremonies_v1
				WHERE project_id = '${project}' GROUP BY day ORDER BY day`
			)
		).map(({ own, n }) => [own, n])
	);

const staleOf = async (project: string) =>
	(await findStaleDays({ client }))
		.filter(({ projectId }) => projectId === project)
		.map(({ day }) => day)
		.sort();

test.each<[zone: string, times: string[], days: Record<string, number>]>([
	[
		'Asia/Kolkata',
		['2026-03-01T18:29:59.999', '2026-03-01T18:30:00.000', '2026-03-02T18:29:59.999'],
		{ '2026-03-01': 1, '2026-03-02': 2 }
	],
	[
		'Asia/Kathmandu',
		['2026-03-01T18:14:59', '2026-03-01T18:15:00'],
		{ '2026-03-01': 1, '2026-03-02': 1 }
	],
	[
		// 23 hours: the clocks go forward on the eighth.
		'America/New_York',
		['2026-03-08T04:59:59', '2026-03-08T05:00:00', '2026-03-09T03:59:59', '2026-03-09T04:00:00'],
		{ '2026-03-07': 1, '2026-03-08': 2, '2026-03-09': 1 }
	],
	[
		// 25 hours: they go back on the first.
		'America/Los_Angeles',
		['2026-11-01T06:59:59', '2026-11-01T07:00:00', '2026-11-02T07:59:59', '2026-11-02T08:00:00'],
		{ '2026-10-31': 1, '2026-11-01': 2, '2026-11-02': 1 }
	],
	[
		// By half an hour, on the fifth of April.
		'Australia/Lord_Howe',
		['2026-04-04T12:59:59', '2026-04-04T13:00:00', '2026-04-05T13:29:59', '2026-04-05T13:30:00'],
		{ '2026-04-04': 1, '2026-04-05': 2, '2026-04-06': 1 }
	],
	[
		'Pacific/Kiritimati',
		['2026-03-01T09:59:59', '2026-03-01T10:00:00'],
		{ '2026-03-01': 1, '2026-03-02': 1 }
	],
	[
		'Etc/GMT+12',
		['2026-03-01T11:59:59', '2026-03-01T12:00:00'],
		{ '2026-02-28': 1, '2026-03-01': 1 }
	]
])('a day of %s begins at its own midnight', async (zone, times, days) => {
	const project = zone.toLowerCase();
	await insert(project, times);
	expect(await choose(project, zone)).toEqual({ changed: [project], unknown: [] });
	expect(await staleOf(project)).toEqual(Object.keys(days));
	await refreshDailyActivity({ client, projectId: project });
	expect(await counted(project)).toEqual(days);
	expect(await staleOf(project)).toEqual([]);
	// One day alone is the same as all of them.
	for (const day of Object.keys(days))
		await refreshDailyActivity({ client, projectId: project, days: [day] });
	expect(await counted(project)).toEqual(days);
});

test('an hour that a midnight divides stands under both days', async () => {
	await insert('halved', ['2026-03-01T18:10:00', '2026-03-01T18:50:00', '2026-03-01T18:55:00']);
	await choose('halved', 'Asia/Kolkata');
	await refreshDailyActivity({ client, projectId: 'halved' });
	expect(
		await ask(`SELECT toString(day) AS own, toString(hour) AS hour, toUInt32(sum(occurrences)) AS n FROM hourly_activity_v1
			WHERE project_id = 'halved' AND activity = 'authentication' GROUP BY day, hour ORDER BY day`)
	).toEqual([
		{ own: '2026-03-01', hour: '2026-03-01 18:00:00', n: 1 },
		{ own: '2026-03-02', hour: '2026-03-01 18:00:00', n: 2 }
	]);
});

test('another zone makes every day stale until it is remade, and the edges empty; back in UTC all is as it was', async () => {
	await insert('moved', ['2026-05-01T20:00:00', '2026-05-02T03:00:00', '2026-05-03T20:00:00']);
	await refreshDailyActivity({ client, projectId: 'moved' });
	const rows = () =>
		ask(`SELECT day, hour, activity, detail, occurrences, uniqExactMerge(users) AS people FROM hourly_activity_v1
			WHERE project_id = 'moved' GROUP BY ALL ORDER BY ALL`);
	const before = await rows();
	const left = () =>
		ask<{ n: number }>(
			`SELECT toUInt32(countIf(NOT current)) AS n FROM rollup_days_v1 WHERE project_id = 'moved'`
		);
	const remake = async (zone: string) => {
		await choose('moved', zone);
		const days = await staleOf('moved');
		await refreshDailyActivity({ client, projectId: 'moved', days });
		expect(await staleOf('moved')).toEqual([]);
		expect(await left()).toEqual([{ n: 0 }]);
	};
	expect(await left()).toEqual([{ n: 0 }]);
	await choose('moved', 'Asia/Kolkata');
	expect(await left()).toEqual([{ n: 3 }]);
	await remake('Asia/Kolkata');
	expect(await counted('moved')).toEqual({ '2026-05-02': 2, '2026-05-04': 1 });
	await remake('America/New_York');
	expect(await counted('moved')).toEqual({ '2026-05-01': 2, '2026-05-03': 1 });
	await remake('UTC');
	expect(await rows()).toEqual(before);
	expect(await choose('moved', 'UTC')).toEqual({ changed: [], unknown: [] });
});

test('days are remade by another zone where the raw events are gone, those that only it has included', async () => {
	await insert('old', ['2025-05-01T20:00:00', '2025-05-04T02:00:00']);
	await refreshDailyActivity({ client, projectId: 'old' });
	await client.command({
		query: `ALTER TABLE events_raw_v1 DELETE WHERE project_id = 'old'`,
		clickhouse_settings: { mutations_sync: '2' }
	});
	for (const [zone, days] of [
		['Asia/Tokyo', { '2025-05-02': 1, '2025-05-04': 1 }],
		['America/Chicago', { '2025-05-01': 1, '2025-05-03': 1 }]
	] as const) {
		await choose('old', zone);
		await refreshDailyActivity({ client, projectId: 'old', days: await staleOf('old') });
		expect(await counted('old')).toEqual(days);
	}
});

test('what arrives late changes the day of the zone, for each project by its own', async () => {
	for (const project of ['east', 'west', 'home']) await insert(project, ['2026-06-01T20:00:00']);
	const chosen = new Map([
		['east', 'Asia/Tokyo'],
		['west', 'America/Chicago']
	]);
	await publishProjectZones({ client, chosen });
	expect(await readProjectZones(client)).toEqual(expect.objectContaining(new Map(chosen)));
	const received = Date.parse('2026-06-01T20:00:00Z');
	const changed = await findChangedDays({ client, since: received });
	const ours = changed.filter(({ projectId }) => ['east', 'west', 'home'].includes(projectId));
	expect(ours.toSorted((a, b) => a.projectId.localeCompare(b.projectId))).toEqual([
		{ projectId: 'east', day: '2026-06-02' },
		{ projectId: 'home', day: '2026-06-01' },
		{ projectId: 'west', day: '2026-06-01' }
	]);
	await refreshDailyActivity({ client });
	expect(await counted('east')).toEqual({ '2026-06-02': 1 });
	expect(await counted('west')).toEqual({ '2026-06-01': 1 });
});

test('every zone that can be chosen is known to the database, and one that is not changes nothing', async () => {
	const chosen = new Map(TIME_ZONES.map((zone) => [`in ${zone}`, zone]));
	expect((await publishProjectZones({ client, chosen })).unknown).toEqual([]);
	expect(await choose('far', 'Mars/Olympus')).toEqual({ changed: [], unknown: ['Mars/Olympus'] });
	expect((await readProjectZones(client)).has('far')).toBe(false);
});

test.each([
	['UTC', '2026-03-01'],
	['Asia/Kolkata', '2026-03-02'],
	['America/New_York', '2026-03-01'],
	['Europe/London', '2026-03-01']
])('of what is kept since a day of UTC, %s is whole from %s on', (zone, day) => {
	expect(firstWholeDay('2026-03-01', zone)).toBe(day);
});

test('days of UTC and of a zone share moments with the days beside them', () => {
	expect(daysAround(['2026-03-01', '2026-03-02'], 'UTC')).toEqual(['2026-03-01', '2026-03-02']);
	expect(daysAround(['2026-03-01'], 'Asia/Tokyo')).toEqual([
		'2026-02-28',
		'2026-03-01',
		'2026-03-02'
	]);
});
