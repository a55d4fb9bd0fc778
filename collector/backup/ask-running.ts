import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { DatabaseOptions } from '../../migrations/connect.ts';
import { connectDatabase } from '../../migrations/connect.ts';
import type { Settings } from '../../settings/open-settings.ts';
import { errorFields, type Log } from '../log.ts';
import { backUp } from './back-up.ts';
import { BackupError } from './manifest.ts';

/**
 * The embedded database belongs to one process, so a backup while Passlens runs is made by that process. It is asked by a file
 * in the data directory, and answers in another: whoever may write there may read everything anyway.
 */
const filesIn = (dataDir: string) => ({
	request: join(dataDir, 'backup', 'request.json'),
	answer: join(dataDir, 'backup', 'answer.json')
});

const requestSchema = z.object({ target: z.string() });
const answerSchema = z.object({
	doing: z.string(),
	done: z.boolean(),
	refusal: z.object({ code: z.string(), message: z.string() }).optional()
});
type AnswerToBackup = z.infer<typeof answerSchema>;

const LOOK_EVERY_MS = 1_000;
const PATIENCE_MS = 20_000;

/** Has the process that holds the data directory make a backup, and waits for it. @throws BackupError */
export async function askRunning({
	dataDir,
	target,
	onProgress = () => undefined,
	patienceMs = PATIENCE_MS
}: {
	dataDir: string;
	target: string;
	onProgress?: ((doing: string) => void) | undefined;
	/** How long it may take to begin. */
	patienceMs?: number;
}): Promise<void> {
	const { request, answer } = filesIn(dataDir);
	await mkdir(dirname(request), { recursive: true });
	await rm(answer, { force: true });
	await writeWhole(request, { target: resolve(target) });
	for (const end = Date.now() + patienceMs; ; await sleep(LOOK_EVERY_MS / 4)) {
		const state = await readWhole(answer, answerSchema);
		if (!state) {
			if (Date.now() < end) continue;
			await rm(request, { force: true });
			throw new BackupError(
				'nobody_answers',
				`Another process holds ${dataDir} and does not answer: a command such as verify or reclassify, or an older Passlens. Wait for its end, or end it.`
			);
		}
		if (!state.done) onProgress(state.doing);
		else if (state.refusal)
			throw new BackupError(state.refusal.code as BackupError['code'], state.refusal.message);
		else return;
	}
}

/** Makes the backups that `askRunning` asks for. */
export function keepBackups({
	database,
	settings,
	log
}: {
	database: DatabaseOptions;
	settings: Settings;
	log: Log;
}): { close(): Promise<void> } {
	const { request, answer } = filesIn(database.dataDir);
	let making: Promise<void> | undefined;
	const timer = setInterval(() => {
		if (making || !existsSync(request)) return;
		making = make().finally(() => (making = undefined));
	}, LOOK_EVERY_MS).unref();

	async function make(): Promise<void> {
		const tell = (state: Partial<AnswerToBackup>) =>
			writeWhole(answer, { doing: '', done: false, ...state });
		try {
			const asked = await readWhole(request, requestSchema);
			await tell({ doing: 'beginning' });
			await rm(request, { force: true });
			if (!asked) return;
			let telling = Promise.resolve();
			const client = await connectDatabase(database);
			try {
				await backUp({
					...{ client, database, settings, target: asked.target },
					onProgress: (doing) => void (telling = telling.then(() => tell({ doing })))
				});
			} finally {
				await client.close();
				await telling;
			}
			log('info', 'A backup was made.', { target: asked.target });
			await tell({ done: true });
		} catch (error) {
			log('error', 'A backup could not be made.', errorFields(error));
			const { code, message } = error as BackupError;
			await tell({ done: true, refusal: { code: code ?? 'database_refused', message } });
		}
	}

	return {
		async close() {
			clearInterval(timer);
			await making;
		}
	};
}

/** A reader sees all of it or nothing. */
async function writeWhole(path: string, content: unknown): Promise<void> {
	await writeFile(`${path}.new`, JSON.stringify(content));
	await rename(`${path}.new`, path);
}

async function readWhole<Schema extends z.ZodType>(
	path: string,
	schema: Schema
): Promise<z.output<Schema> | undefined> {
	try {
		return schema.parse(JSON.parse(await readFile(path, 'utf8')));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
}
