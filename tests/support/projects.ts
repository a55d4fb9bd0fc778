import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PINNED_NODE } from '../../tools/install.mjs';
import type { Passlens } from './passlens.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Chooses by which tags a project's figures are told apart, as `npm run project -- tags` does. */
export function chooseTags(
	{ dataDir }: Pick<Passlens, 'dataDir'>,
	id: string,
	tags: readonly string[]
): void {
	const { status, stderr } = spawnSync(
		PINNED_NODE,
		['tools/project.ts', 'tags', id, ...tags, '--data-dir', dataDir],
		{ cwd: ROOT, encoding: 'utf8' }
	);
	if (status !== 0) throw new Error(`npm run project -- tags ${id} failed:\n${stderr}`);
}

/** Adds a project beside the running server, as `npm run project -- add` does. */
export function addProject(
	{ dataDir }: Pick<Passlens, 'dataDir'>,
	id: string,
	{ origins = [], name = `Project ${id}` }: { origins?: string[]; name?: string } = {}
): { ingestKey: string; serverKey: string } {
	const { status, stdout, stderr } = spawnSync(
		PINNED_NODE,
		[
			...['tools/project.ts', 'add', id, '--name', name, '--data-dir', dataDir],
			...origins.flatMap((origin) => ['--origin', origin])
		],
		{ cwd: ROOT, encoding: 'utf8' }
	);
	const [, ingestKey] = /ingest key\s+(pk_\S+)/.exec(stdout) ?? [];
	const [, serverKey] = /server key\s+(sk_\S+)/.exec(stdout) ?? [];
	if (status !== 0 || !ingestKey || !serverKey)
		throw new Error(`npm run project -- add ${id} failed:\n${stdout}${stderr}`);
	return { ingestKey, serverKey };
}
