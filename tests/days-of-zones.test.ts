import type { ClickHouseClient } from '@clickhouse/client';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { erasePerson } from '../collector/lifecycle/erase-person.ts';
import { membersOf } from '../collector/lifecycle/user-sets.ts';
import { verify } from '../collector/lifecycle/verify.ts';
import { findStaleDays } from '../collector/store/find-changed-days.ts';
import { publishProjectZones } from '../collector/store/project-zones.ts';
import { refreshCredentialRows } from '../collector/store/refresh-credential-rows.ts';
import { refreshDailyActivity } from '../collector/store/refresh-daily-activity.ts';
import { connectDatabase } from '../migrations/connect.ts';
import { migrateDatabase } from '../migrations/migrate-database.ts';
import { makeDataDir } from '../migrations/testing/make-data-dir.ts';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import { listTimeZones, setTimeZone } from '../settings/time-zone.ts';
import type { Fact } from '../simulator/facts.ts';
import { prepareProject } from '../simulator/target.ts';
import { dayOf } from '../simulator/truth.ts';
import { writeToDatabase } from '../simulator/write-to-database.ts';
import { shiftDay } from '../src/lib/filters.ts';
import { expectCredentials } from './support/expect-credentials.ts';
import {
	expectActivity,
	expectFigures,
	expectOutcomes,
	expectPrompts
} from './support/expect-figures.ts';
import {
	expectCrossDevice,
	expectEnrolment,
	expectRetention,
	expectSignins,
	expectUpgrades
} from './support/expect-funnels.ts';
import type { Asked } from './support/truth-asked.ts';
import { asStream, makeWorld, together } from './support/worlds.ts';

// Over the night in which New York's clocks go forward, 9 March 2025. Some come by day, some in the last seconds before
// Delhi's midnight, New York's and UTC's, on many devices, with everything going wrong.
const SPAN = { days: 20, end: '2025-03-18', trouble: 8 };
const worlds = [
	makeWorld({ ...SPAN, seed: 'by day', users: 10 }),
	...[18.5, 4, 24].map((dayEndsAt) =>
		makeWorld({
			...{ ...SPAN, seed: `midnight ${dayEndsAt}`, users: 40 },
			extremes: { atMidnight: true, dayEndsAt, manyDevices: true }
		})
	)
];
const facts = together(...worlds.map((world) => world.facts));
const PROJECTS = { moving: 'Asia/Kolkata', west: 'America/New_York', home: 'UTC' } as const;

let dataDir: string;
let client: ClickHouseClient;
let settings: Settings;
beforeAll(async () => {
	dataDir = await makeDataDir('passlens-zones-');
	await migrateDatabase({ dataDir });
	client = await connectDatabase({ dataDir });
	settings = await openSettings({ dataDir });
	const days = asStream(...worlds);
	for (const [project, zone] of Object.entries(PROJECTS)) {
		const { sender } = await prepareProject({ settings, project });
		const directory = join(dataDir, 'simulator');
		const now = Date.parse('2030-01-01');
		await writeToDatabase({ ...{ client, embedded: true, sender, days, directory, now } });
		await countBy(project, zone);
	}
}, 300_000);
afterAll(async () => {
	await client?.close();
	await settings?.destroy();
	await rm(dataDir, { recursive: true, force: true });
});

/** Chooses a zone and remakes what the collector would. */
async function countBy(projectId: string, timeZone: string) {
	await setTimeZone(settings, { projectId, timeZone });
	await publishProjectZones({ client, chosen: await listTimeZones(settings) });
	const stale = (await findStaleDays({ client })).filter((day) => day.projectId === projectId);
	await refreshCredentialRows({ client, projectId });
	await refreshDailyActivity({ client, projectId, days: stale.map(({ day }) => day) });
}

async function ask<Row>(query: string, query_params: Record<string, unknown>): Promise<Row[]> {
	return (await client.query({ query, query_params, format: 'JSONEachRow' })).json<Row>();
}

interface DayFigures {
	seen: number;
	ceremonies: Record<string, number>;
	signins: Record<string, number>;
	prompts: number;
	timed: number;
}

const from = shiftDay(SPAN.end, -SPAN.days - 1);
const DAYS = Array.from({ length: SPAN.days + 4 }, (_, index) => shiftDay(from, index));

const nothing = (): DayFigures => ({ seen: 0, ceremonies: {}, signins: {}, prompts: 0, timed: 0 });

/** What truly happened on each day of a zone. */
function trueDays(zone: string): Record<string, DayFigures> {
	const byDay = Map.groupBy(facts, ({ at }) => dayOf(at, zone));
	return Object.fromEntries(DAYS.map((day) => [day, figuresOf(byDay.get(day) ?? [])]));
}

function figuresOf(known: readonly Fact[]): DayFigures {
	const figures = nothing();
	const seen = new Set<string>();
	for (const fact of known) {
		if (fact.user !== undefined && fact.kind !== 'revocation' && fact.kind !== 'signal')
			seen.add(fact.user);
		if (fact.kind === 'prompt') figures.prompts++;
		if (fact.kind === 'signin' && fact.outcome === 'succeeded' && fact.method !== 'passkey')
			add(figures.signins, fact.method);
		if (fact.kind !== 'ceremony') continue;
		add(figures.ceremonies, fact.outcome);
		if (fact.type !== 'authentication' || fact.outcome !== 'succeeded') continue;
		add(figures.signins, 'passkey');
		if (!fact.conditional && fact.elapsedMs !== undefined) figures.timed++;
	}
	return { ...figures, seen: seen.size };
}

function add(counts: Record<string, number>, name: string): void {
	counts[name] = (counts[name] ?? 0) + 1;
}

/** What the rollups say of each day. */
async function countedDays(project: string): Promise<Record<string, DayFigures>> {
	const figures = Object.fromEntries(DAYS.map((day): [string, DayFigures] => [day, nothing()]));
	const ceremonies = await ask<{ own: string; outcome: string; n: number; timed: number }>(
		`SELECT toString(day) AS own, outcome, toUInt32(sum(ceremonies)) AS n, toUInt32(sum(timed)) AS timed
		FROM daily_ceremonies_v1 WHERE project_id = {project: String} GROUP BY day, outcome`,
		{ project }
	);
	for (const { own, outcome, n, timed } of ceremonies) {
		figures[own]!.ceremonies[outcome] = n;
		figures[own]!.timed += timed;
	}
	const activities = await ask<{
		own: string;
		activity: string;
		detail: string;
		n: number;
		people: number;
	}>(
		`SELECT toString(day) AS own, activity, detail, toUInt32(sum(occurrences)) AS n, toUInt32(uniqExactMerge(users)) AS people
		FROM daily_activity_v1 WHERE project_id = {project: String} GROUP BY day, activity, detail`,
		{ project }
	);
	for (const { own, activity, detail, n, people } of activities) {
		const day = figures[own]!;
		if (activity === 'seen') day.seen = people;
		if (activity === 'signin') day.signins[detail] = n;
		if (activity === 'authentication' && detail === 'succeeded') day.signins.passkey = n;
		if (activity === 'prompt_shown') day.prompts += n;
	}
	return figures;
}

async function expectDays(project: string, zone: string) {
	expect(await countedDays(project)).toEqual(trueDays(zone));
	// Hours add up to days, and an act is of the day on which it began.
	const [hours] = await ask<{ wrong: number }>(
		`SELECT toUInt32(countIf(occurrences != of_hours)) AS wrong
		FROM (SELECT day, activity, detail, sum(occurrences) AS occurrences FROM daily_activity_v1 WHERE project_id = {project: String} GROUP BY day, activity, detail) AS days
		FULL JOIN (SELECT day, activity, detail, sum(occurrences) AS of_hours FROM hourly_activity_v1 WHERE project_id = {project: String} GROUP BY day, activity, detail) AS hours
			USING (day, activity, detail)`,
		{ project }
	);
	expect(hours).toEqual({ wrong: 0 });
	const acts = await ask<{ own: string; ms: string }>(
		`SELECT toString(day) AS own, toString(toUnixTimestamp64Milli(assumeNotNull(occurred_at))) AS ms
		FROM passkey_acts_v1 WHERE project_id = {project: String}`,
		{ project }
	);
	expect(acts.length).toBeGreaterThan(20);
	for (const { own, ms } of acts) expect(own).toBe(dayOf(Number(ms), zone));
}

/** Every row of every rollup, people as their number. */
async function everyRow(project: string) {
	const rows = await Promise.all(
		[
			`SELECT * EXCEPT (project_id, users), uniqExactMerge(users) AS people FROM hourly_activity_v1`,
			`SELECT * EXCEPT (project_id, users), uniqExactMerge(users) AS people FROM daily_activity_v1`,
			`SELECT * EXCEPT (project_id, times), quantilesExactMerge(0.5, 0.75, 0.95)(times) AS quantiles FROM daily_ceremonies_v1`,
			`SELECT * EXCEPT (project_id, user_hash, credential_hash), count() FROM passkey_acts_v1`,
			`SELECT * EXCEPT project_id, count() FROM daily_endings_v1`
		].map((query) =>
			ask<object>(`${query} WHERE project_id = {project: String} GROUP BY ALL ORDER BY ALL`, {
				project
			})
		)
	);
	expect(rows.every((list) => list.length > 0)).toBe(true);
	return rows;
}

test('people come around every midnight', () => {
	for (const zone of Object.values(PROJECTS)) {
		const over = facts.filter(
			(fact) => fact.kind === 'ceremony' && dayOf(fact.at, zone) !== dayOf(fact.endedAt, zone)
		);
		expect(over.length, zone).toBeGreaterThan(0);
	}
});

test.each(Object.entries(PROJECTS))('the days of %s are those of %s', (project, zone) =>
	expectDays(project, zone)
);

describe.each(Object.entries(PROJECTS))('Figures of %s, by the days of %s', (project, zone) => {
	it.each([
		['all of it', { from: shiftDay(SPAN.end, -SPAN.days), to: shiftDay(SPAN.end, 1) }],
		['the week in which clocks change', { from: '2025-03-08', to: '2025-03-14' }]
	])('are the true ones: %s', async (_, days) => {
		const asked: Asked = { client, project, facts, period: { ...days, zone } };
		await expectFigures(asked);
		await expectOutcomes(asked);
		await expectActivity(asked);
		await expectPrompts(asked);
		await expectCredentials(asked);
		await expectEnrolment(asked, 0);
		await expectSignins(asked, 5);
		await expectCrossDevice(asked, 7);
		await expectUpgrades(asked, 0);
		await expectRetention(asked);
	});
});

test('a project’s days are counted anew by another zone, and by UTC in the end as by one that never left it', async () => {
	const home = await everyRow('home');
	await countBy('moving', 'America/New_York');
	await expectDays('moving', 'America/New_York');
	expect(await everyRow('moving')).toEqual(await everyRow('west'));
	await countBy('moving', 'Asia/Kolkata');
	await expectDays('moving', 'Asia/Kolkata');
	const results = await verify({ client, database: { dataDir }, underWayMs: 0 });
	expect(
		results.map(({ projectId, differences, waiting }) => [projectId, differences, waiting])
	).toEqual(['home', 'moving', 'west'].map((project) => [project, [], 0]));
	await countBy('moving', 'UTC');
	await expectDays('moving', 'UTC');
	expect(await everyRow('moving')).toEqual(home);
	expect(await everyRow('home')).toEqual(home);
}, 300_000);

test('who is erased is gone from the days of the zone, which are those of everybody else', async () => {
	const [most] = await ask<{ user: string }>(
		`SELECT toString(user_hash) AS user FROM passkey_acts_v1
		WHERE project_id = {project: String} AND user_hash != 0 GROUP BY user_hash ORDER BY count() DESC, user LIMIT 1`,
		{ project: 'west' }
	);
	const person = { projectId: 'west', userHash: most!.user, until: Date.now() };
	const { events } = await erasePerson({ client, database: { dataDir }, person });
	expect(events).toBeGreaterThan(10);
	for (const table of ['hourly_activity_state_v1', 'daily_activity_state_v2'])
		expect(
			await ask(
				`SELECT toUInt32(count()) AS held FROM ${table}
				WHERE project_id = {project: String} AND has(${membersOf('users')}, {user: UInt64})`,
				{ project: 'west', user: most!.user }
			)
		).toEqual([{ held: 0 }]);
	const [result] = await verify({
		...{ client, database: { dataDir }, projectId: 'west', underWayMs: 0 }
	});
	expect(result).toMatchObject({ differences: [], waiting: 0 });
}, 300_000);
