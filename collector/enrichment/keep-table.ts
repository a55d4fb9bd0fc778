import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorFields, type Log } from '../log.ts';
import { isAddress, readSource, showSource, type SourceOptions } from './read-source.ts';
import { TableError, type Parsed, type TableKind, type TableState } from './table.ts';

/** How often a file is looked at for a change, and an address is asked. Milliseconds. */
export interface Schedule {
	fileMs: number;
	addressMs: number;
	/** Pause after an address could not be had. */
	retryMs: number;
}

export const USUAL_SCHEDULE: Schedule = {
	fileMs: 5_000,
	addressMs: 24 * 3_600_000,
	retryMs: 15 * 60_000
};

export interface KeptTable<Value> {
	/** The last good table; undefined when there was none yet. */
	value(): Value | undefined;
	state(): TableState;
	/** Looks now, whatever the schedule says. */
	refresh(): Promise<void>;
	close(): void;
}

/**
 * Loads a table and keeps it fresh: a file is read again when it changes, an address is asked on a schedule. What cannot be
 * had or read changes nothing but the state: the last good table stays in use, and its bytes lie in `directory` for the
 * next start. Resolves when the table was looked for once; it never rejects for what the source does.
 */
export async function keepTable<Value>({
	kind,
	directory,
	log,
	schedule = USUAL_SCHEDULE,
	onLoaded,
	...where
}: {
	kind: TableKind<Value>;
	directory: string;
	log: Log;
	schedule?: Schedule;
	/** After each look, successful or not. */
	onLoaded: () => void;
} & Omit<SourceOptions, 'maxBytes'>): Promise<KeptTable<Value>> {
	const { source } = where;
	// Of another source's table nobody said that it may be used.
	const copy = join(directory, `${kind.name}-${digest(source)}.table`);
	let parsed: Parsed<Value> | undefined;
	let loadedAt: number | undefined;
	let triedAt: number | undefined;
	let lastError: string | undefined;
	let seen = '';
	let running: Promise<void> | undefined;
	let closed = false;
	let timer: NodeJS.Timeout | undefined;

	function refresh(): Promise<void> {
		running ??= load().finally(() => {
			running = undefined;
			onLoaded();
		});
		return running;
	}

	async function load(): Promise<void> {
		triedAt = Date.now();
		try {
			const bytes = await readSource({ ...where, maxBytes: kind.maxBytes });
			parsed = await kind.parse(bytes);
			loadedAt = triedAt;
			lastError = undefined;
			await keepCopy(bytes);
			const { version, entries } = parsed;
			log('info', 'A table was loaded.', { table: kind.name, version, entries });
		} catch (error) {
			lastError = error instanceof Error ? error.message : String(error);
			if (!parsed) await takeCopy();
			log('warn', 'A table could not be refreshed; the last good one stays in use.', {
				table: kind.name,
				inUse: parsed?.version ?? 'none',
				...errorFields(error)
			});
		}
	}

	/** A copy that cannot be written costs the next start its fallback, not this run its table. */
	async function keepCopy(bytes: Buffer): Promise<void> {
		try {
			await mkdir(directory, { recursive: true });
			await writeFile(`${copy}.new`, bytes);
			await rename(`${copy}.new`, copy);
		} catch (error) {
			log('warn', 'A table could not be kept for the next start.', {
				table: kind.name,
				...errorFields(error)
			});
		}
	}

	async function takeCopy(): Promise<void> {
		try {
			parsed = await kind.parse(await readFile(copy));
			loadedAt = (await stat(copy)).mtimeMs;
		} catch (error) {
			// None was kept, or what was trusted then no longer is.
			if (error instanceof TableError)
				log('warn', 'The table kept from an earlier run is not used.', errorFields(error));
		}
	}

	async function look(): Promise<void> {
		if (isAddress(source)) return refresh();
		const now = await stat(source).then(
			({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
			() => 'none'
		);
		if (now === seen) return;
		seen = now;
		await refresh();
	}

	function scheduleNext(): void {
		if (closed) return;
		const { fileMs, addressMs, retryMs } = schedule;
		const pause = isAddress(source) ? (lastError === undefined ? addressMs : retryMs) : fileMs;
		timer = setTimeout(() => void look().finally(scheduleNext), pause).unref();
	}

	await look();
	scheduleNext();
	return {
		value: () => parsed?.value,
		state: () => ({
			name: kind.name,
			source: showSource(source),
			version: parsed?.version ?? '',
			entries: parsed?.entries ?? 0,
			loadedAt,
			triedAt,
			lastError,
			nextUpdate: parsed?.nextUpdate
		}),
		refresh,
		close() {
			closed = true;
			clearTimeout(timer);
		}
	};
}

function digest(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
