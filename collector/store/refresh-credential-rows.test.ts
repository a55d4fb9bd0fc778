import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openScratchDatabase } from '../lifecycle/scratch-database.ts';
import { verify } from '../lifecycle/verify.ts';
import { ref, startTestCollector, uuidV7, type TestCollector } from '../testing/harness.ts';
import { refreshChangedCredentials, rowsAreSureUntil } from './refresh-changed-credentials.ts';

vi.setConfig({ testTimeout: 240_000 });

let collector: TestCollector;
beforeAll(async () => {
	collector = await startTestCollector();
});
afterAll(() => collector.close());

const START = Date.now() - 3_600_000;

interface Sight {
	credential: string;
	/** Seconds from the beginning. */
	at: number;
	type?: 'registration' | 'authentication';
	flags?: [be: boolean, bs: boolean];
	user?: string;
}

const finished = ({ credential, at, type = 'authentication', flags, user }: Sight) => ({
	id: uuidV7(START + at * 1_000),
	type: 'ceremony.finished',
	time_unix_ms: START + at * 1_000,
	ceremony_id: uuidV7(START + at * 1_000),
	ceremony_type: type,
	request: {},
	outcome: 'succeeded',
	elapsed_ms: 5,
	user_ref: user,
	credential: {
		credential_ref: credential,
		...(flags && { backup_eligible: flags[0], backup_state: flags[1] })
	}
});

/** Of the credential whose first event this is: when its flags changed, in seconds, and what it is now. */
async function rowOf(release: string) {
	const [row] = await collector.query<{ changes: [number, number, string][]; owned: boolean }>(
		`SELECT arrayMap(one -> (toInt32((toUnixTimestamp64Milli(one.at) - ${START}) / 1000), one.flags, one.verdict), flag_changes) AS changes,
			toBool(user_hash != 0) AS owned FROM credential_rows_v1
		WHERE credential_hash IN (SELECT credential_hash FROM events_raw_v1 WHERE release = '${release}')`
	);
	return row;
}

const differing = () =>
	collector.query(
		`SELECT credential_hash FROM (SELECT * FROM credential_rows_v1 EXCEPT SELECT * FROM credential_rows_made_v1)`
	);

test('a row follows its events in whatever order they come, twice as well, and is what the states make of it', async () => {
	const credential = ref();
	const release = uuidV7();
	const told = (sights: Sight[]) => sights.map((sight) => ({ ...finished(sight), release }));
	const later = told([{ credential, at: 300, flags: [true, false] }]);
	await collector.send(later);
	await expect
		.poll(() => rowOf(release), { timeout: 60_000 })
		.toEqual({ changes: [[300, 3, 'first']], owned: false });
	// Its registration comes after its use, and between the two it was backed up for a while.
	const { status } = await collector.send([
		...told([
			{ credential, at: 0, type: 'registration', flags: [true, false], user: ref() },
			{ credential, at: 100, flags: [true, true] },
			{ credential, at: 200, flags: [true, true] }
		]),
		...later
	]);
	expect(status).toBe(202);
	await expect
		.poll(() => rowOf(release), { timeout: 60_000 })
		.toEqual({
			changes: [
				[0, 3, 'first'],
				[100, 4, 'backed_up'],
				[300, 3, 'no_longer_backed_up']
			],
			owned: true
		});
	expect(await differing()).toEqual([]);
});

test('what an older collector stored during an upgrade is made up for by the next start', async () => {
	const release = uuidV7();
	await collector.send([{ ...finished({ credential: ref(), at: 400 }), release }]);
	await expect.poll(() => rowOf(release), { timeout: 60_000 }).toBeDefined();
	const command = (query: string) =>
		collector.client.command({ query, clickhouse_settings: { mutations_sync: '2' } });
	await command(`ALTER TABLE credential_rows_state_v1 DELETE WHERE credential_hash IN (
		SELECT credential_hash FROM events_raw_v1 WHERE release = '${release}')`);
	expect(await rowOf(release)).toBeUndefined();
	const since = await rowsAreSureUntil(collector);
	expect(since).toBeLessThan(Date.now() - 3_000_000);
	await refreshChangedCredentials({ client: collector.client, since });
	expect(await rowOf(release)).toMatchObject({ changes: [] });
});

test('a finished row that differs is listed with its column, one too many and one that is missing too, and all are put right', async () => {
	await collector.stop();
	const scratch = await openScratchDatabase(collector.database);
	const run = async () => {
		const [result] = await verify({ ...collector, scratch, underWayMs: 0, repair: true });
		return result!.differences.filter(({ table }) => table === 'credential_rows_state_v1');
	};
	expect(await run()).toEqual([]);
	const insert = (replaced: string) =>
		collector.client.command({
			query: `INSERT INTO credential_rows_state_v1 SELECT * REPLACE (${replaced}, toUInt64(toUnixTimestamp64Micro(now64(6))) AS version)
				FROM credential_rows_state_v1 FINAL ORDER BY credential_hash LIMIT 1`
		});
	await insert(`'Nobody' AS provider`);
	await insert(`toUInt64(42) AS credential_hash`);
	expect((await run()).map(({ column, found }) => [column, found])).toEqual(
		expect.arrayContaining([
			['provider', 'Nobody'],
			[undefined, 'a row']
		])
	);
	expect(await run()).toEqual([]);
	await collector.client.command({ query: 'TRUNCATE TABLE credential_rows_state_v1' });
	expect((await run()).map(({ found }) => found)).toEqual(['no row', 'no row']);
	expect(await run()).toEqual([]);
	await scratch.drop();
});
