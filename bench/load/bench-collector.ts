/** The collector over an embedded database in the directory given, in a process of its own. Sends its address and key. */
import { startCollector } from '../../collector/main.ts';
import { applyMigrations } from '../../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../../migrations/connect.ts';
import { openSettings } from '../../settings/open-settings.ts';
import { createProject } from '../../settings/projects.ts';

const database = { dataDir: process.argv[2]! };
await createDatabase(database);
const client = await connectDatabase(database);
await applyMigrations({ client });
await client.close();
const settings = await openSettings(database);
const { ingestKey } = await createProject(settings, { id: 'bench', name: 'Bench' });
const { url } = await startCollector({ port: 0, ...database, settings, log: () => undefined });
process.send!({ url: url.replace('localhost', '127.0.0.1'), ingestKey });
