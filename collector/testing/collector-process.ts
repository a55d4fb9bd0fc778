/**
 * A collector in a process of its own, to be killed. Forked with a data directory, and the address of a
 * ClickHouse server unless it is to be embedded, as arguments; sends its address and keys
 * when it listens, and answers questions put to its database: `{ id, query }` gives `{ id, rows }`.
 */
import {
	databaseOptionsFromEnvironment,
	connectDatabase,
	createDatabase
} from '../../migrations/connect.ts';
import { applyMigrations } from '../../migrations/apply.ts';
import { openSettings } from '../../settings/open-settings.ts';
import { addKey } from '../../settings/keys.ts';
import { createProject, listProjects } from '../../settings/projects.ts';
import { startCollector } from '../start-collector.ts';
import { ask } from './harness.ts';

const [dataDir, databaseUrl] = process.argv.slice(2) as [string, string?];
const database = { ...databaseOptionsFromEnvironment({}), dataDir, url: databaseUrl };
await createDatabase(database);
const client = await connectDatabase(database);
await applyMigrations({ client });
const settings = await openSettings(database);
if ((await listProjects(settings)).length === 0)
	await createProject(settings, { id: 'shop', name: 'Shop' });
const serverKey = await addKey(settings, { projectId: 'shop', kind: 'server' });
const [project] = await listProjects(settings);
const { url, close } = await startCollector({
	port: 0,
	dataDir: database.dataDir,
	database,
	settings,
	flushIntervalMs: 150,
	log: () => undefined
});
process.on('message', ({ id, query }: { id: number; query: string }) => {
	void ask(client, query).then((rows) => process.send!({ id, rows }));
});
process.on('SIGTERM', () => void close().then(() => process.exit(0)));
process.send!({ url, ingestKey: project!.ingestKeys[0], serverKey });
