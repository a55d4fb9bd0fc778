import type { ClickHouseClient } from '@clickhouse/client';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDatabase, type DatabaseOptions } from '../../migrations/connect.ts';
import { dropDeadLetter, listDeadLetters } from '../spool/dead-letters.ts';
import { ENDING } from '../spool/segment.ts';
import { EVENT_STRUCTURE } from '../store/store-segment.ts';
import { ask } from './ask.ts';
import { eventsOf, type Person, type Traces } from './find-traces.ts';

/** Waits until every segment that was begun until a moment is in the database or was set aside. */
export async function untilStored({
	directory,
	until
}: {
	/** The spool's own. */
	directory: string;
	/** Unix epoch in milliseconds. */
	until: number;
}): Promise<void> {
	const waiting = (file: string) => file.endsWith(ENDING) && Number.parseInt(file, 10) <= until;
	while ((await readdir(directory)).some(waiting)) await sleep(50);
}

/**
 * Takes a person's rows out of the segments that were set aside; each is replaced whole. One that cannot be read, which may
 * be why it is there, and that holds the person's hash, is deleted: nobody else's events could be got out of it either.
 */
export async function removeFromDeadLetters({
	client,
	database,
	directory,
	person,
	traces
}: {
	client: ClickHouseClient;
	database: DatabaseOptions;
	/** The spool's own. */
	directory: string;
	person: Person;
	traces: Traces;
}): Promise<void> {
	const letters = await listDeadLetters({ directory });
	if (letters.length === 0) return;
	await withEmbedded({ client, database }, async (reader) => {
		const { condition, parameters } = eventsOf(person, traces);
		const theirs = `(project_id = {project: String} AND (${condition('')}))`;
		for (const { name, path } of letters) {
			const query_params = { ...parameters, path: resolve(path), structure: EVENT_STRUCTURE };
			const [found] = await ask<{ rows: string; theirs: string }>(
				reader,
				`SELECT count() AS rows, countIf(${theirs}) AS theirs FROM ${SEGMENT}`,
				query_params
			).catch(async () => [{ rows: '0', theirs: (await holds(path, person)) ? '1' : '0' }]);
			if (!found || found.theirs === '0') continue;
			if (Number(found.rows) <= Number(found.theirs)) await dropDeadLetter({ directory, name });
			else {
				const kept = `${path}.kept`;
				await reader.command({
					query: `INSERT INTO FUNCTION file({kept: String}, 'Native', {structure: String}) SELECT * FROM ${SEGMENT} WHERE NOT ${theirs}`,
					query_params: { ...query_params, kept: resolve(kept) }
				});
				await rename(kept, path);
			}
		}
	});
}

const SEGMENT = `file({path: String}, 'Native', {structure: String})`;

/** A segment is read by the embedded engine alone: a server cannot see this machine's files. */
async function withEmbedded(
	{ client, database }: { client: ClickHouseClient; database: DatabaseOptions },
	work: (reader: ClickHouseClient) => Promise<void>
): Promise<void> {
	if (!database.url) return work(client);
	const dataDir = await mkdtemp(join(tmpdir(), 'passlens-dead-letters-'));
	const reader = await connectDatabase({ dataDir, database: 'default' });
	try {
		await work(reader);
	} finally {
		await reader.close();
		await rm(dataDir, { recursive: true, force: true });
	}
}

/** Whether the file holds the person's hash, as the format writes it. */
async function holds(path: string, { userHash }: Person): Promise<boolean> {
	const hash = Buffer.alloc(8);
	hash.writeBigUInt64LE(BigInt(userHash));
	return (await readFile(path)).includes(hash);
}
