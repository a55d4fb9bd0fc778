import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PINNED_NODE } from './install.mjs';

const ROOT = join(import.meta.dirname, '..');

/**
 * Runs a program of the project on the pinned Node and ends with its exit code.
 * Ctrl-C reaches the program by itself (same process group); it shuts down in its own time and this one waits.
 * @param {string[]} args
 */
export function runPinned(args) {
	const child = spawn(PINNED_NODE, args, { cwd: ROOT, stdio: 'inherit' });
	process.on('SIGINT', () => {});
	process.on('SIGTERM', () => child.kill('SIGTERM'));
	child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
