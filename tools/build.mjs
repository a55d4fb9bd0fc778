import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './say.mjs';

const ROOT = join(import.meta.dirname, '..');
const STAMP = join(ROOT, 'build', '.passlens-built');

/** Everything the built dashboard and the built SDK are made from. */
const SOURCES = [
	'src/**/*',
	'static/**/*',
	'sdk/{event,server,common,src,flows,trace,debug,simplewebauthn,doctor,outbound}/**/*',
	'sdk/*.{json,ts,js,mjs}',
	'migrations/*.ts',
	'settings/**/*.ts',
	'telemetry/*.ts',
	'docs/*.{md,json}',
	'{svelte.config.js,vite.config.ts,tools/static-icons.ts,package-lock.json,tsconfig.json}'
];

/** Builds SDK and dashboard when their sources changed since the last build; says so and shows the builder's words only if it fails. */
export function ensureBuilt() {
	const wanted = fingerprint();
	if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
	say('Building the SDK and the dashboard …');
	const started = Date.now();
	const { status, stdout, stderr } = spawnSync('npm', ['run', 'build'], {
		cwd: ROOT,
		// Asked from within a test it would otherwise build pages for development, and the stamp would not tell.
		env: { ...process.env, NODE_ENV: 'production' },
		encoding: 'utf8',
		maxBuffer: 64 * 1024 * 1024,
		shell: process.platform === 'win32'
	});
	if (status !== 0) {
		process.stderr.write(`${stdout}\n${stderr}\n`);
		say('The build failed: the lines above say where. Nothing was started.');
		process.exit(status ?? 1);
	}
	writeFileSync(STAMP, wanted);
	say(`Built in ${Math.round((Date.now() - started) / 1000)} s.`);
}

function fingerprint() {
	const hash = createHash('sha256');
	for (const file of globSync(SOURCES, { cwd: ROOT }).sort()) {
		const path = join(ROOT, file);
		if (statSync(path).isFile() && !/\.test\.ts$/.test(file))
			hash.update(file).update(readFileSync(path));
	}
	return hash.digest('hex');
}

if (process.argv[1] === import.meta.filename) ensureBuilt();
