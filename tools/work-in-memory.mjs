import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const IN_MEMORY = '/dev/shm';
/** What runs at one time held a sixteenth of it, Chromium included. */
const LEAST_FREE_BYTES = 4 * 2 ** 30;

/**
 * Makes a directory in memory for everything that this process and those it starts throw away, and lets them take it for the system's
 * temporary one: databases that are made by the hundred wait for a disk most of the time. In there what Node compiled is kept too, so that
 * the same program, started again, need not be compiled again. Where there is no such memory nothing changes.
 *
 * @returns what removes it
 */
export function workInMemory() {
	if (!isRoomy()) return () => undefined;
	removeLeftBehind();
	const directory = mkdtempSync(join(IN_MEMORY, `passlens-run-${process.pid}-`));
	process.env.TMPDIR = directory;
	process.env.NODE_COMPILE_CACHE ??= join(directory, 'compiled');
	return () => rmSync(directory, { recursive: true, force: true });
}

function isRoomy() {
	try {
		const { bavail, bsize } = statfsSync(IN_MEMORY);
		return bavail * bsize >= LEAST_FREE_BYTES;
	} catch {
		return false;
	}
}

/** Of runs that were ended before they could remove it. */
function removeLeftBehind() {
	for (const name of readdirSync(IN_MEMORY)) {
		const [, owner] = /^passlens-run-(\d+)-/.exec(name) ?? [];
		if (owner && !isAlive(Number(owner)))
			rmSync(join(IN_MEMORY, name), { recursive: true, force: true });
	}
}

/** @param {number} pid */
function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// There is one of somebody else's.
		return Object(error).code === 'EPERM';
	}
}
