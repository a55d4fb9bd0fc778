// `npm run restore`: puts a backup into an empty instance.
import { parseArgs } from 'node:util';
import { checkFiles, readManifest } from '../collector/backup/manifest.ts';
import { restore } from '../collector/backup/restore.ts';
import { databaseOptionsFromEnvironment } from '../migrations/connect.ts';
import { DATA_DIR, runCommand, tellProgress, UsageError, withSettings } from './command.ts';

const USAGE = `npm run restore -- <backup> [--data-dir data] [--database-from "Disk(…)"] [--erasures <newer backup>] [--check]

Restores into an empty data directory, or an empty database of the server that CLICKHOUSE_URL names, and recomputes the days
around the backup. Whoever was erased since is in an old backup still: --erasures takes who it was from a newer one, and the
collector erases them again. --check only looks whether every file of the backup is as it was written.`;

await runCommand(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			...DATA_DIR,
			'database-from': { type: 'string' },
			erasures: { type: 'string' },
			check: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.help) return void process.stdout.write(`${USAGE}\n`);
	const [source, ...more] = positionals;
	if (!source || more.length > 0) throw new UsageError(`Name one backup.\n\n${USAGE}`);
	const progress = tellProgress();
	if (values.check) {
		const manifest = await readManifest(source);
		await checkFiles(source, manifest, progress.tell);
		progress.end();
		return void process.stdout.write(
			`All ${manifest.files.length} files are as they were written.\n`
		);
	}
	const dataDir = values['data-dir'];
	await withSettings(dataDir, async (settings) => {
		const results = await restore({
			source,
			database: { ...databaseOptionsFromEnvironment(), dataDir },
			settings,
			databaseFrom: values['database-from'],
			erasuresFrom: values.erasures,
			onProgress: progress.tell
		});
		progress.end();
		const remade = results.reduce((sum, { differences }) => sum + differences.length, 0);
		process.stdout.write(`Restored ${source}. ${remadeInWords(remade)}\n`);
	}).finally(progress.end);
});

function remadeInWords(figures: number): string {
	if (figures === 0) return 'The days around the backup are what their raw events make of them.';
	const many = figures === 1 ? '1 figure' : `${figures} figures`;
	return `${many} of the days around the backup: remade from raw events.`;
}
