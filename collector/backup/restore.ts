import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readMigrations } from '../../migrations/apply.ts';
import {
	connectDatabase,
	DEFAULT_DATABASE,
	type DatabaseOptions
} from '../../migrations/connect.ts';
import { migrateDatabase, nodesOf } from '../../migrations/migrate-database.ts';
import { askAgain } from '../../settings/erasures.ts';
import {
	settingsAreEmpty,
	settingsCopySchema,
	writeSettings,
	type SettingsCopy
} from '../../settings/copy-settings.ts';
import type { Settings } from '../../settings/open-settings.ts';
import { ask } from '../lifecycle/ask.ts';
import { verify, type Verification } from '../lifecycle/verify.ts';
import { PARTS } from './back-up.ts';
import { fileTarget, partTargets, runInEngine } from './database-backup.ts';
import { BackupError, checkFiles, readManifest, type Manifest } from './manifest.ts';

export interface RestoreOptions {
	/** Directory of the backup. */
	source: string;
	/** An empty one. */
	database: DatabaseOptions;
	/** Without a project. */
	settings: Settings;
	/** Where a server put its rows, when the manifest does not tell: it leaves out places that are named by a secret. */
	databaseFrom?: string | undefined;
	/** A newer backup: whoever was erased since this one was made is erased again. */
	erasuresFrom?: string | undefined;
	onProgress?: (doing: string) => void;
}

/**
 * A day before a backup and one after: what was inserted while tables were copied one after the other may be in one and not in
 * another, and in some zones it is tomorrow.
 */
const BESIDE_MS = 86_400_000;

/**
 * Puts a backup into an empty instance, brings it to this version, and recomputes the days around the backup from their raw
 * events. Erasures that were asked for meanwhile are asked for again; the collector does them when it starts.
 *
 * @returns what the recomputed days had wrong, and has right now
 * @throws BackupError when the backup is damaged or the instance is not empty; nothing was restored then
 */
export async function restore(options: RestoreOptions): Promise<Verification[]> {
	const { source, database, settings, erasuresFrom, onProgress = () => undefined } = options;
	const manifest = await readManifest(source);
	refuseNewer(manifest);
	await checkFiles(source, manifest, onProgress);
	await refuseUsed(options);
	const copy = await readCopy(source);
	const erasures = [copy, ...(erasuresFrom ? [await readCopy(erasuresFrom)] : [])];

	await runInEngine({
		what: 'RESTORE',
		database,
		name: manifest.database.name,
		parts: partsOf(options, manifest),
		tell: onProgress
	});
	await writeSettings(settings, copy);
	await askAgain(settings, erasures.flatMap(erasuresIn(manifest)));
	await mkdir(database.dataDir, { recursive: true });
	await cp(join(source, PARTS.files), database.dataDir, { recursive: true });

	// What it is restored from is the backup.
	await migrateDatabase(database, { beforeLoss: () => Promise.resolve() });
	const client = await connectDatabase(database);
	try {
		const from = new Date(manifest.started_unix_ms - BESIDE_MS).toISOString().slice(0, 10);
		const to = new Date(manifest.finished_unix_ms + BESIDE_MS).toISOString().slice(0, 10);
		return await verify({
			...{ client, database, days: { from, to }, repair: true, underWayMs: 0 },
			onProgress: ({ projectId, doing }) => onProgress(`${projectId}: ${doing}`)
		});
	} finally {
		await client.close();
	}
}

function refuseNewer({ database }: Manifest): void {
	if (readMigrations().some(({ name }) => name === database.schema)) return;
	throw new BackupError(
		'newer_version',
		`The backup was made by a version that knows ${database.schema}; this one does not. Restore it with that version or a newer one.`
	);
}

/** A backup is never put into what somebody uses. */
async function refuseUsed({ database, settings }: RestoreOptions): Promise<void> {
	if (!(await settingsAreEmpty(settings)))
		throw notEmpty(
			'the settings hold projects',
			'Name another --data-dir, or another DATABASE_URL.'
		);
	const segments = await readdir(join(database.dataDir, 'spool')).catch(() => []);
	if (segments.length > 0) throw notEmpty('events wait in its spool', 'Name another --data-dir.');
	for (const node of nodesOf(database)) {
		const client = await connectDatabase({ ...node, database: 'default' });
		try {
			const [found] = await ask<{ tables: string }>(
				client,
				'SELECT count() AS tables FROM system.tables WHERE database = {name: String}',
				{ name: database.database ?? DEFAULT_DATABASE }
			);
			if (found?.tables !== '0')
				throw notEmpty(
					'the database has tables',
					'Name another --data-dir, or with a server another CLICKHOUSE_DATABASE.'
				);
		} finally {
			await client.close();
		}
	}
}

function notEmpty(what: string, how: string): BackupError {
	return new BackupError(
		'not_empty',
		`A backup is only restored into an empty instance, and here ${what}. ${how}`
	);
}

function partsOf({ source, database, databaseFrom }: RestoreOptions, manifest: Manifest): string[] {
	if (databaseFrom) return partTargets(databaseFrom, database);
	// A backup may have been moved since it was made.
	if (manifest.files.some(({ path }) => path.startsWith(`${PARTS.database}/`)))
		return [fileTarget(resolve(source, PARTS.database))];
	if (manifest.database.parts.every(Boolean)) return manifest.database.parts;
	throw new BackupError(
		'database_refused',
		'The rows are at a place that the backup does not name, because keys belong to it. Say it again with --database-from.'
	);
}

async function readCopy(source: string): Promise<SettingsCopy> {
	await readManifest(source);
	return settingsCopySchema.parse(JSON.parse(await readFile(join(source, PARTS.settings), 'utf8')));
}

/** Erasures that the backed-up rows may not know of: not done then, done meanwhile, or asked for since. */
function erasuresIn({ started_unix_ms }: Manifest) {
	return (copy: SettingsCopy) =>
		(copy.user_erasure ?? [])
			.filter(({ erased_unix_ms }) => Number(erased_unix_ms ?? Infinity) >= started_unix_ms)
			.map(({ project_id, user_hash, requested_unix_ms }) => ({
				projectId: String(project_id),
				userHash: String(user_hash),
				requestedAt: Number(requested_unix_ms)
			}));
}
