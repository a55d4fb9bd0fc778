import { join } from 'node:path';
import { MigrationError, type BeforeLoss } from '../../migrations/apply.ts';
import { connectDatabase, type DatabaseOptions } from '../../migrations/connect.ts';
import { openSettings } from '../../settings/open-settings.ts';
import { backUp } from './back-up.ts';

/**
 * A backup of everything as it is, settings included, before migrations that take rows away: the version that made it can go on
 * from it. Embedded, it goes into `backups/` of the data directory; a server puts its rows where `PASSLENS_BACKUP_TO` says.
 * `PASSLENS_MIGRATE_WITHOUT_BACKUP=1` does without, for whoever made one.
 *
 * @param say tells where it lies
 */
export function backUpBeforeLoss({
	database,
	say,
	env = process.env
}: {
	database: DatabaseOptions;
	say: (words: string) => void;
	env?: NodeJS.ProcessEnv;
}): BeforeLoss {
	return async (names) => {
		const what = names.join(', ');
		if (env.PASSLENS_MIGRATE_WITHOUT_BACKUP === '1')
			return say(`${what} take rows away, and no backup is made: PASSLENS_MIGRATE_WITHOUT_BACKUP.`);
		const databaseTo = env.PASSLENS_BACKUP_TO || undefined;
		if (database.url && !databaseTo) throw whereTo(what);
		const target = join(database.dataDir, 'backups', `before-${names[0]}-${Date.now()}`);
		say(`${what} take rows away. Before that a backup is made: ${target}`);
		const client = await connectDatabase(database);
		// As they are: the version that is gone back to does not know newer ones.
		const settings = await openSettings({ dataDir: database.dataDir, migrate: false });
		try {
			await backUp({ client, database, settings, target, databaseTo });
		} catch (cause) {
			throw new MigrationError(
				'backup_needed',
				`The backup before ${what} could not be made: ${cause instanceof Error ? cause.message : String(cause)} Mend that, or make one yourself and start once with PASSLENS_MIGRATE_WITHOUT_BACKUP=1. Nothing was changed.`,
				{ cause }
			);
		} finally {
			await settings.destroy();
			await client.close();
		}
	};
}

function whereTo(what: string): MigrationError {
	return new MigrationError(
		'backup_needed',
		`${what} take rows away, so a backup comes first, and a ClickHouse server writes its rows itself. Say where to, as its BACKUP takes it: PASSLENS_BACKUP_TO="Disk('backups', 'passlens-before-upgrade')". Or make one yourself and start once with PASSLENS_MIGRATE_WITHOUT_BACKUP=1. Nothing was changed.`
	);
}
