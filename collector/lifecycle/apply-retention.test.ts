import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { EXAMPLES } from '../../sdk/event/examples.ts';
import { setRetention } from '../../settings/retention.ts';
import { findStaleDays } from '../store/find-changed-days.ts';
import { publishProjectZones } from '../store/project-zones.ts';
import { refreshDailyActivity } from '../store/refresh-daily-activity.ts';
import { startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { applyRetention } from './apply-retention.ts';
import { verify } from './verify.ts';

vi.setConfig({ testTimeout: 120_000 });

const DAY = 86_400_000;
const ago = (days: number) => Date.now() - days * DAY;
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

let collector: TestCollector;
beforeAll(async () => {
	collector = await startTestCollector();
	for (const days of [200, 60, 1]) await visit(days);
	await collector.stored();
	await collector.stop();
	await refreshDailyActivity({ client: collector.client });
}, 120_000);
afterAll(() => collector?.close());

/** A whole visit that happened so many days ago. */
async function visit(days: number) {
	const time_unix_ms = ago(days);
	const [session_id, ceremony_id, prompt_id] = [1, 2, 3].map(() => uuidV7(time_unix_ms));
	const { 'ceremony.verdict': verdict, ...others } = EXAMPLES;
	const page = Object.values(others).filter(({ type }) => type !== 'credential.revoked');
	const about = (event: object) => ({
		...event,
		...('ceremony_id' in event && { ceremony_id }),
		...('prompt_id' in event && { prompt_id }),
		session_id,
		id: uuidV7(time_unix_ms),
		time_unix_ms
	});
	await collector.send(page.map(about));
	await collector.send([{ ...about(verdict), session_id: undefined }], { as: 'server' });
}

const FIGURES = `SELECT day, activity, detail, sum(occurrences) AS occurrences, uniqExactMerge(users) AS users
	FROM daily_activity_v1 GROUP BY ALL ORDER BY ALL`;
const daysOf = (table: string, day: string) =>
	collector
		.query<{ day: string }>(
			`SELECT DISTINCT toString(toDate(${day})) AS day FROM ${table} ORDER BY day`
		)
		.then((rows) => rows.map((row) => row.day));

test('raw events are deleted by their project, and what was made from them stays as it was', async () => {
	const figures = await collector.query(FIGURES);
	const ledger = await collector.query('SELECT * FROM credentials_v1 ORDER BY ALL');
	await setRetention(collector.settings, 'shop', { rawDays: 30 });
	const expired = await applyRetention(collector);
	expect(expired).toMatchObject([{ projectId: 'shop', table: 'events_raw_v1' }]);
	expect(await daysOf('events_raw_v1', 'event_date')).toEqual([dayOf(ago(1))]);
	// Remade on purpose, as a late event would: days without events keep what was counted.
	const days = [200, 60, 1].map((days) => dayOf(ago(days)));
	await refreshDailyActivity({ client: collector.client, projectId: 'shop', days });
	expect(await collector.query(FIGURES)).toEqual(figures);
	expect(await collector.query('SELECT * FROM credentials_v1 ORDER BY ALL')).toEqual(ledger);
	expect(await applyRetention(collector)).toEqual([]);
	const [result] = await verify({
		client: collector.client,
		database: { dataDir: collector.dataDir }
	});
	expect(result!.differences).toEqual([]);
});

test('what was made from them is deleted by its own time, and a day that is gone is never remade', async () => {
	await setRetention(collector.settings, 'shop', { rawDays: 30, derivedDays: 100 });
	await applyRetention(collector);
	const kept = [dayOf(ago(60)), dayOf(ago(1))];
	expect(await daysOf('ceremonies_v1', 'day')).toEqual(kept);
	expect(await daysOf('daily_activity_v1', 'day')).toEqual(kept);
	await refreshDailyActivity({
		client: collector.client,
		projectId: 'shop',
		days: [dayOf(ago(200))]
	});
	expect(await daysOf('daily_activity_v1', 'day')).toEqual(kept);
	// Whoever was seen since is kept whole.
	expect(await daysOf('users_v1', 'first_seen_at')).toEqual([dayOf(ago(200))]);
});

test('a day of the project’s own zone goes with its first hour, and is not remade from the rest', async () => {
	const { client, settings } = collector;
	await publishProjectZones({ client, chosen: new Map([['shop', 'Asia/Kolkata']]) });
	const stale = (await findStaleDays({ client })).map(({ day }) => day);
	await refreshDailyActivity({ client, projectId: 'shop', days: stale });
	const own = [60, 1].map((days) => dayOf(ago(days) + 5.5 * 3_600_000));
	expect(await daysOf('daily_activity_v1', 'day')).toEqual(own);
	await setRetention(settings, 'shop', { rawDays: 30, derivedDays: 60 });
	await applyRetention(collector);
	expect(await daysOf('ceremonies_v1', 'day')).toEqual([dayOf(ago(60)), dayOf(ago(1))]);
	const whole = own.filter((day) => day > dayOf(ago(60)));
	expect(await daysOf('daily_activity_v1', 'day')).toEqual(whole);
	await refreshDailyActivity({ client, projectId: 'shop', days: own });
	expect(await daysOf('daily_activity_v1', 'day')).toEqual(whole);
});

test.each([
	['longer for raw events than for what is made from them', { rawDays: 100, derivedDays: 30 }],
	['of no day', { rawDays: 0 }],
	['for raw events for ever and the rest not', { derivedDays: 30 }]
])('a retention %s is refused', async (_, retention) => {
	await expect(setRetention(collector.settings, 'shop', retention)).rejects.toMatchObject({
		code: 'invalid_retention'
	});
});
