import type { ClickHouseClient } from '@clickhouse/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDatabase, type DatabaseOptions } from '../../migrations/connect.ts';
import { ask } from '../lifecycle/ask.ts';
import { BackupError } from './manifest.ts';

/** How often the engine is asked how far it is. */
const LOOK_EVERY_MS = 100;

/** The engine's own place in a directory of this machine, as SQL. */
export function fileTarget(path: string): string {
	return `File('${path.replace(/[\\']/g, (sign) => `\\${sign}`)}')`;
}

/**
 * Where each server puts its rows. The engine writes them itself, so for a server it is a place that it may write to. A cluster
 * without Keeper is asked server by server, each with a place of its own: `{shard}` stands for its number.
 *
 * @throws BackupError when the place cannot be one
 */
export function partTargets(target: string, { cluster }: DatabaseOptions): string[] {
	if (!/^(Disk|File|S3|AzureBlobStorage)\(.*\)$/s.test(target))
		throw new BackupError(
			'database_refused',
			`The place must be as ClickHouse's BACKUP takes it, such as Disk('backups', 'passlens-2026-11-24') or File('/backups/passlens'), not ${target}.`
		);
	if (!cluster?.nodes) return [target];
	if (!target.includes('{shard}'))
		throw new BackupError(
			'database_refused',
			`Each server of this cluster needs a place of its own: write {shard} where its number goes, such as Disk('backups', 'passlens-{shard}').`
		);
	return cluster.nodes.map((_, index) => target.replaceAll('{shard}', String(index + 1)));
}

interface EngineRun {
	id: string;
	status: string;
	error: string;
	num_files: string;
	bytes: string;
	files_read: string;
}

/** Has the engine copy the database to a place, or back from it, and tells how far it is. @throws BackupError with the engine's reason */
export async function runInEngine({
	what,
	database,
	name,
	parts,
	tell
}: {
	what: 'BACKUP' | 'RESTORE';
	database: DatabaseOptions;
	/** What the database was called when it was backed up. */
	name: string;
	parts: readonly string[];
	tell: (doing: string) => void;
}): Promise<void> {
	const own = database.database ?? name;
	const renamed = what === 'RESTORE' && own !== name ? ` AS ${own}` : '';
	const on =
		database.cluster && !database.cluster.nodes ? ` ON CLUSTER '${database.cluster.name}'` : '';
	const direction = what === 'BACKUP' ? 'TO' : 'FROM';
	for (const [index, part] of parts.entries()) {
		const url = database.cluster?.nodes?.[index] ?? database.url;
		const client = await connectDatabase({ ...database, url, database: 'default' });
		try {
			await run(client, `${what} DATABASE ${name}${renamed}${on} ${direction} ${part}`, (state) =>
				tell(
					`${what === 'BACKUP' ? 'backing up' : 'restoring'} the database${parts.length > 1 ? `, server ${index + 1} of ${parts.length}` : ''}: ${describe(what, state)}`
				)
			);
		} finally {
			await client.close();
		}
	}
}

async function run(
	client: ClickHouseClient,
	statement: string,
	tell: (state: EngineRun) => void
): Promise<void> {
	const [started] = await ask<{ id: string }>(client, `${statement} ASYNC`).catch(refuse);
	for (;;) {
		const [state] = await ask<EngineRun>(
			client,
			`SELECT id, toString(status) AS status, error, num_files, formatReadableSize(total_size) AS bytes, files_read
			FROM system.backups WHERE id = {id: String}`,
			{ id: started!.id }
		);
		if (state?.status === 'BACKUP_CREATED' || state?.status === 'RESTORED') return;
		if (!state || !/^(CREATING_BACKUP|RESTORING)$/.test(state.status))
			return refuse(new Error(state?.error ?? 'The engine knows nothing of it any more.'));
		tell(state);
		await sleep(LOOK_EVERY_MS);
	}
}

function describe(what: 'BACKUP' | 'RESTORE', { num_files, bytes, files_read }: EngineRun): string {
	if (num_files === '0') return 'collecting';
	return what === 'BACKUP'
		? `${num_files} files, ${bytes}`
		: `${files_read} of ${num_files} files, ${bytes}`;
}

function refuse(cause: unknown): never {
	const reason = (cause instanceof Error ? cause.message : String(cause)).split(
		/\n|, Stack trace/
	)[0];
	throw new BackupError('database_refused', `ClickHouse refused: ${reason}`, { cause });
}
