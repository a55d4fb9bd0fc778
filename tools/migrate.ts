// `npm run migrate`: brings the database to this version; `--dry-run` only tells what that would do.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { backUpBeforeLoss } from '../collector/backup/back-up-before-loss.ts';
import { planMigrations } from '../migrations/apply.ts';
import {
	connectDatabase,
	databaseOptionsFromEnvironment,
	type DatabaseOptions
} from '../migrations/connect.ts';
import { migrateDatabase } from '../migrations/migrate-database.ts';
import { DATA_DIR, runCommand } from './command.ts';

const USAGE = `npm run migrate -- [--dry-run] [--data-dir data]

Without --dry-run: what "npm start" and the collector do at their start. With it: the statements, as this database would get
them, and nothing else. CLICKHOUSE_URL names a server; CLICKHOUSE_CLUSTER the cluster it belongs to.

Before a step that takes rows away a backup is made: into backups/ of the data directory, or where PASSLENS_BACKUP_TO says
("Disk('backups', 'passlens-before-upgrade')"). PASSLENS_MIGRATE_WITHOUT_BACKUP=1 does without.`;

await runCommand(async () => {
	const { values } = parseArgs({
		options: {
			...DATA_DIR,
			'dry-run': { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.help) return void process.stdout.write(`${USAGE}\n`);
	const database: DatabaseOptions = {
		...databaseOptionsFromEnvironment(),
		dataDir: values['data-dir']
	};
	if (values['dry-run']) return tellPlan(database);
	const tell = (words: string) => process.stdout.write(`${words}\n`);
	const applied = await migrateDatabase(database, {
		onProgress: tell,
		beforeLoss: backUpBeforeLoss({ database, say: tell })
	});
	if (applied.length === 0) process.stdout.write('The database is up to date.\n');
});

async function tellPlan(database: DatabaseOptions): Promise<void> {
	// An embedded database that is not there is not made for a look at it.
	const there = database.url !== undefined || existsSync(join(database.dataDir, 'clickhouse'));
	const client = there ? await connectDatabase(database) : undefined;
	const plan = await planMigrations({ client, cluster: database.cluster });
	await client?.close();
	for (const { name, statements } of plan)
		process.stdout.write(`-- ${name}\n${statements.map((sql) => `${sql};\n`).join('\n')}\n`);
	process.stdout.write(
		plan.length === 0
			? 'The database is up to date.\n'
			: `-- ${plan.length} migrations would be applied.\n`
	);
}
