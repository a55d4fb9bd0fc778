import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ENDING } from './segment.ts';

/** Directory, inside the spool's, of the segments that the database refused for their content. */
export const DEAD = 'dead';
/** And of those that somebody wants tried again. */
const REPLAY = 'replay';

/** Why a segment was set aside: the content of `<name>.error.json`. */
export interface DeadLetterError {
	set_aside_unix_ms?: number;
	rows?: number;
	bytes?: number;
	code?: unknown;
	error?: unknown;
}

export interface DeadLetter extends DeadLetterError {
	/** Of the segment: when it was begun, then something unique. */
	name: string;
	/** File of its rows. */
	path: string;
	bytes: number;
}

/** The directory belongs to a collector's spool: `<data directory>/spool`. */
type InSpool = { directory: string };

/** Segments set aside, oldest first. */
export async function listDeadLetters({ directory }: InSpool): Promise<DeadLetter[]> {
	const dead = join(directory, DEAD);
	const files = (await readNames(dead)).filter((file) => file.endsWith(ENDING)).sort();
	return Promise.all(
		files.map(async (file) => {
			const name = file.slice(0, -ENDING.length);
			const path = join(dead, file);
			const { size } = await stat(path);
			return { ...(await readError(errorFile(directory, name))), name, path, bytes: size };
		})
	);
}

/**
 * Hands a segment back to its collector: a running one takes it within seconds, one that is not running when it starts. If the
 * database refuses it again it is set aside again.
 *
 * @returns false when there is no such segment
 */
export async function replayDeadLetter({
	directory,
	name
}: InSpool & { name: string }): Promise<boolean> {
	const letter = await find(directory, name);
	if (!letter) return false;
	await mkdir(join(directory, REPLAY), { recursive: true });
	await rename(letter.path, join(directory, REPLAY, name + ENDING));
	await rm(errorFile(directory, name), { force: true });
	return true;
}

/** Deletes a segment that was set aside, and its events with it. @returns false when there is no such segment */
export async function dropDeadLetter({
	directory,
	name
}: InSpool & { name: string }): Promise<boolean> {
	const letter = await find(directory, name);
	if (!letter) return false;
	await rm(letter.path);
	await rm(errorFile(directory, name), { force: true });
	return true;
}

/** Files that `replayDeadLetter` handed back. */
export async function findReplays({ directory }: InSpool): Promise<string[]> {
	const replay = join(directory, REPLAY);
	const files = (await readNames(replay)).filter((file) => file.endsWith(ENDING)).sort();
	return files.map((file) => join(replay, file));
}

async function find(directory: string, name: string): Promise<DeadLetter | undefined> {
	return (await listDeadLetters({ directory })).find((letter) => letter.name === name);
}

function errorFile(directory: string, name: string): string {
	return join(directory, DEAD, `${name}.error.json`);
}

async function readNames(path: string): Promise<string[]> {
	try {
		return await readdir(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw error;
	}
}

/** A disk that filled up may have kept the rows and not the reason. */
async function readError(path: string): Promise<DeadLetterError> {
	try {
		return JSON.parse(await readFile(path, 'utf8')) as DeadLetterError;
	} catch {
		return {};
	}
}
