import { SpanStatusCode, type Span } from '@opentelemetry/api';
import type { ClickHouseClient } from '@clickhouse/client';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Health } from '../health/health.ts';
import { errorFields, type Log } from '../log.ts';
import { DEAD, type DeadLetterError } from '../spool/dead-letters.ts';
import type { Segment } from '../spool/segment.ts';
import { dropJoined } from '../spool/small-blocks.ts';
import type { Spool } from '../spool/spool.ts';
import { telemetry } from '../telemetry.ts';
import type { EventRow } from './event-row.ts';
import { storeSegment } from './store-segment.ts';
import { cutText } from '../cut-text.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/**
 * An insert costs a hundred milliseconds of processor time before its first row: ten views are planned, and each table gets a part
 * of its own that is merged later. After one, rows gather for so many times what it took, while they keep coming…
 */
const REST = 2;
/** …and no longer than this. */
const LONGEST_REST_MS = 2_000;

/** ClickHouse's codes for "this is not those values": trying again cannot help. */
const CONTENT_CODES = new Set([
	6, 16, 26, 27, 33, 36, 38, 41, 42, 43, 47, 50, 53, 62, 69, 70, 72, 117, 130, 131, 246, 321, 349,
	376, 441, 467, 645
]);

/** Its codes for a state that passes, or that the operator must end: time, memory, room, rights, a table not there yet. */
const PASSING_CODES = new Set([
	3, 23, 60, 81, 159, 160, 164, 172, 192, 193, 194, 202, 209, 210, 225, 236, 241, 242, 243, 252,
	279, 285, 319, 394, 425, 497, 516, 999
]);

/** Any other refusal may be a fault of the segment's or not: it is believed when it came this often. */
const TRIES = 8;

/** The segment holds what no table of this version can take. */
class SegmentError extends Error {
	readonly code = 'segment_foreign';
}

export interface Delivery {
	/** Queues a closed segment. */
	add(segment: Segment): void;
	/** When the database last took something, Unix epoch in milliseconds; 0: never. */
	lastStoredAt(): number;
	pending(): number;
	/** The last insert was just now: rows had better gather for the next. */
	resting(): boolean;
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
	health,
	log,
	onStored
}: {
	client: ClickHouseClient;
	embedded: boolean;
	/** The spool's own. */
	directory: string;
	spool: Pick<Spool<EventRow>, 'remove' | 'release'>;
	health: Health;
	log: Log;
	onStored: (segment: Segment) => void | Promise<void>;
}): Delivery {
	const queue: Segment[] = [];
	let running: Promise<void> | undefined;
	let deadline = Infinity;
	let storedAt = 0;
	let restUntil = 0;
	const refusals = new Map<string, number>();
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
		const attributes = { 'passlens.rows': segment.rows, 'passlens.bytes': segment.bytes };
		return telemetry.tracer.startActiveSpan('passlens.store_segment', { attributes }, (span) =>
			store(segment, span)
		);
	}

	async function store(segment: Segment, span: Span): Promise<boolean> {
		const started = performance.now();
		try {
			if (segment.foreign)
				throw new SegmentError('It holds something that this version of Passlens did not write.');
			await storeSegment({ client, segment, embedded });
			const insertMs = performance.now() - started;
			restUntil = performance.now() + Math.min(REST * insertMs, LONGEST_REST_MS);
			const { rows, bytes, openedAt } = segment;
			health.stored({ rows, bytes, insertMs, lagMs: Math.max(0, Date.now() - openedAt) });
			await onStored(segment);
			await spool.remove(segment);
			refusals.delete(segment.name);
			storedAt = Date.now();
			return true;
		} catch (error) {
			await dropJoined(segment);
			span.recordException(error instanceof Error ? error : String(error));
			span.setStatus({ code: SpanStatusCode.ERROR });
			if (!isHopeless(segment, error)) {
				health.retried(cutText(error instanceof Error ? error.message : String(error), 500));
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

	function isHopeless(segment: Segment, error: unknown): boolean {
		if (error instanceof SegmentError) return true;
		const code = clickHouseCode(error);
		if (code === undefined || PASSING_CODES.has(code)) return false;
		const times = (refusals.get(segment.name) ?? 0) + 1;
		refusals.set(segment.name, times);
		return CONTENT_CODES.has(code) || times >= TRIES;
	}

	/** @returns false when the disk did not let it be moved: then it is tried again */
	async function setAside(segment: Segment, error: unknown): Promise<boolean> {
		const dead = join(directory, DEAD);
		try {
			await mkdir(dead, { recursive: true });
			await writeFile(
				join(dead, `${segment.name}.error.json`),
				JSON.stringify(describe(segment, error), undefined, '\t')
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
		refusals.delete(segment.name);
		health.setAside(segment.rows);
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
		resting: () => performance.now() < restUntil,
		async drain(until) {
			deadline = until;
			wake.abort();
			await start();
		}
	};
}

function describe(segment: Segment, error: unknown): DeadLetterError {
	const { rows, bytes } = segment;
	return { set_aside_unix_ms: Date.now(), rows, bytes, ...errorFields(error) };
}

/** The number of the database's own exception; undefined when it did not answer. */
function clickHouseCode(error: unknown): number | undefined {
	const { code, message = '' } = error as { code?: unknown; message?: string };
	// The embedded engine does not always give the code on its own.
	const found = /^\d+$/.test(String(code)) ? String(code) : /Code: (\d+)/.exec(message)?.[1];
	return found === undefined ? undefined : Number(found);
}
