import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
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
	/** From now on by this source and schedule; resolves when a new source was looked at once. What was in use stays so until then. */
	use(where: Where): Promise<void>;
	/** Looks now, whatever the schedule says. */
	refresh(): Promise<void>;
	close(): void;
}

interface Where {
	/** Undefined: there is no table. */
	source: string | undefined;
	schedule?: Schedule | undefined;
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
	onLoaded,
	...given
}: {
	kind: TableKind<Value>;
	directory: string;
	log: Log;
	/** After each look, successful or not. */
	onLoaded: () => void | Promise<void>;
} & Where &
	Omit<SourceOptions, 'maxBytes' | 'source'>): Promise<KeptTable<Value>> {
	const { allowPrivate, ca } = given;
	let source: string | undefined;
	let schedule = USUAL_SCHEDULE;
	let parsed: Parsed<Value> | undefined;
	let loadedAt: number | undefined;
	let triedAt: number | undefined;
	let lastError: string | undefined;
	let seen = '';
	let running: { from: string | undefined; done: Promise<void> } | undefined;
	let closed = false;
	let timer: NodeJS.Timeout | undefined;

	async function use({ source: next, schedule: often = USUAL_SCHEDULE }: Where): Promise<void> {
		const moved = next !== source;
		source = next;
		schedule = often;
		clearTimeout(timer);
		if (moved) {
			seen = '';
			lastError = triedAt = undefined;
			if (source === undefined) parsed = loadedAt = undefined;
			await (source === undefined ? onLoaded() : look());
		}
		// Somebody may have named another meanwhile, whose own look goes on.
		if (source === next) scheduleNext();
	}

	/** One look at a time; one at a source that was left meanwhile is not waited for. */
	async function refresh(): Promise<void> {
		if (source === undefined) return;
		if (running?.from !== source) {
			const mine = { from: source, done: load(source) };
			running = mine;
			void mine.done.finally(() => running === mine && (running = undefined));
		}
		await running!.done;
		await onLoaded();
	}

	async function load(from: string): Promise<void> {
		const at = Date.now();
		triedAt = at;
		try {
			const bytes = await readSource({ source: from, allowPrivate, ca, maxBytes: kind.maxBytes });
			const read = await kind.parse(bytes);
			if (from !== source) return;
			parsed = read;
			loadedAt = at;
			lastError = undefined;
			await keepCopy(from, bytes);
			const { version, entries } = read;
			log('info', 'A table was loaded.', { table: kind.name, version, entries });
		} catch (error) {
			if (from !== source) return;
			lastError = error instanceof Error ? error.message : String(error);
			if (!parsed) await takeCopy(from);
			log('warn', 'A table could not be refreshed; the last good one stays in use.', {
				table: kind.name,
				inUse: parsed?.version ?? 'none',
				...errorFields(error)
			});
		}
	}

	/** Of another source's table nobody said that it may be used at the next start. */
	const copyOf = (from: string) => join(directory, `${kind.name}-${digest(from)}.table`);

	/** A copy that cannot be written costs the next start its fallback, not this run its table. */
	async function keepCopy(from: string, bytes: Buffer): Promise<void> {
		const copy = copyOf(from);
		try {
			await mkdir(directory, { recursive: true });
			await writeFile(`${copy}.new`, bytes);
			await rename(`${copy}.new`, copy);
			const others = (await readdir(directory)).filter(
				(name) => name.startsWith(`${kind.name}-`) && name !== basename(copy)
			);
			await Promise.all(others.map((name) => rm(join(directory, name), { force: true })));
		} catch (error) {
			log('warn', 'A table could not be kept for the next start.', {
				table: kind.name,
				...errorFields(error)
			});
		}
	}

	async function takeCopy(from: string): Promise<void> {
		const copy = copyOf(from);
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
		const from = source;
		if (from === undefined) return;
		if (isAddress(from)) return refresh();
		const now = await stat(from).then(
			({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
			() => 'none'
		);
		if (now === seen || from !== source) return;
		seen = now;
		await refresh();
	}

	function scheduleNext(): void {
		clearTimeout(timer);
		if (closed || source === undefined) return;
		const { fileMs, addressMs, retryMs } = schedule;
		const pause = isAddress(source) ? (lastError === undefined ? addressMs : retryMs) : fileMs;
		timer = setTimeout(() => void look().finally(scheduleNext), pause).unref();
	}

	await use(given);
	return {
		value: () => parsed?.value,
		state: () => ({
			name: kind.name,
			source: source === undefined ? '' : showSource(source),
			version: parsed?.version ?? '',
			entries: parsed?.entries ?? 0,
			loadedAt,
			triedAt,
			lastError,
			nextUpdate: parsed?.nextUpdate
		}),
		use,
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
