import type { ClickHouseClient } from '@clickhouse/client';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorFields, type Log } from '../log.ts';
import type { Segment } from '../spool/segment.ts';
import type { Spool } from '../spool/spool.ts';
import { telemetry } from '../telemetry.ts';
import { SegmentError, storeSegment } from './store-segment.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/** ClickHouse's codes for "this text is not those values": trying again cannot help. */
const CONTENT_CODES = new Set(
	[
		6, 16, 26, 27, 33, 38, 41, 47, 53, 69, 70, 72, 117, 130, 131, 246, 321, 349, 376, 441, 467, 645
	].map(String)
);

export interface Delivery {
	/** Queues a closed segment. */
	add(segment: Segment): void;
	/** When the database last took something, Unix epoch in milliseconds; 0: never. */
	lastStoredAt(): number;
	pending(): number;
	/** Tries each queued segment once more, until `deadline` at the latest, and stops. What is not stored stays in the spool. */
	drain(deadline: number): Promise<void>;
}

/**
 * Carries closed segments into the database, one at a time. A database that does not answer is waited for, ever longer;
 * a segment it refuses for its content is set aside in `dead/` beside the reason, so it never holds up the next.
 */
export function deliverSegments({
	client,
	embedded,
	directory,
	spool,
	log,
	onStored
}: {
	client: ClickHouseClient;
	embedded: boolean;
	/** The spool's own. */
	directory: string;
	spool: Pick<Spool, 'remove' | 'release'>;
	log: Log;
	onStored: (segment: Segment) => void | Promise<void>;
}): Delivery {
	const queue: Segment[] = [];
	let running: Promise<void> | undefined;
	let deadline = Infinity;
	let storedAt = 0;
	const wake = new AbortController();

	async function run(): Promise<void> {
		let pause = FIRST_PAUSE_MS;
		let failures = 0;
		while (queue.length > 0 && Date.now() < deadline) {
			const segment = queue[0]!;
			if (await deliver(segment)) {
				queue.shift();
				pause = FIRST_PAUSE_MS;
				continue;
			}
			// Another may fare better.
			queue.push(queue.shift()!);
			// At the end each is tried once more; what is left is replayed at the next start.
			if (deadline < Infinity && ++failures >= queue.length) return;
			await sleep(Math.min(pause, Math.max(0, deadline - Date.now())), undefined, {
				signal: wake.signal
			}).catch(() => undefined);
			pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
		}
	}

	/** @returns false when it should be tried again */
	async function deliver(segment: Segment): Promise<boolean> {
		const span = telemetry.tracer.startSpan('passlens.store_segment', {
			attributes: { 'passlens.rows': segment.rows, 'passlens.bytes': segment.bytes }
		});
		try {
			await storeSegment({ client, segment, embedded });
			await onStored(segment);
			await spool.remove(segment);
			storedAt = Date.now();
			telemetry.rowsStored.add(segment.rows);
			return true;
		} catch (error) {
			span.recordException(error instanceof Error ? error : String(error));
			if (!isContentError(error)) {
				log('warn', 'The database did not take a segment; it stays in the spool.', {
					segment: segment.name,
					...errorFields(error)
				});
				return false;
			}
			return await setAside(segment, error);
		} finally {
			span.end();
		}
	}

	/** @returns false when the disk did not let it be moved: then it is tried again */
	async function setAside(segment: Segment, error: unknown): Promise<boolean> {
		const dead = join(directory, 'dead');
		try {
			await mkdir(dead, { recursive: true });
			await writeFile(
				join(dead, `${segment.name}.error.json`),
				JSON.stringify({ rows: segment.rows, ...errorFields(error) }, undefined, '\t')
			);
			await rename(segment.path, join(dead, basename(segment.path)));
		} catch (cause) {
			log('error', 'A segment that the database refuses could not be set aside.', {
				segment: segment.name,
				...errorFields(cause)
			});
			return false;
		}
		spool.release(segment);
		telemetry.rowsSetAside.add(segment.rows);
		log('error', 'The database refuses a segment for its content; it was set aside.', {
			segment: segment.name,
			rows: segment.rows,
			...errorFields(error)
		});
		return true;
	}

	function start(): Promise<void> {
		running ??= run().finally(() => {
			running = undefined;
			if (queue.length > 0 && deadline === Infinity) void start();
		});
		return running;
	}

	return {
		add(segment) {
			queue.push(segment);
			void start();
		},
		lastStoredAt: () => storedAt,
		pending: () => queue.length,
		async drain(until) {
			deadline = until;
			wake.abort();
			await start();
		}
	};
}

function isContentError(error: unknown): boolean {
	if (error instanceof SegmentError) return true;
	const { code, message = '' } = error as { code?: unknown; message?: string };
	// The embedded engine does not always give the code on its own.
	const found = /^\d+$/.test(String(code)) ? String(code) : /Code: (\d+)/.exec(message)?.[1];
	return found !== undefined && CONTENT_CODES.has(found);
}
