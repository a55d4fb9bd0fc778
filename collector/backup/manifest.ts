import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** A backup or its target is not as it must be; the message says what to do. */
export class BackupError extends Error {
	readonly code:
		| 'target_not_empty'
		| 'no_backup'
		| 'damaged'
		| 'newer_version'
		| 'not_empty'
		| 'database_refused'
		| 'nobody_answers';
	constructor(code: BackupError['code'], message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

const FORMAT = 1;
const FILE = 'manifest.json';

const manifestSchema = z.object({
	format: z.literal(FORMAT),
	/** Unix epoch in milliseconds: nothing acknowledged before the start is missing, nothing after the end is in it. */
	started_unix_ms: z.number().int(),
	finished_unix_ms: z.number().int(),
	database: z.object({
		name: z.string(),
		/** Where each server put its rows, as ClickHouse's RESTORE takes it. One, except for a cluster without Keeper. */
		parts: z.array(z.string()).min(1),
		/** Name of the newest migration. */
		schema: z.string()
	}),
	/** Of every other file: path in the backup, size, SHA-256 as hex digits. */
	files: z.array(z.object({ path: z.string(), bytes: z.number().int(), sha256: z.string() }))
});

/** What a backup holds. It is written last: a directory without it is a backup that did not come to its end. */
export type Manifest = z.infer<typeof manifestSchema>;

/** @throws BackupError when there is no finished backup */
export async function readManifest(directory: string): Promise<Manifest> {
	const text = await readFile(join(directory, FILE), 'utf8').catch((cause: unknown) => {
		throw new BackupError(
			'no_backup',
			`${directory} holds no finished backup: it has no ${FILE}, which is written last.`,
			{ cause }
		);
	});
	const manifest = manifestSchema.safeParse(parse(text));
	if (manifest.success) return manifest.data;
	throw new BackupError(
		'no_backup',
		`${join(directory, FILE)} cannot be read: it is damaged, or of another version of Passlens.`,
		{ cause: manifest.error }
	);
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Adds up what lies in the directory and writes it down. */
export async function writeManifest(
	directory: string,
	about: Omit<Manifest, 'format' | 'files'>,
	tell: (doing: string) => void
): Promise<Manifest> {
	const files: Manifest['files'] = [];
	for (const path of await listFiles(directory)) {
		files.push(await describe(directory, path));
		tell(`adding up checksums: ${files.length} files`);
	}
	const manifest: Manifest = { format: FORMAT, ...about, files };
	await writeFile(join(directory, FILE), `${JSON.stringify(manifest, undefined, '\t')}\n`, {
		flag: 'wx',
		flush: true
	});
	return manifest;
}

/** @throws BackupError when a file is missing, changed or not in the manifest */
export async function checkFiles(
	directory: string,
	{ files }: Manifest,
	tell: (doing: string) => void
): Promise<void> {
	const there = new Set(await listFiles(directory));
	for (const [index, file] of files.entries()) {
		tell(`checking files: ${index + 1} of ${files.length}`);
		if (!there.delete(file.path)) throw damaged(`${file.path} is missing`);
		const { bytes, sha256 } = await describe(directory, file.path);
		if (bytes !== file.bytes || sha256 !== file.sha256) throw damaged(`${file.path} was changed`);
	}
	if (there.size > 0) throw damaged(`${[...there][0]} does not belong to it`);
}

function damaged(what: string): BackupError {
	return new BackupError('damaged', `The backup is damaged: ${what}. Nothing was restored.`);
}

async function listFiles(directory: string): Promise<string[]> {
	const entries = await readdir(directory, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => relative(directory, join(entry.parentPath, entry.name)))
		.filter((path) => path !== FILE)
		.sort();
}

async function describe(directory: string, path: string): Promise<Manifest['files'][number]> {
	const hash = createHash('sha256');
	const file = join(directory, path);
	await pipeline(createReadStream(file), hash);
	const { size } = await stat(file);
	return { path, bytes: size, sha256: hash.digest('hex') };
}
