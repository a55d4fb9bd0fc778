import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './say.mjs';

/** Runs on whatever Node the machine has, before anything is installed: plain JavaScript, no packages. */
const ROOT = join(import.meta.dirname, '..');
const STAMP = join(ROOT, 'node_modules', '.passlens-installed');

/** The Node this project is pinned to, installed as the npm package `node`. */
export const PINNED_NODE = join(ROOT, 'node_modules', '.bin', 'node');

/** Installs exactly what package-lock.json names, unless that was done already. Ends the process with npm's code when it fails. */
export function ensureInstalled() {
	const wanted = fingerprint();
	if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted && existsSync(PINNED_NODE))
		return;

	say('Installing packages, exactly as package-lock.json names them (once, about 1.2 GB) …');
	const started = Date.now();
	// engine-strict stays off: npm runs on the machine's Node, and the pinned one arrives with this very install.
	const { status } = spawnSync('npm', ['ci', '--loglevel=error', '--foreground-scripts=false'], {
		cwd: ROOT,
		stdio: 'inherit',
		shell: process.platform === 'win32'
	});
	if (status !== 0) {
		say('npm could not install the packages: its message above says why. Nothing was started.');
		process.exit(status ?? 1);
	}
	writeFileSync(STAMP, wanted);
	say(`Packages installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

function fingerprint() {
	const hash = createHash('sha256');
	for (const file of [
		'package-lock.json',
		'package.json',
		'sdk/package.json',
		'examples/nextjs/package.json'
	])
		hash.update(readFileSync(join(ROOT, file)));
	return hash.update(`${process.platform} ${process.arch}`).digest('hex');
}

if (process.argv[1] === import.meta.filename) ensureInstalled();
