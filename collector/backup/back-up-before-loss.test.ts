import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyMigrations, readMigrations, takesRowsAway } from '../../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../../migrations/connect.ts';
import { migrateDatabase } from '../../migrations/migrate-database.ts';
import { openSettings } from '../../settings/open-settings.ts';
import { ask } from '../testing/harness.ts';
import { backUpBeforeLoss } from './back-up-before-loss.ts';
import { restore } from './restore.ts';

const MIGRATIONS = readMigrations();

/** The newest schema from which such a step is still to come. */
const last = MIGRATIONS.findLastIndex(takesRowsAway);
let dataDir: string;
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'passlens-upgrade-'));
	const options = { dataDir };
	await createDatabase(options);
	const client = await connectDatabase(options);
	await applyMigrations({ client, migrations: MIGRATIONS.slice(0, last) });
	await client.command({
		query: `INSERT INTO events_raw_v1 (project_id, event_id, event_type, occurred_at, received_at) SELECT 'shop', generateUUIDv7(), 'ceremony.started', now64(3), now64(3) FROM numbers(5)`
	});
	await client.close();
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const countEvents = async (of: string) => {
	const client = await connectDatabase({ dataDir: of });
	const [row] = await ask<{ events: string }>(
		client,
		'SELECT count() AS events FROM events_raw_v1'
	);
	await client.close();
	return Number(row!.events);
};

test('a command that cannot make a backup refuses, and so does a server that was not told where to', async () => {
	await expect(migrateDatabase({ dataDir })).rejects.toMatchObject({
		code: 'backup_needed',
		message: expect.stringContaining('npm run migrate')
	});
	const beforeLoss = backUpBeforeLoss({
		database: { dataDir, url: 'http://server:8123' },
		say: () => undefined,
		env: {}
	});
	await expect(beforeLoss(['0080_x'])).rejects.toMatchObject({
		code: 'backup_needed',
		message: expect.stringContaining(`PASSLENS_BACKUP_TO="Disk(`)
	});
});

test('a start makes one first, from which the events come back', async () => {
	const said: string[] = [];
	const database = { dataDir };
	const beforeLoss = backUpBeforeLoss({ database, say: (words) => said.push(words), env: {} });
	const applied = await migrateDatabase(database, { beforeLoss });
	expect(applied).toEqual(MIGRATIONS.slice(last).map(({ name }) => name));
	const [backup, ...others] = await readdir(join(dataDir, 'backups'));
	expect(others).toEqual([]);
	expect(said.join('\n')).toContain(backup);
	expect(await countEvents(dataDir)).toBe(5);

	const back = join(dataDir, 'back');
	const settings = await openSettings({ dataDir: back });
	const source = join(dataDir, 'backups', backup!);
	await restore({ source, database: { dataDir: back }, settings });
	await settings.destroy();
	expect(await countEvents(back)).toBe(5);
	// Nothing is left to lose: the next start makes no backup.
	expect(await migrateDatabase(database)).toEqual([]);
});
