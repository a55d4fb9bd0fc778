import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { StreamOutlets, Target, Told } from './send-events.ts';

/** Files set aside that are kept beside the one that is written: whoever reads them has so long. */
const KEPT_FILES = 20;
/** Nobody else may read it; a link in its place is not followed. */
const MODE = 0o600;
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** Appends events to a stream's file, a line each, and has the disk keep them before this is true. @returns what went wrong, in words */
export async function writeToFile(
	{ target }: Target,
	events: readonly Told[],
	{ directory, fileBytes }: StreamOutlets
): Promise<string | undefined> {
	if (!directory)
		return 'No directory is set for files: start Passlens with PASSLENS_STREAMS_DIR=/var/log/passlens, a folder that it may write.';
	const lines = Buffer.from(events.map(({ body }) => `${body}\n`).join(''));
	try {
		await mkdir(directory, { recursive: true, mode: 0o700 });
		await rotate({ directory, name: target, fileBytes, coming: lines.length });
		await append(join(directory, `${target}.ndjson`), lines);
		return undefined;
	} catch (error) {
		return `It could not be written: ${error instanceof Error ? error.message : String(error)}`;
	}
}

async function append(path: string, lines: Buffer): Promise<void> {
	const file = await open(path, FLAGS, MODE);
	try {
		await file.chmod(MODE);
		const end = await cutTornLine(file);
		try {
			await file.writeFile(lines);
			await file.sync();
		} catch (error) {
			// A disk that is full leaves a part: the whole comes again.
			await file.truncate(end);
			throw error;
		}
	} finally {
		await file.close();
	}
}

const NEWLINE = 0x0a;
const STEP = 65_536;

/** Takes away the part of a line that a process left which ended in the middle: its event comes again. @returns where the file ends */
async function cutTornLine(file: FileHandle): Promise<number> {
	const { size } = await file.stat();
	const step = Buffer.alloc(STEP);
	for (let end = size; end > 0;) {
		const start = Math.max(0, end - STEP);
		const { bytesRead } = await file.read(step, 0, end - start, start);
		const at = step.subarray(0, bytesRead).lastIndexOf(NEWLINE);
		if (at >= 0) {
			const whole = start + at + 1;
			if (whole < size) await file.truncate(whole);
			return whole;
		}
		end = start;
	}
	if (size > 0) await file.truncate(0);
	return 0;
}

/** Sets the file aside under the moment when it is full, and removes the oldest of those. */
async function rotate({
	directory,
	name,
	fileBytes,
	coming
}: {
	directory: string;
	name: string;
	fileBytes: number;
	coming: number;
}): Promise<void> {
	const path = join(directory, `${name}.ndjson`);
	const size = await sizeOf(path);
	if (size === 0 || size + coming <= fileBytes) return;
	const moment = new Date().toISOString().replace(/[:.]/g, '-');
	await rename(path, join(directory, `${name}.${moment}.ndjson`));
	const aside = (await readdir(directory))
		.filter((file) => file.startsWith(`${name}.2`) && file.endsWith('.ndjson'))
		.sort();
	for (const file of aside.slice(0, -KEPT_FILES)) await rm(join(directory, file));
}

async function sizeOf(path: string): Promise<number> {
	try {
		const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
		try {
			return (await file.stat()).size;
		} finally {
			await file.close();
		}
	} catch (error) {
		if (Object(error).code === 'ENOENT') return 0;
		throw error;
	}
}
