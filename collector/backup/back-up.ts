import type { ClickHouseClient } from '@clickhouse/client';
import { access, cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DEFAULT_DATABASE, type DatabaseOptions } from '../../migrations/connect.ts';
import { readSettings } from '../../settings/copy-settings.ts';
import type { Settings } from '../../settings/open-settings.ts';
import { ask } from '../lifecycle/ask.ts';
import { fileTarget, partTargets, runInEngine } from './database-backup.ts';
import { BackupError, writeManifest, type Manifest } from './manifest.ts';

/** Names inside a backup. */
export const PARTS = { settings: 'settings.json', files: 'files', database: 'database' } as const;

/** What a data directory holds beside the database and the settings: events not stored yet, tables of providers, days to remake. */
const FILES = ['spool', 'tables', 'reclassify-days.json'];

export interface BackupOptions {
	/** A session in the database. */
	client: ClickHouseClient;
	database: DatabaseOptions;
	settings: Settings;
	/** A directory that is not there yet, or is empty. */
	target: string;
	/** Where a server puts its rows, as ClickHouse's BACKUP takes it; the embedded database puts them into `target`. */
	databaseTo?: string | undefined;
	onProgress?: (doing: string) => void;
}

/**
 * Copies an instance: settings, what waits in the spool, and the database. Events may go on arriving. The spool is copied
 * before the database, so what was acknowledged before the start is in one of them; what is in both counts once.
 *
 * @throws BackupError
 */
export async function backUp({
	client,
	database,
	settings,
	target,
	databaseTo,
	onProgress = () => undefined
}: BackupOptions): Promise<Manifest> {
	const started_unix_ms = Date.now();
	const parts = partTargets(placeOf(database, target, databaseTo), database);
	const [newest] = await ask<{ name: string }>(
		client,
		'SELECT name FROM migrations_applied_v1 FINAL ORDER BY number DESC LIMIT 1'
	);
	await makeTarget(target);
	onProgress('copying settings and spool');
	await writeFile(join(target, PARTS.settings), JSON.stringify(await readSettings(settings)), {
		mode: 0o600,
		flush: true
	});
	await mkdir(join(target, PARTS.files));
	for (const name of FILES)
		await copyFiles(join(database.dataDir, name), join(target, PARTS.files, name));
	const name = database.database ?? DEFAULT_DATABASE;
	await runInEngine({ what: 'BACKUP', database, name, parts, tell: onProgress });
	return writeManifest(
		target,
		{
			started_unix_ms,
			finished_unix_ms: Date.now(),
			database: { name, parts: parts.map(withoutSecrets), schema: newest!.name }
		},
		onProgress
	);
}

function placeOf({ url }: DatabaseOptions, target: string, databaseTo: string | undefined): string {
	if (databaseTo) return databaseTo;
	if (!url) return fileTarget(resolve(target, PARTS.database));
	throw new BackupError(
		'database_refused',
		`A server writes its rows itself. Say where to, as its BACKUP takes it: --database-to "Disk('backups', 'passlens-2026-11-24')".`
	);
}

/** Only whoever makes a backup can read it: it holds the keys of pseudonyms. */
async function makeTarget(target: string): Promise<void> {
	await mkdir(target, { recursive: true, mode: 0o700 });
	if ((await readdir(target)).length === 0) return;
	throw new BackupError(
		'target_not_empty',
		`${target} is not empty, and a backup never overwrites anything: name another directory.`
	);
}

/** Segments come and go meanwhile: one that went is in the database by then. */
async function copyFiles(from: string, to: string): Promise<void> {
	try {
		await cp(from, to, { recursive: true });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		if (!(await exists(from))) return;
		await copyFiles(from, to);
	}
}

async function exists(path: string): Promise<boolean> {
	return access(path).then(
		() => true,
		() => false
	);
}

/** Of S3 and its like the keys are left out, and said again at the restore. */
function withoutSecrets(target: string): string {
	return /^(Disk|File)\(/.test(target) ? target : '';
}
