// `npm run backup`: copies settings, spool and database to a directory, also while Passlens runs.
import { parseArgs } from 'node:util';
import { backUp } from '../collector/backup/back-up.ts';
import { askRunning } from '../collector/backup/ask-running.ts';
import { DatabaseError } from '../migrations/connect.ts';
import {
	DATA_DIR,
	openDatabase,
	runCommand,
	tellProgress,
	UsageError,
	withSettings
} from './command.ts';

const USAGE = `npm run backup -- <directory> [--data-dir data] [--database-to "Disk('backups', 'passlens-2026-11-24')"]

<directory> must be new or empty. It takes the settings, with the keys that pseudonyms are made with, what waits in the spool,
and in the embedded form the database. A ClickHouse server puts its rows where --database-to says, as its BACKUP takes it.
Works while Passlens runs, and while it does not.`;

await runCommand(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			...DATA_DIR,
			'database-to': { type: 'string' },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.help) return void process.stdout.write(`${USAGE}\n`);
	const [target, ...more] = positionals;
	if (!target || more.length > 0) throw new UsageError(`Name one directory.\n\n${USAGE}`);
	const progress = tellProgress();
	const asked = { target, databaseTo: values['database-to'], onProgress: progress.tell };
	try {
		await makeBackup(values['data-dir'], asked);
	} finally {
		progress.end();
	}
	process.stdout.write(`Backed up to ${target}.\n`);
});

type Asked = Pick<Parameters<typeof backUp>[0], 'target' | 'databaseTo' | 'onProgress'>;

/** The embedded database belongs to one process: where Passlens runs, that is asked. */
async function makeBackup(dataDir: string, asked: Asked): Promise<void> {
	const opened = await openDatabase(dataDir).catch((error: unknown) => {
		if (error instanceof DatabaseError) return undefined;
		throw error;
	});
	if (!opened) return askRunning({ dataDir, ...asked });
	try {
		await withSettings(dataDir, (settings) => backUp({ ...opened, settings, ...asked }));
	} finally {
		await opened.client.close();
	}
}
