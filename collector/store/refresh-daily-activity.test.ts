import type { ClickHouseClient } from '@clickhouse/client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { applyMigrations } from '../../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../../migrations/connect.ts';
import { uuidV7 } from '../testing/harness.ts';
import { findChangedDays, findStaleDays } from './find-changed-days.ts';
import { refreshDailyActivity } from './refresh-daily-activity.ts';
import { publishRolledUpTags } from './rolled-up-tags.ts';

let dataDir: string;
let client: ClickHouseClient;
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'passlens-rollups-'));
	await createDatabase({ dataDir });
	client = await connectDatabase({ dataDir });
	await applyMigrations({ client });
}, 60_000);
afterAll(async () => {
	await client.close();
	await rm(dataDir, { recursive: true, force: true });
});

const at = (time: string) => Date.parse(`${time}Z`);

/** A ceremony of user and credential 1 with an end and a verdict. */
function ceremony(project_id: string, time: string, more: object = {}) {
	const shared = {
		...{ project_id, ceremony_id: uuidV7(at(time)), user_hash: 1, credential_hash: 1 },
		...{ occurred_at: time, received_at: time, ceremony_type: 'authentication' },
		...more
	};
	return [
		{ ...shared, event_type: 'ceremony.finished', client_outcome: 'succeeded', country: 'AT' },
		{ ...shared, event_type: 'ceremony.verdict', verified: true }
	].map((event) => ({ ...event, event_id: uuidV7(at(time)) }));
}

async function insert(values: object[]) {
	await client.insert({ table: 'events_raw_v1', values, format: 'JSONEachRow' });
}

async function ask<Row>(query: string) {
	return (await client.query({ query, format: 'JSONEachRow' })).json<Row>();
}

test('hours and days keep users apart by country, provider, virtual authenticator and the chosen tags', async () => {
	await insert([
		...ceremony('hours', '2026-11-02T09:10:00', { tags: { plan: 'pro', team: 'red' } }),
		...ceremony('hours', '2026-11-02T09:50:00', { tags: { plan: 'pro' } }),
		...ceremony('hours', '2026-11-02T11:10:00', { user_hash: 2, tags: { plan: 'free' } }),
		...ceremony('hours', '2026-11-02T12:10:00', { user_hash: 3 })
	]);
	const chosen = new Map([['hours', ['plan']]]);
	expect(await publishRolledUpTags({ client, chosen })).toEqual(['hours']);
	expect(await publishRolledUpTags({ client, chosen })).toEqual([]);
	await refreshDailyActivity({ client, projectId: 'hours' });
	const rollup = (view: string, when: string) =>
		ask(`SELECT ${when}, country, tags, toUInt32(sum(occurrences)) AS signins, toUInt32(uniqExactMerge(users)) AS users FROM ${view}
			WHERE project_id = 'hours' AND activity = 'authentication' GROUP BY ALL ORDER BY ALL`);
	const AT = { country: 'AT' };
	expect(await rollup('hourly_activity_v1', 'toHour(hour) AS hour')).toEqual([
		{ hour: 9, ...AT, tags: ['plan=pro'], signins: 2, users: 1 },
		{ hour: 11, ...AT, tags: ['plan=free'], signins: 1, users: 1 },
		{ hour: 12, ...AT, tags: [], signins: 1, users: 1 }
	]);
	expect(await rollup('daily_activity_v1', 'toString(day) AS day')).toEqual([
		{ day: '2026-11-02', ...AT, tags: [], signins: 1, users: 1 },
		{ day: '2026-11-02', ...AT, tags: ['plan=free'], signins: 1, users: 1 },
		{ day: '2026-11-02', ...AT, tags: ['plan=pro'], signins: 2, users: 1 }
	]);
});

test('ceremonies, acts and users of days are told apart by environment and the chosen tags', async () => {
	const times = ['2026-11-03T09:10:00', '2026-11-03T09:50:00', '2026-11-03T11:10:00'] as const;
	const environments = ['production', 'production', 'staging'];
	const tags = [{ team: 'red', plan: 'pro=1' }, {}, { team: 'blue' }];
	await insert(
		times.flatMap((time, n) =>
			ceremony('parts', time, { environment: environments[n], tags: tags[n] })
		)
	);
	await insert([
		{
			...{ project_id: 'parts', event_type: 'client.capabilities', event_id: uuidV7(at(times[0])) },
			...{ session_id: uuidV7(at(times[0])), user_hash: 1, country: 'AT' },
			...{ environment: 'production', passkey_capable: true, occurred_at: times[0] },
			...{ received_at: times[0], tags: tags[0] }
		}
	]);
	const rollups = () =>
		Promise.all(
			[
				`daily_ceremonies_v1 WHERE`,
				`passkey_acts_v1 WHERE`,
				`daily_activity_v1 WHERE activity = 'authentication' AND`,
				`user_days_v1 WHERE`
			].map((from) =>
				ask<{ environment: string; tags: string[] }>(
					`SELECT toString(environment) AS environment, tags FROM ${from} project_id = 'parts' ORDER BY ALL`
				)
			)
		);
	const production = { environment: 'production', tags: [] };
	const staging = { environment: 'staging', tags: [] };
	await refreshDailyActivity({ client, projectId: 'parts' });
	expect(await rollups()).toEqual([
		[production, staging],
		[production, production, staging],
		[production, staging],
		[production, staging]
	]);

	const chosen = new Map([['parts', ['plan', 'team']]]);
	await publishRolledUpTags({ client, chosen });
	await refreshDailyActivity({ client, projectId: 'parts' });
	const apart = [
		production,
		{ ...production, tags: ['plan=pro=1', 'team=red'] },
		{ ...staging, tags: ['team=blue'] }
	];
	expect(await rollups()).toEqual([apart, apart, apart, apart]);
	// What a client can do belongs to the visit that told it.
	expect(
		await ask(`SELECT toString(passkey_capable) AS capable, has(tags, 'team=red') AS red FROM user_days_v1
			WHERE project_id = 'parts' AND environment = 'production' ORDER BY red`)
	).toEqual([
		{ capable: '', red: 0 },
		{ capable: 'yes', red: 1 }
	]);
});

test('a registration that comes late tells of earlier sign-ins whose passkey it was, and their days are found again', async () => {
	await insert(ceremony('late', '2026-11-02T09:10:00'));
	await refreshDailyActivity({ client, projectId: 'late' });
	const signins = () =>
		ask(`SELECT * FROM (SELECT provider, test_authenticator AS test FROM daily_activity_v1
			WHERE project_id = 'late' AND activity = 'authentication'
			UNION ALL SELECT provider, test_authenticator FROM daily_ceremonies_v1 WHERE project_id = 'late' AND ceremony_type = 'authentication'
			UNION ALL SELECT '', test_authenticator FROM passkey_acts_v1 WHERE project_id = 'late' AND ceremony_type = 'authentication') ORDER BY ALL`);
	const unknown = { provider: '', test: false };
	expect(await signins()).toEqual([unknown, unknown, unknown]);

	const registration = {
		ceremony_type: 'registration',
		provider: 'Chrome',
		test_authenticator: true
	};
	const received_at = '2026-11-20T10:00:00';
	await insert(ceremony('late', '2026-10-20T08:00:00', { ...registration, received_at }));
	const days = await findChangedDays({ client, since: at(received_at) });
	expect(days.map(({ day }) => day)).toEqual(expect.arrayContaining(['2026-10-20', '2026-11-02']));
	await refreshDailyActivity({ client, projectId: 'late', days: days.map(({ day }) => day) });
	const known = { provider: 'Chrome', test: true };
	expect(await signins()).toEqual([{ provider: '', test: true }, known, known]);
});

test('a day that an older version made is found and remade, whether or not its raw events are still there', async () => {
	await client.command({
		query: `INSERT INTO daily_generations_v1 VALUES ('old', '2025-01-01', 1)`
	});
	const old = { projectId: 'old', day: '2025-01-01' };
	expect(await findStaleDays({ client })).toContainEqual(old);
	await refreshDailyActivity({ client, projectId: 'old', days: [old.day] });
	expect(await findStaleDays({ client })).not.toContainEqual(old);
});

const ROLLUPS = {
	hourly_activity_state_v1: 'hourly_activity_v1',
	daily_activity_state_v2: 'daily_activity_v1',
	daily_ceremonies_state_v1: 'daily_ceremonies_v1',
	daily_endings_state_v1: 'daily_endings_v1',
	passkey_acts_state_v1: 'passkey_acts_v1',
	user_days_state_v1: 'user_days_v1'
};
const counted = (project: string) =>
	Promise.all(
		Object.values(ROLLUPS).map(async (view) => {
			const [row] = await ask<{ rows: number }>(
				`SELECT toUInt32(count()) AS rows FROM ${view} WHERE project_id = '${project}'`
			);
			return row!.rows;
		})
	);

test('a day reads as before until its new rows are published, whatever the database merges meanwhile', async () => {
	const time = '2026-11-02T09:10:00';
	await insert(ceremony('slots', time, { session_id: uuidV7(at(time)) }));
	const days = { projectId: 'slots', days: ['2026-11-02'] };
	await refreshDailyActivity({ client, ...days });
	const before = await counted('slots');
	expect(before.every((rows) => rows > 0)).toBe(true);
	const unpublished: number[][] = [];
	const merging = new Proxy(client, {
		get: (target, name) =>
			name !== 'command'
				? Reflect.get(target, name)
				: async (command: Parameters<ClickHouseClient['command']>[0]) => {
						if (command.query.includes('INSERT INTO daily_generations_v1')) {
							for (const table of Object.keys(ROLLUPS))
								await client.command({ query: `OPTIMIZE TABLE ${table} FINAL` });
							unpublished.push(await counted('slots'));
						}
						return client.command(command);
					}
	});
	for (let round = 0; round < 3; round++) await refreshDailyActivity({ client: merging, ...days });
	expect(unpublished).toEqual([before, before, before]);
	expect(await counted('slots')).toEqual(before);
});

test('two that remake a day in the same millisecond count it once', async () => {
	await insert(ceremony('twice', '2026-11-02T09:10:00'));
	const days = { projectId: 'twice', days: ['2026-11-02'] };
	await refreshDailyActivity({ client, ...days });
	const before = await counted('twice');
	vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
	try {
		for (let round = 0; round < 5; round++)
			await Promise.all([
				refreshDailyActivity({ client, ...days }),
				refreshDailyActivity({ client, ...days })
			]);
	} finally {
		vi.useRealTimers();
	}
	expect(await counted('twice')).toEqual(before);
});
