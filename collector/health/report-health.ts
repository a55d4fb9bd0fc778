import type { ClickHouseClient } from '@clickhouse/client';
import { errorFields, type Log } from '../log.ts';
import { listDeadLetters } from '../spool/dead-letters.ts';
import type { Health } from './health.ts';

export interface HealthReporter {
	/** One last report, if the database takes it, and no more. */
	close(): Promise<void>;
}

/** What the spool and the delivery can say of themselves. */
export interface SpoolState {
	bytes: number;
	maxBytes: number;
	segmentsWaiting: number;
}

const USUAL_INTERVAL_MS = 10_000;
/** Whoever sets up a site waits to hear what is wrong: the first refusals are told this soon, and no sooner than an interval after the last such report. */
const REFUSALS_MS = 2_000;
const MOST_DEAD_LETTERS = 50;

/**
 * Tells the database every few seconds how the collector is, where the dashboard finds it. What could not be told is told with
 * the next report. It never stands in the way of events: a failure is logged once and tried again.
 */
export function reportHealth({
	client,
	health,
	collector,
	directory,
	spool,
	log,
	intervalMs = USUAL_INTERVAL_MS
}: {
	client: ClickHouseClient;
	health: Health;
	/** Names it among others: host and data directory. */
	collector: string;
	/** The spool's own. */
	directory: string;
	spool: () => SpoolState;
	log: Log;
	intervalMs?: number | undefined;
}): HealthReporter {
	const startedAt = Date.now();
	let since = startedAt;
	let running: Promise<void> | undefined;
	let failing = false;

	async function report(stopped: boolean): Promise<void> {
		const at = Date.now();
		const taken = health.take();
		const { bytes, maxBytes, segmentsWaiting } = spool();
		try {
			if (taken.refusals.length > 0)
				await client.insert({
					table: 'collector_refusals_v1',
					format: 'JSONEachRow',
					values: taken.refusals.map((count) => ({ collector, at, ...count }))
				});
			taken.refusals = [];
			await client.insert({
				table: 'collector_health_v1',
				format: 'JSONEachRow',
				values: [
					{
						collector,
						at,
						interval_ms: at - since,
						started_at: startedAt,
						...taken.interval,
						last_stored_at: health.lastStoredAt() ?? null,
						spool_bytes: bytes,
						spool_max_bytes: maxBytes,
						segments_waiting: segmentsWaiting,
						last_error: health.lastError(),
						dead_letters: await tellDeadLetters(directory),
						stopped
					}
				]
			});
			since = at;
			failing = false;
		} catch (error) {
			health.giveBack(taken);
			if (!failing)
				log('warn', 'The report of how the collector is was not taken.', errorFields(error));
			failing = true;
		}
	}

	const tell = (stopped = false): Promise<void> => {
		running ??= report(stopped).finally(() => (running = undefined));
		return running;
	};
	void tell();
	let early = 0;
	const tickMs = Math.min(REFUSALS_MS, intervalMs);
	/** Every interval; sooner for refusals, unless that was done a moment ago. */
	function tellWhenDue(): void {
		const now = Date.now();
		const due = now - since + tickMs / 2 >= intervalMs;
		if (!due && !(health.hasRefusals() && now - early >= intervalMs)) return;
		if (!due) early = now;
		void tell();
	}
	const timer = setInterval(tellWhenDue, tickMs).unref();
	return {
		async close() {
			clearInterval(timer);
			await running;
			await tell(true);
		}
	};
}

/** Segments the database refused for their content, newest first, with the reason beside each. */
async function tellDeadLetters(
	directory: string
): Promise<{ name: string; rows: number; error: string }[]> {
	const letters = await listDeadLetters({ directory });
	return letters
		.slice(-MOST_DEAD_LETTERS)
		.reverse()
		.map(({ name, rows = 0, error }) => ({
			name,
			rows,
			error: typeof error === 'string' ? error : ''
		}));
}
