import { mkdir, truncate, unlink } from 'node:fs/promises';
import { findLeftSegments, openSegment, type OpenSegment, type Segment } from './segment.ts';

export class SpoolError extends Error {
	readonly code: 'spool_full' | 'spool_closed' | 'spool_write_failed';
	constructor(code: SpoolError['code'], message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

export interface SpoolOptions {
	directory: string;
	/** First line of every segment. */
	header: string;
	/** Takes each closed segment; somebody must call `remove` or `release` when it is dealt with. */
	onClosed: (segment: Segment) => void;
	/** Bytes waiting on disk, all segments together, beyond which nothing more is taken. */
	maxBytes?: number;
	/** A segment is closed when it is this old, unless `busy`… */
	segmentMs?: number;
	/** Whoever takes the segments is not done with the last: fewer and larger ones serve it better. */
	busy?: () => boolean;
	/** …or this large. */
	segmentBytes?: number;
}

export interface Spool {
	/** Resolves when the lines are on disk. @throws SpoolError when they are not */
	append(lines: string, rows: number): Promise<void>;
	/** Segments an earlier run left behind, oldest first: whole, closed, and counted in the size. */
	left: Segment[];
	/** Whether an append would be taken now. After a failed write it tries again, so that a mended disk is noticed. */
	writable(): Promise<boolean>;
	/** Bytes waiting for the database. */
	size(): number;
	/** Deletes a segment that is in the database. */
	remove(segment: Segment): Promise<void>;
	/** Gives up the bytes of a segment that somebody else moved away. */
	release(segment: Segment): void;
	/** Closes the segment being written. Appending afterwards is refused. */
	close(): Promise<void>;
}

interface Waiting {
	lines: string;
	rows: number;
	resolve: () => void;
	reject: (error: SpoolError) => void;
}

/**
 * What is acknowledged survives: an append resolves after its lines were written and synced. One sync serves every
 * request that came in while the one before it ran, so the wait is one to two syncs, whatever the load.
 */
export async function openSpool({
	directory,
	header,
	onClosed,
	maxBytes = 1024 ** 3,
	segmentMs = 500,
	busy = () => false,
	segmentBytes = 8 * 1024 ** 2
}: SpoolOptions): Promise<Spool> {
	await mkdir(directory, { recursive: true });
	let waiting: Waiting[] = [];
	let committing: Promise<void> | undefined;
	let current: OpenSegment | undefined;
	let timer: NodeJS.Timeout | undefined;
	let total = 0;
	let queued = 0;
	let failed = false;
	let closed = false;

	const left: Segment[] = [];
	for (const segment of await findLeftSegments({ directory })) {
		total += segment.bytes;
		if (segment.rows > 0) left.push(segment);
		else await remove(segment);
	}

	async function commitAll(): Promise<void> {
		while (waiting.length > 0) {
			const group = waiting;
			waiting = [];
			const text = group.map(({ lines }) => lines).join('');
			try {
				await write(text, group);
				failed = false;
				for (const { resolve } of group) resolve();
			} catch (cause) {
				failed = true;
				const error = new SpoolError('spool_write_failed', 'The spool could not be written.', {
					cause
				});
				for (const { reject } of group) reject(error);
				await closeCurrent();
			}
			for (const { lines } of group) queued -= lines.length;
		}
	}

	async function write(text: string, group: Waiting[]): Promise<void> {
		current ??= await start();
		const { file } = current;
		const data = Buffer.from(text);
		for (let at = 0; at < data.length;) at += (await file.write(data, at)).bytesWritten;
		await file.datasync();
		current.bytes += data.length;
		total += data.length;
		for (const { rows } of group) current.rows += rows;
		if (current.bytes >= segmentBytes) await closeCurrent();
	}

	async function start(): Promise<OpenSegment> {
		const segment = await openSegment({ directory, header });
		total += segment.bytes;
		timer = setTimeout(grownOld, segmentMs);
		return segment;
	}

	function grownOld(): void {
		if (busy()) timer = setTimeout(grownOld, segmentMs);
		else void commit(closeCurrent);
	}

	async function closeCurrent(): Promise<void> {
		clearTimeout(timer);
		const segment = current;
		current = undefined;
		if (!segment) return;
		await segment.file.close().catch(() => undefined);
		// A write that failed may have left half a line: nothing beyond the known bytes was acknowledged.
		if (failed) await truncate(segment.path, segment.bytes).catch(() => undefined);
		if (segment.rows > 0) onClosed(segment);
		// On a disk that takes nothing it cannot be deleted either; the next start does.
		else await remove(segment).catch(() => undefined);
	}

	/** Runs one thing at a time on the file. One that failed has told whoever asked for it; the next is none the worse. */
	function commit(then: () => Promise<void> = () => Promise.resolve()): Promise<void> {
		const before = committing?.catch(() => undefined) ?? Promise.resolve();
		const run = before.then(commitAll).then(then);
		const done = run.finally(() => {
			if (committing === done) committing = undefined;
		});
		committing = done;
		return done;
	}

	async function remove(segment: Segment): Promise<void> {
		await unlink(segment.path).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'ENOENT') throw error;
		});
		release(segment);
	}

	function release(segment: Segment): void {
		total -= segment.bytes;
	}

	async function tryWriting(): Promise<void> {
		current ??= await start();
		await closeCurrent();
		failed = false;
	}

	return {
		left,
		append(lines, rows) {
			if (closed) return Promise.reject(new SpoolError('spool_closed', 'The spool is closed.'));
			if (total + queued + lines.length > maxBytes)
				return Promise.reject(new SpoolError('spool_full', 'The spool is full.'));
			queued += lines.length;
			return new Promise<void>((resolve, reject) => {
				waiting.push({ lines, rows, resolve, reject });
				// One commit that has not started yet takes everybody who comes until it does.
				if (waiting.length === 1) void commit();
			});
		},
		async writable() {
			if (failed) await commit(tryWriting).catch(() => undefined);
			return !closed && !failed && total + queued < maxBytes;
		},
		size: () => total,
		remove,
		release,
		async close() {
			closed = true;
			await commit(closeCurrent);
		}
	};
}
