import { mkdir, rename, truncate, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { telemetry } from '../telemetry.ts';
import {
	findLeftSegments,
	openSegment,
	recover,
	type Measure,
	type OpenSegment,
	type Segment
} from './segment.ts';
import { dropJoined, SmallBlocks } from './small-blocks.ts';

export class SpoolError extends Error {
	readonly code: 'spool_full' | 'spool_closed' | 'spool_write_failed';
	constructor(code: SpoolError['code'], message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

export interface SpoolOptions<Row> {
	directory: string;
	/** Rows as they are written: blocks that may follow one another in a file. */
	encode: (rows: readonly Row[]) => Buffer;
	/** Finds the last whole block of a file. */
	measure: Measure;
	/** Takes each closed segment; somebody must call `remove` or `release` when it is dealt with. */
	onClosed: (segment: Segment) => void;
	/** Bytes waiting on disk, all segments together, beyond which nothing more is taken. */
	maxBytes?: number;
	/** How long an append may wait for others to share its sync, in milliseconds. */
	commitWithinMs?: number;
	/** A segment is closed when it is this old, unless `busy`, or `resting` while rows keep coming… */
	segmentMs?: number;
	/** Whoever takes the segments is not done with the last: fewer and larger ones serve it better. */
	busy?: () => boolean;
	/** It could take one, and larger ones serve it better still: what comes meanwhile goes into this one. */
	resting?: () => boolean;
	/** …or this large. */
	segmentBytes?: number;
}

export interface Spool<Row> {
	/** Resolves when the rows are on disk. @throws SpoolError when they are not */
	append(rows: readonly Row[]): Promise<void>;
	/** Segments an earlier run left behind, oldest first: whole, closed, and counted in the size. */
	left: Segment[];
	/** Whether an append would be taken now. After a failed write it tries again, so that a mended disk is noticed. */
	writable(): Promise<boolean>;
	/** Bytes waiting for the database. */
	size(): number;
	/** Beyond these nothing more is taken. */
	maxBytes: number;
	/** Deletes a segment that is in the database. */
	remove(segment: Segment): Promise<void>;
	/** Gives up the bytes of a segment that somebody else moved away. */
	release(segment: Segment): void;
	/** Takes in a segment's file from elsewhere on the same disk, as if it had just been closed. */
	adopt(path: string): Promise<void>;
	/** Closes the segment being written. Appending afterwards is refused. */
	close(): Promise<void>;
}

interface Waiting<Row> {
	rows: readonly Row[];
	resolve: () => void;
	reject: (error: SpoolError) => void;
}

/** What a row that waits to be written will take on disk, about. */
const ROW_BYTES = 300;
/** More than a file system keeps beside a file's name. */
const PROBE_BYTES = 4096;
/** So many rows are worth a sync of their own. */
const COMMIT_ROWS = 2_000;
/** An old segment that may not be closed yet is looked at so often in the time that made it old. */
const LOOKS = 5;
/** So many requests are, unless the last sync served more. */
const COMMIT_REQUESTS = 16;

/**
 * What is acknowledged survives: an append resolves after its rows were written and synced. One sync serves every request
 * that waits for it. While requests come one by one each is written at once; as soon as several shared a sync, the next ones
 * gather until they are as many again (senders that wait for their answer are all back then), or until `commitWithinMs` after
 * that commit began. An append waits that long at most, and then for its sync.
 */
export async function openSpool<Row>({
	directory,
	encode,
	measure,
	onClosed,
	maxBytes = 1024 ** 3,
	commitWithinMs = 20,
	segmentMs = 500,
	busy = () => false,
	resting = () => false,
	segmentBytes = 8 * 1024 ** 2
}: SpoolOptions<Row>): Promise<Spool<Row>> {
	await mkdir(directory, { recursive: true });
	let waiting: Waiting<Row>[] = [];
	let waitingRows = 0;
	let enough = false;
	let gathering: NodeJS.Timeout | undefined;
	let committedAt = -Infinity;
	/** How many requests the last sync served. */
	let served = 0;
	let committing: Promise<void> | undefined;
	let current: OpenSegment | undefined;
	let small = new SmallBlocks<Row>();
	const closing = new Set<Promise<void>>();
	let timer: NodeJS.Timeout | undefined;
	let total = 0;
	let queuedRows = 0;
	let failed = false;
	let closed = false;

	const left: Segment[] = [];
	for (const segment of await findLeftSegments({ directory, measure })) {
		total += segment.bytes;
		if (segment.bytes > 0) left.push(segment);
		else await remove(segment);
	}

	async function commitAll(): Promise<void> {
		if (waiting.length === 0) return;
		const group = waiting;
		waiting = [];
		waitingRows = 0;
		enough = false;
		clearTimeout(gathering);
		gathering = undefined;
		committedAt = performance.now();
		served = group.length;
		const rows = group.flatMap((item) => item.rows);
		try {
			await write(rows);
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
		queuedRows -= rows.length;
	}

	async function write(rows: readonly Row[]): Promise<void> {
		current ??= await start();
		const { file } = current;
		const data = encode(rows);
		for (let at = 0; at < data.length;) at += (await file.write(data, at)).bytesWritten;
		await file.datasync();
		current.bytes += data.length;
		total += data.length;
		current.rows += rows.length;
		small.add(rows);
		telemetry.spooled.add(data.length);
		if (current.bytes >= segmentBytes) await closeCurrent();
	}

	function gather(): void {
		// One commit that has not started yet takes everybody who comes until it does.
		const many = waitingRows >= COMMIT_ROWS || waiting.length >= Math.max(COMMIT_REQUESTS, served);
		if (many && !enough) void commit();
		enough = many;
		if (enough || gathering) return;
		const pause = served > 1 ? committedAt + commitWithinMs - performance.now() : 0;
		gathering = setTimeout(() => void commit(), Math.max(0, pause));
	}

	async function start(): Promise<OpenSegment> {
		const segment = await openSegment({ directory });
		small = new SmallBlocks();
		timer = setTimeout(grownOld, segmentMs);
		return segment;
	}

	function grownOld(): void {
		const lookMs = segmentMs / LOOKS;
		if (busy() || (coming(lookMs) && resting())) timer = setTimeout(grownOld, lookMs);
		else void commit(closeCurrent);
	}

	/** Senders that wait for a slow disk send nothing meanwhile, and will. */
	function coming(withinMs: number): boolean {
		return (
			waiting.length > 0 || committing !== undefined || performance.now() - committedAt < withinMs
		);
	}

	async function closeCurrent(): Promise<void> {
		clearTimeout(timer);
		const segment = current;
		current = undefined;
		if (!segment) return;
		await segment.file.close().catch(() => undefined);
		// A write that failed may have left half a block: nothing beyond the known bytes was acknowledged.
		if (failed) await truncate(segment.path, segment.bytes).catch(() => undefined);
		if (segment.rows > 0) handOver(segment);
		// On a disk that takes nothing it cannot be deleted either; the next start does.
		else await remove(segment).catch(() => undefined);
	}

	/** Rows that come meanwhile go into the next segment. */
	function handOver(segment: Segment): void {
		const handing = small
			.join(segment, encode)
			.then((joined) => onClosed({ ...segment, joined }))
			.finally(() => closing.delete(handing));
		closing.add(handing);
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
		void dropJoined(segment);
	}

	async function tryWriting(): Promise<void> {
		current ??= await start();
		// A full disk makes a file and takes no byte. An empty segment is deleted again.
		await current.file.write(Buffer.alloc(PROBE_BYTES));
		await current.file.datasync();
		await closeCurrent();
		failed = false;
	}

	return {
		left,
		append(rows) {
			if (closed) return Promise.reject(new SpoolError('spool_closed', 'The spool is closed.'));
			if (total + (queuedRows + rows.length) * ROW_BYTES > maxBytes)
				return Promise.reject(new SpoolError('spool_full', 'The spool is full.'));
			queuedRows += rows.length;
			waitingRows += rows.length;
			return new Promise<void>((resolve, reject) => {
				waiting.push({ rows, resolve, reject });
				gather();
			});
		},
		async writable() {
			if (failed) await commit(tryWriting).catch(() => undefined);
			return !closed && !failed && total + (queuedRows + 1) * ROW_BYTES <= maxBytes;
		},
		size: () => total,
		maxBytes,
		remove,
		release,
		async adopt(path) {
			const own = join(directory, basename(path));
			await rename(path, own);
			const segment = await recover(own, measure);
			total += segment.bytes;
			onClosed(segment);
		},
		async close() {
			closed = true;
			await commit(closeCurrent);
			await Promise.all(closing);
		}
	};
}
