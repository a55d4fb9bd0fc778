/**
 * The collector over an embedded database in the directory given, in a process of its own. Sends its address and key, and
 * answers what it is asked (`Question`).
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCollector } from '../../collector/start-collector.ts';
import { applyMigrations } from '../../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../../migrations/connect.ts';
import { openSettings } from '../../settings/open-settings.ts';
import { createProject } from '../../settings/projects.ts';
import { insertAsIs } from './insert-as-is.ts';

/**
 * `landed`: answers when all that was acknowledged can be queried. `as is`: stops the collector and inserts its rows again.
 * `work`: how much the database has done so far (`Work`). `end`: no answer; the process ends, and writes its profile if Node was told to make one.
 */
export type Question = 'landed' | 'as is' | 'work' | 'end';

/** Counted by the database since it started, and the same on every machine. */
export interface Work {
	/** Rows, of all tables, that merges have written anew. */
	merged: number;
	/** Rows that questions have read, those of inserts and rollups included. */
	read: number;
}

const dataDir = process.argv[2]!;
const database = { dataDir };
await createDatabase(database);
const client = await connectDatabase(database);
await applyMigrations({ client });
const settings = await openSettings(database);
const { ingestKey } = await createProject(settings, { id: 'bench', name: 'Bench' });
const { url, close } = await startCollector({ port: 0, dataDir, settings, log: () => undefined });

const answers = {
	landed: untilLanded,
	work: countWork,
	'as is': () => close().then(() => insertAsIs({ dataDir }))
};
process.on('message', (question: Question) => {
	if (question === 'end') process.exit(0);
	void answers[question]().then((value) => process.send!(value));
});
process.send!({ url: url.replace('localhost', '127.0.0.1'), ingestKey });

/** @returns how many rows the database holds */
async function untilLanded(): Promise<number> {
	const spool = join(dataDir, 'spool');
	while ((await readdir(spool)).some((file) => file.endsWith('.rows'))) await sleep(10);
	const result = await client.query({
		query: 'SELECT count() AS n FROM events_raw_v1',
		format: 'JSONEachRow'
	});
	const [row] = await result.json<{ n: string }>();
	return Number(row!.n);
}

async function countWork(): Promise<Work> {
	const result = await client.query({
		query: `SELECT sumIf(value, event = 'MergedRows') AS merged, sumIf(value, event = 'SelectedRows') AS read FROM system.events`,
		format: 'JSONEachRow'
	});
	const [row] = await result.json<Record<keyof Work, string>>();
	return { merged: Number(row!.merged), read: Number(row!.read) };
}
