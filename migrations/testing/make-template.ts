import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEMPLATE } from './make-data-dir.ts';

const SCRIPT = `
	const { migrateDatabase } = await import(process.argv[1]);
	await migrateDatabase({ dataDir: process.argv[2] });
`;

/**
 * Makes an empty database with the whole schema, once a run, for all the tests that want nothing else (make-data-dir.ts). In a process of
 * its own, since one process opens one embedded database.
 *
 * @returns what removes it; nothing when it is there already
 */
export default function makeTemplate(): (() => void) | undefined {
	if (process.env[TEMPLATE]) return undefined;
	const dataDir = mkdtempSync(join(tmpdir(), 'passlens-template-'));
	const migrate = new URL('../migrate-database.ts', import.meta.url).href;
	execFileSync(process.execPath, ['--input-type=module', '--eval', SCRIPT, migrate, dataDir]);
	process.env[TEMPLATE] = dataDir;
	return () => {
		process.env[TEMPLATE] = '';
		rmSync(dataDir, { recursive: true, force: true });
	};
}
