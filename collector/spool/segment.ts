import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, truncate, unlink, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { JOINED } from './small-blocks.ts';

/** One append-only file of blocks of rows. Once closed it never changes, and one segment is one insert. */
export interface Segment {
	/** File name without its ending: time of creation, then something unique. Also the insert's deduplication token. */
	name: string;
	path: string;
	/** A copy in larger blocks, for the insert; gone with the segment. */
	joined?: string | undefined;
	/** Unix epoch in milliseconds; no row in it was received earlier. */
	openedAt: number;
	/** Bytes known to be whole and on disk. */
	bytes: number;
	rows: number;
	/** It holds something that was not written here, or by another version: nobody may insert it, or throw it away. */
	foreign?: boolean;
}

export const ENDING = '.rows';

/** A segment that is being written. */
export interface OpenSegment extends Segment {
	file: FileHandle;
}

export async function openSegment({ directory }: { directory: string }): Promise<OpenSegment> {
	const openedAt = Date.now();
	const name = `${openedAt}-${randomBytes(6).toString('hex')}`;
	const path = join(directory, name + ENDING);
	const file = await open(path, 'ax');
	try {
		await syncDirectory(directory);
	} catch (error) {
		// Neither file nor handle may pile up while it is tried again.
		await file.close();
		await unlink(path).catch(() => undefined);
		throw error;
	}
	return { name, path, openedAt, bytes: 0, rows: 0, file };
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

/** Says how much of a file is whole. `foreign`: it goes on with something that was never written here. */
export type Measure = (content: Buffer) => {
	bytes: number;
	rows: number;
	rest: 'nothing' | 'torn' | 'foreign';
};

/**
 * Segments left by an earlier run, oldest first, each cut back to its last whole block: what was cut off in writing was never
 * acknowledged. What goes on with something else is left as it is. Copies for an insert are deleted.
 */
export async function findLeftSegments({
	directory,
	measure
}: {
	directory: string;
	measure: Measure;
}): Promise<Segment[]> {
	const found = await readdir(directory);
	for (const file of found)
		if (file.endsWith(JOINED)) await unlink(join(directory, file)).catch(() => undefined);
	const files = found.filter((file) => file.endsWith(ENDING)).sort();
	// One at a time: each is read whole, and a full spool is a gigabyte.
	const segments: Segment[] = [];
	for (const file of files) segments.push(await recover(join(directory, file), measure));
	return segments;
}

/** Reads what a closed segment holds. */
export async function recover(path: string, measure: Measure): Promise<Segment> {
	const name = basename(path, ENDING);
	const content = await readFile(path);
	const { bytes, rows, rest } = measure(content);
	if (rest === 'torn') await truncate(path, bytes);
	return {
		name,
		path,
		openedAt: Number.parseInt(name, 10) || 0,
		bytes: rest === 'foreign' ? content.length : bytes,
		rows,
		foreign: rest === 'foreign'
	};
}
