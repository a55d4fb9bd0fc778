import { mkdtemp, open, unlink, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Where batches could lie between their acknowledgement and their insert. */
export interface Store {
	/** Resolves when all of them would survive a power failure. */
	keep(batches: readonly Uint8Array[]): Promise<void>;
	/** Makes one file of everything, as the database inserts it, and forgets it. */
	handOver(file: string): Promise<void>;
	close(): Promise<void>;
}

export type OpenStore = (directory: string) => Promise<Store>;

/** What the collector does: the file that is appended to is the file that is inserted. */
export const openSegments: OpenStore = async (directory) => {
	const path = join(directory, 'segment');
	let file: FileHandle = await open(path, 'a');
	return {
		async keep(batches) {
			await file.write(Buffer.concat(batches));
			await file.datasync();
		},
		async handOver() {
			await file.close();
			await unlink(path);
			file = await open(path, 'a');
		},
		close: () => file.close()
	};
};

export const openSqlite: OpenStore = async (directory) => {
	const database = new DatabaseSync(join(directory, 'spool.sqlite'));
	database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
	database.exec('CREATE TABLE batches (id INTEGER PRIMARY KEY, rows BLOB NOT NULL) STRICT');
	const insert = database.prepare('INSERT INTO batches (rows) VALUES (?)');
	const select = database.prepare('SELECT rows FROM batches ORDER BY id');
	return {
		keep(batches) {
			database.exec('BEGIN');
			for (const batch of batches) insert.run(batch);
			database.exec('COMMIT');
			return Promise.resolve();
		},
		async handOver(file) {
			await writeFile(file, Buffer.concat(select.all().map(({ rows }) => rows as Uint8Array)));
			database.exec('DELETE FROM batches');
		},
		close: () => Promise.resolve(database.close())
	};
};

/** What of the package is used. It is not among ours: `npm install --no-save lmdb` brings it. */
interface Lmdb {
	put(key: number, value: Uint8Array): Promise<boolean>;
	flushed: Promise<boolean>;
	getRange(): Iterable<{ key: number; value: Uint8Array }>;
	clearAsync(): Promise<void>;
	close(): Promise<void>;
}

/** Undefined where the package is not installed. */
export async function findLmdb(): Promise<OpenStore | undefined> {
	const name = 'lmdb';
	const lmdb = (await import(name).catch(() => undefined)) as
		{ open(options: object): Lmdb } | undefined;
	if (!lmdb) return undefined;
	return async (directory) => {
		const database = lmdb.open({ path: join(directory, 'spool.mdb'), encoding: 'binary' });
		let next = 0;
		return {
			async keep(batches) {
				await Promise.all(batches.map((batch) => database.put(next++, batch)));
				// A put resolves when others can read it; this, when it is on disk.
				await database.flushed;
			},
			async handOver(file) {
				await writeFile(file, Buffer.concat([...database.getRange()].map(({ value }) => value)));
				await database.clearAsync();
			},
			close: () => database.close()
		};
	};
}

export function makeDirectory(): Promise<string> {
	return mkdtemp(join(tmpdir(), 'passlens-bench-'));
}
