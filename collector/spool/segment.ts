import { randomBytes } from 'node:crypto';
import { open, readdir, truncate, unlink, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** One append-only file of rows. Once closed it never changes, and one segment is one insert. */
export interface Segment {
	/** File name without its ending: time of creation, then something unique. Also the insert's deduplication token. */
	name: string;
	path: string;
	/** Unix epoch in milliseconds; no row in it was received earlier. */
	openedAt: number;
	/** Bytes known to be whole and on disk. */
	bytes: number;
	rows: number;
}

const ENDING = '.rows';

/** A segment that is being written. */
export interface OpenSegment extends Segment {
	file: FileHandle;
}

export async function openSegment({
	directory,
	header
}: {
	directory: string;
	header: string;
}): Promise<OpenSegment> {
	const openedAt = Date.now();
	const name = `${openedAt}-${randomBytes(6).toString('hex')}`;
	const path = join(directory, name + ENDING);
	const file = await open(path, 'ax');
	try {
		await file.write(header);
		await syncDirectory(directory);
	} catch (error) {
		// A full disk makes a file and takes no byte: neither file nor handle may pile up while it is tried again.
		await file.close();
		await unlink(path).catch(() => undefined);
		throw error;
	}
	return { name, path, openedAt, bytes: Buffer.byteLength(header), rows: 0, file };
}

/** A new file is only as durable as the directory that names it. */
async function syncDirectory(directory: string): Promise<void> {
	const handle = await open(directory, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** Segments left by an earlier run, oldest first, each cut back to its last whole line: what follows was never acknowledged. */
export async function findLeftSegments({ directory }: { directory: string }): Promise<Segment[]> {
	const files = (await readdir(directory)).filter((file) => file.endsWith(ENDING)).sort();
	// One at a time: each is read whole, and a full spool is a gigabyte.
	const segments: Segment[] = [];
	for (const file of files) segments.push(await recover(join(directory, file)));
	return segments;
}

async function recover(path: string): Promise<Segment> {
	const name = basename(path, ENDING);
	const file = await open(path, 'r');
	const content = await file.readFile();
	await file.close();
	const bytes = content.lastIndexOf(0x0a) + 1;
	if (bytes < content.length) await truncate(path, bytes);
	let lines = 0;
	for (let at = content.indexOf(0x0a); at !== -1; at = content.indexOf(0x0a, at + 1)) lines++;
	return {
		name,
		path,
		openedAt: Number.parseInt(name, 10) || 0,
		bytes,
		rows: Math.max(0, lines - 1)
	};
}
