import type { ClickHouseClient } from '@clickhouse/client';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyMigrations } from '../../../../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../../../../migrations/connect.ts';
import { makeDataDir } from '../../../../migrations/testing/make-data-dir.ts';
import { WRITTEN_AGAIN } from '../../../../migrations/written-again.ts';
import { ceremony, later, rawEvent, type RawEvent } from '../testing/sample-events.ts';
import { querySending } from './application-health.ts';
import { setUpProgress } from './arrivals.ts';

const project = 'arrivals';
/** The migration that counts arrivals. */
const COUNTED = 245;
const HOUR = 3_600_000;
/** By the database's clock, at the start of a second: its own times have no less. */
const NOW = new Date(Math.floor(Date.now() / 1000) * 1000)
	.toISOString()
	.replace('T', ' ')
	.replace('Z', '');
const ago = (hours: number) => later(NOW, -hours * HOUR);

const dataDir = await makeDataDir('passlens-arrivals-');
let client: ClickHouseClient;
beforeAll(async () => {
	const database = 'arrivals';
	await createDatabase({ dataDir, database });
	client = await connectDatabase({ dataDir, database });
	await applyMigrations({ client, upTo: COUNTED - 1 });
	await insert(events.filter((_, at) => at % 2 === 0));
	await applyMigrations({ client });
	await insert(events.filter((_, at) => at % 2 === 1));
});
afterAll(async () => {
	await client.close();
	rmSync(dataDir, { recursive: true, force: true });
});

/** What an application sent so many hours ago: a ceremony with its verdict, by a clock that is off where it says so. */
function sent(application: string, hours: number, skew_ms = 0): RawEvent[] {
	const of = { project_id: project, application, user_hash: 5 };
	const clock = { time_corrected: skew_ms !== 0, clock_skew_ms: skew_ms };
	const scene = { at: ago(hours), type: 'authentication', verdict: { verified: true } } as const;
	return [
		...ceremony({ ...of, ...clock }, scene),
		rawEvent({ ...of, user_hash: 0 }, 'client.capabilities', ago(hours))
	].map((event) => ({ ...event, received_at: ago(hours) }));
}

const events = [
	...sent('shop', 0.1, 120_000),
	...sent('shop', 2, -60_000),
	...sent('shop', 2),
	...sent('shop', 23, 600_000),
	...sent('shop', 30),
	...sent('shop', 24 * 14.5),
	...sent('shop', 24 * 15.5),
	...sent('app', 24 * 3 + 1),
	...sent('', 1)
];

async function insert(values: RawEvent[]): Promise<void> {
	await client.insert({ table: 'events_raw_v1', values, format: 'JSONEachRow' });
}

async function fromEvents<Row>(columns: string, since: string): Promise<Row[]> {
	const result = await client.query({
		query: `SELECT ${columns} FROM events_raw_v1 AS e WHERE project_id = '${project}' AND e.received_at > '${since}'`,
		format: 'JSONEachRow'
	});
	return result.json<Row>();
}

it('what of a set-up is seen is what the events of a day tell, those from before arrivals were counted among them', async () => {
	const [told] = await fromEvents(
		`toUInt32(count()) AS events, toUInt32(countIf(event_type = 'ceremony.verdict')) AS verdicts,
		toUInt32(countIf(event_type IN ('ceremony.started', 'ceremony.finished'))) AS ceremony_events,
		toUInt32(countIf(user_hash != 0)) AS with_user, toUInt32(countIf(time_corrected)) AS clock_corrected,
		quantileExactInclusiveIf(0.5)(clock_skew_ms, time_corrected) AS skew_ms`,
		ago(24)
	);
	const [progress] = await setUpProgress(client, { project });
	expect(progress).toMatchObject(told as object);
	expect(progress).toMatchObject({ events: 20, verdicts: 5, clock_corrected: 9, skew_ms: 120_000 });
	expect(Date.parse(progress!.newest_at)).toBe(Date.parse(`${ago(0.1).replace(' ', 'T')}Z`));
});

it('what each application sent is told by the day it came on, up to fifteen days ago', async () => {
	const sending = await querySending(client, { project });
	expect(sending.map(({ application, days }) => [application, days])).toEqual([
		['shop', [16, 4, ...Array<number>(12).fill(0), 4]],
		['', [4]],
		['app', [0, 0, 0, 4]]
	]);
});

it('what Passlens writes again did not arrive again; what a sender sends twice did', async () => {
	const total = async () => (await setUpProgress(client, { project }))[0]!.events;
	const before = await total();
	await client.command({
		query: `INSERT INTO events_raw_v1 SELECT * FROM events_raw_v1 FINAL WHERE project_id = '${project}'`,
		clickhouse_settings: WRITTEN_AGAIN
	});
	expect(await total()).toBe(before);
	await insert(sent('shop', 1));
	expect(await total()).toBe(before + 4);
});
