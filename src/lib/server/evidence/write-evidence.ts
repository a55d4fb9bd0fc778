import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Evidence } from './make-evidence.ts';

/** Writes evidence into a new folder: whole, or not at all. @throws Error of the file system */
export async function writeEvidence(folder: string, { files }: Evidence): Promise<void> {
	const unfinished = `${folder}.unfinished`;
	await rm(unfinished, { recursive: true, force: true });
	for (const [path, content] of files) {
		await mkdir(dirname(join(unfinished, path)), { recursive: true });
		await writeFile(join(unfinished, path), content);
	}
	await rename(unfinished, folder);
}
