import { afterAll, beforeAll, expect, test } from 'vitest';
import { setTimeZone } from '../../settings/time-zone.ts';
import { startTestCollector, ref, uuidV7, type TestCollector } from '../testing/harness.ts';
import { refreshDailyActivity } from './refresh-daily-activity.ts';

let collector: TestCollector;
beforeAll(async () => {
	collector = await startTestCollector();
});
afterAll(() => collector.close());

const authentication = (day?: string) =>
	collector.query(
		`SELECT toString(day) AS day, detail, toUInt32(sum(occurrences)) AS n FROM daily_activity_v1
		WHERE activity = 'authentication' ${day ? `AND day = '${day}'` : ''} GROUP BY day, detail ORDER BY day, detail`
	);
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

test('a verdict that comes late moves a ceremony from one row to another, and the first is gone', async () => {
	const now = Date.now();
	const shared = { ceremony_id: uuidV7(), ceremony_type: 'authentication', user_ref: ref() };
	await collector.send([
		{
			...shared,
			id: uuidV7(),
			type: 'ceremony.finished',
			time_unix_ms: now,
			request: {},
			outcome: 'succeeded',
			elapsed_ms: 5,
			credential: { credential_ref: ref() }
		}
	]);
	await expect
		.poll(() => authentication(), { timeout: 25_000 })
		.toEqual([{ day: dayOf(now), detail: 'succeeded', n: 1 }]);
	await collector.send(
		[
			{
				...shared,
				id: uuidV7(),
				type: 'ceremony.verdict',
				time_unix_ms: now,
				verified: false,
				reason: 'signature_invalid'
			}
		],
		{ as: 'server' }
	);
	await expect
		.poll(() => authentication(), { timeout: 25_000 })
		.toEqual([{ day: dayOf(now), detail: 'rejected', n: 1 }]);

	// Its start comes last, and lies on the day before: both days are remade.
	const before = now - 20 * 3_600_000 - (now % 86_400_000);
	await collector.send([
		{ ...shared, id: uuidV7(), type: 'ceremony.started', time_unix_ms: before, request: {} }
	]);
	await expect
		.poll(() => authentication(), { timeout: 25_000 })
		.toEqual([{ day: dayOf(before), detail: 'rejected', n: 1 }]);
});

test('a day with an open ceremony is reported, to be remade when it is abandoned', async () => {
	const now = Date.now();
	await collector.send([
		{
			id: uuidV7(),
			type: 'ceremony.started',
			time_unix_ms: now,
			ceremony_id: uuidV7(),
			ceremony_type: 'registration',
			request: {}
		}
	]);
	await collector.stored();
	expect(await refreshDailyActivity({ client: collector.client, projectId: 'shop' })).toEqual([
		{ projectId: 'shop', day: dayOf(now) }
	]);
});

test('a time zone that is chosen counts within seconds, without an event', async () => {
	await expect.poll(() => authentication(), { timeout: 25_000 }).toHaveLength(1);
	const [{ day }] = (await authentication()) as [{ day: string }];
	await setTimeZone(collector.settings, { projectId: 'shop', timeZone: 'Pacific/Pago_Pago' });
	// It began at four in the morning, by UTC.
	const before = dayOf(Date.parse(day) - 86_400_000);
	await expect
		.poll(() => authentication(), { timeout: 25_000 })
		.toEqual([{ day: before, detail: 'rejected', n: 1 }]);
	await setTimeZone(collector.settings, { projectId: 'shop', timeZone: 'UTC' });
	await expect
		.poll(() => authentication(), { timeout: 25_000 })
		.toEqual([{ day, detail: 'rejected', n: 1 }]);
});

test('every project and day is remade when none is named', async () => {
	await collector.client.command({ query: 'TRUNCATE TABLE daily_activity_state_v2' });
	await refreshDailyActivity({ client: collector.client });
	expect(await authentication()).toHaveLength(1);
});
