import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the directory that make-template.ts made, in the environment of whoever runs tests. */
export const TEMPLATE = 'PASSLENS_TEST_TEMPLATE';

/**
 * A data directory that a test throws away, with an empty database of this version's schema in it where a template was made: its migrations take
 * a second and a half of a processor, a copy of what they left a fiftieth. Whoever opens it migrates it all the same, as if it were new.
 */
export async function makeDataDir(prefix = 'passlens-'): Promise<string> {
	const dataDir = await mkdtemp(join(tmpdir(), prefix));
	const template = process.env[TEMPLATE];
	if (template)
		// Links stay as they are, relative: resolved ones would lead every copy into the template.
		await cp(join(template, 'clickhouse'), join(dataDir, 'clickhouse'), {
			recursive: true,
			verbatimSymlinks: true
		});
	return dataDir;
}
