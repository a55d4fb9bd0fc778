import { constants } from 'node:fs';
import { access, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const IN_MEMORY = '/dev/shm';

/** A directory for settings that a test throws away: in memory where there is such a place, since each step of their schema waits for the disk. */
export async function makeDataDir(): Promise<string> {
	const writable = await access(IN_MEMORY, constants.W_OK).then(
		() => true,
		() => false
	);
	return mkdtemp(join(writable ? IN_MEMORY : tmpdir(), 'passlens-settings-'));
}
