import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSettings, type Settings } from '../../../../settings/open-settings.ts';

/** The settings in each form they have, for what must be the same in all: SQLite in a directory, and a PostgreSQL. */
export function settingsStores() {
	let dataDir: string;
	let postgres: PGlite | undefined;
	let socket: PGLiteSocketServer | undefined;
	const openSqlite = () => openSettings({ dataDir, settingsUrl: '' });
	const openPostgres = () =>
		openSettings({
			dataDir,
			settingsUrl: `postgres://postgres:postgres@${socket!.getServerConn()}/postgres`
		});
	return {
		openSqlite,
		/** Name, and what opens one more session of it: for `describe.each`. */
		each: [
			['SQLite', openSqlite],
			['PostgreSQL', openPostgres]
		] as [string, () => Promise<Settings>][],
		async start(): Promise<void> {
			dataDir = await mkdtemp(join(tmpdir(), 'passlens-settings-'));
			postgres = await PGlite.create();
			socket = new PGLiteSocketServer({
				...{ db: postgres, port: 0, host: '127.0.0.1' },
				maxConnections: 20
			});
			await socket.start();
		},
		async stop(): Promise<void> {
			await socket?.stop();
			await postgres?.close();
			await rm(dataDir, { recursive: true, force: true });
		}
	};
}
