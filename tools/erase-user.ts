// `npm run erase-user`: deletes a person from every table, rollup and spool of a project, and keeps what they did from coming back.
import { parseArgs } from 'node:util';
import { untilErased } from '../collector/lifecycle/people.ts';
import { jsonLog } from '../collector/log.ts';
import { startCollector } from '../collector/start-collector.ts';
import { DatabaseError } from '../migrations/connect.ts';
import { requestErasure } from '../settings/erasures.ts';
import type { Settings } from '../settings/open-settings.ts';
import { DATA_DIR, noteCommand, openDatabase, runCommand, withSettings } from './command.ts';
import { describePerson, findPerson, PERSON } from './person.ts';

const USAGE = `npm run erase-user -- --project my-site --user <reference> [--data-dir data]
npm run erase-user -- --project my-site --ref <one-way reference>

<reference> is what your site gave to identify(). Works while Passlens runs, and while it does not.`;

/** A running collector looks every two seconds, and an erasure takes some. */
const PATIENCE_MS = 120_000;

await runCommand(async () => {
	const { values } = parseArgs({
		options: { ...DATA_DIR, ...PERSON, help: { type: 'boolean', short: 'h', default: false } }
	});
	if (values.help) return void process.stdout.write(`${USAGE}\n`);
	await withSettings(values['data-dir'], async (settings) => {
		const person = await findPerson(settings, values);
		await noteCommand(settings, {
			...{ command: 'erase-user', projectId: person.projectId },
			subject: describePerson(person)
		});
		const { id } = await requestErasure(settings, person);
		const stop = await startEraser(settings, values['data-dir']);
		const erasure = await untilErased({ settings, id, patienceMs: PATIENCE_MS });
		await stop();
		if (erasure.erasedAt === undefined) {
			process.stdout.write(
				'Nobody took it up yet. The erasure is noted: a collector does it as soon as one runs over this database.\n'
			);
			process.exitCode = 2;
		} else
			process.stdout.write(
				`Erased: ${erasure.events} events, and everything made from them. Backups still hold them until they are deleted.\n`
			);
	});
});

/** Collectors do erasures, because each has a spool. Where none runs over the embedded database, one does for a moment. */
async function startEraser(settings: Settings, dataDir: string): Promise<() => Promise<void>> {
	if (process.env.CLICKHOUSE_URL) return () => Promise.resolve();
	try {
		const { client, database } = await openDatabase(dataDir);
		await client.close();
		const log: typeof jsonLog = (level, ...rest) => level === 'info' || jsonLog(level, ...rest);
		const collector = await startCollector({ port: 0, dataDir, database, settings, log });
		return () => collector.close();
	} catch (error) {
		if (!(error instanceof DatabaseError)) throw error;
		return () => Promise.resolve();
	}
}
