import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyMigrations } from '../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../migrations/connect.ts';
import { addKey, listKeys, revokeKey } from '../settings/keys.ts';
import { openSettings, type Settings } from '../settings/open-settings.ts';
import { allowOrigin, createProject, listProjects } from '../settings/projects.ts';
import { startCollector, type Collector } from './start-collector.ts';
import { ask, createSender, ref, untilStored, uuidV7 } from './testing/harness.ts';
import { startClickHouseServer } from './testing/start-clickhouse-server.ts';

// Two collectors as two machines would run them: nothing in common but PostgreSQL and ClickHouse, both over the network.
let postgres: PGlite;
let socket: PGLiteSocketServer;
let server: Awaited<ReturnType<typeof startClickHouseServer>>;
let people: Settings;
let keys: { ingestKey: string; serverKey: string };
const collectors: { collector: Collector; settings: Settings; dataDir: string }[] = [];

async function startOne(url: string) {
	const dataDir = await mkdtemp(join(tmpdir(), 'passlens-scale-'));
	const settings = await openSettings({ dataDir, settingsUrl: url });
	const collector = await startCollector({
		port: 0,
		dataDir,
		database: { dataDir, url: server.url },
		settings,
		flushIntervalMs: 100,
		log: () => undefined
	});
	collectors.push({ collector, settings, dataDir });
}

beforeAll(async () => {
	server = await startClickHouseServer();
	postgres = await PGlite.create();
	socket = new PGLiteSocketServer({ db: postgres, port: 0, host: '127.0.0.1', maxConnections: 20 });
	await socket.start();
	const url = `postgres://postgres:postgres@${socket.getServerConn()}/postgres`;
	const database = { dataDir: tmpdir(), url: server.url };
	await createDatabase(database);
	const client = await connectDatabase(database);
	await applyMigrations({ client });
	await client.close();
	people = await openSettings({ dataDir: tmpdir(), settingsUrl: url });
	keys = await createProject(people, { id: 'shop', name: 'Shop' });
	await startOne(url);
	await startOne(url);
});
afterAll(async () => {
	for (const { collector, settings, dataDir } of collectors) {
		await collector.close();
		await settings.destroy();
		await rm(dataDir, { recursive: true, force: true });
	}
	await people.destroy();
	await socket.stop();
	await postgres.close();
	await server.stop();
});

const send = (index: number, events: object[]) =>
	createSender({ url: collectors[index]!.collector.url, ...keys })(events, { as: 'server' });

function signIn() {
	const shared = {
		session_id: uuidV7(),
		ceremony_id: uuidV7(),
		ceremony_type: 'authentication',
		time_unix_ms: Date.now()
	};
	const credential = { credential_ref: ref(), backup_eligible: true, backup_state: true };
	return [
		{ ...shared, id: uuidV7(), type: 'ceremony.started', request: {} },
		{
			...shared,
			id: uuidV7(),
			type: 'ceremony.finished',
			request: {},
			outcome: 'succeeded',
			elapsed_ms: 900,
			credential
		}
	];
}

test('the settings are the same in PostgreSQL as in SQLite', async () => {
	expect(await listProjects(people)).toMatchObject([{ id: 'shop', ingestKeys: [keys.ingestKey] }]);
	const [key] = await listKeys(people, 'shop');
	expect(Math.abs(Date.now() - key!.createdAt)).toBeLessThan(3_600_000);
	await expect(createProject(people, { id: 'shop', name: '' })).rejects.toMatchObject({
		code: 'exists'
	});
});

test('a batch that two collectors receive counts once', async () => {
	const batches = Array.from({ length: 5 }, signIn);
	for (const batch of batches) {
		const answers = await Promise.all([send(0, batch), send(1, batch)]);
		expect(answers.map(({ status }) => status)).toEqual([202, 202]);
	}
	for (const { dataDir } of collectors) await untilStored(dataDir);
	const client = await connectDatabase({ dataDir: tmpdir(), url: server.url });
	expect(
		await ask(
			client,
			`SELECT (SELECT toUInt32(count()) FROM events_raw_v1 FINAL) AS events,
			(SELECT toUInt32(count()) FROM ceremonies_v1) AS ceremonies,
			(SELECT toUInt32(sum(uses_count)) FROM credentials_v1) AS uses`
		)
	).toEqual([{ events: 10, ceremonies: 5, uses: 5 }]);
	await expect
		.poll(
			() =>
				ask(
					client,
					`SELECT toUInt32(sum(occurrences)) AS signins FROM daily_activity_v1 WHERE activity = 'authentication'`
				),
			{ timeout: 25_000 }
		)
		.toEqual([{ signins: 5 }]);
	await client.close();
});

test('a new key and a new origin are taken by every collector, a revoked key by none, within seconds', async () => {
	const added = await addKey(people, { projectId: 'shop', kind: 'ingest' });
	await allowOrigin(people, { projectId: 'shop', origin: 'https://new.example' });
	const post = async ({ collector }: (typeof collectors)[number]) => {
		const { status } = await fetch(`${collector.url}/v1/events?key=${added}`, {
			method: 'POST',
			headers: { 'content-type': 'text/plain', origin: 'https://new.example' },
			body: '{}'
		});
		return status;
	};
	const statuses = () => Promise.all(collectors.map(post));
	await expect.poll(statuses, { timeout: 10_000 }).toEqual([400, 400]);
	const [newest] = (await listKeys(people, 'shop')).filter(({ shown }) => shown === added);
	await revokeKey(people, { projectId: 'shop', id: newest!.id });
	await expect.poll(statuses, { timeout: 10_000 }).toEqual([401, 401]);
});
