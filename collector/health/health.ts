import type { Refusal } from '../../sdk/event/index.ts';
import type { Problem } from '../problem.ts';
import type { EventRow } from '../store/event-row.ts';
import { telemetry } from '../telemetry.ts';
import { addArrivals, countArrivals, type Arrivals } from './count-arrivals.ts';

/** What was refused in an interval, counted by what is wrong. */
export interface RefusalCount {
	project_id: string;
	path: string;
	code: string;
	field: string;
	reason: string;
	refusals: number;
}

/** What happened in an interval. Times in milliseconds; null: nothing of it happened. */
export interface Interval extends Arrivals {
	/** Whose events were acknowledged. */
	requests: number;
	accepted: number;
	refused: number;
	inserts: number;
	stored: number;
	set_aside: number;
	retries: number;
	store_lag_ms: number | null;
	insert_ms: number | null;
}

/** Counts what a collector does: for OpenTelemetry as it happens, and by intervals for its own reports. */
export interface Health {
	/** What one request brought. */
	accepted(rows: readonly EventRow[]): void;
	/** One event. */
	refusedEvent(where: { projectId: string; path: string }, refusal: Omit<Refusal, 'index'>): void;
	/** A whole request; `projectId` empty when nobody knows whose. */
	refusedRequest(where: { projectId: string; path: string }, problem: Problem): void;
	stored(segment: { rows: number; bytes: number; insertMs: number; lagMs: number }): void;
	retried(error: string): void;
	setAside(rows: number): void;
	/** Whether something was refused since the last report. */
	hasRefusals(): boolean;
	lastStoredAt(): number | undefined;
	/** Why the newest insert failed; empty when it did not. */
	lastError(): string;
	/** Hands over what was counted since the last time, and begins anew. */
	take(): { interval: Interval; refusals: RefusalCount[] };
	/** Puts back what could not be reported. */
	giveBack(taken: { interval: Interval; refusals: RefusalCount[] }): void;
}

/** Senders choose neither codes nor fields nor reasons, but a bound costs nothing. */
const MOST_REASONS = 500;

export function createHealth(): Health {
	let interval = emptyInterval();
	let refusals = new Map<string, RefusalCount>();
	let storedAt: number | undefined;
	let error = '';

	function countRefusal(count: RefusalCount): void {
		interval.refused += count.refusals;
		const key = [count.project_id, count.path, count.code, count.field, count.reason].join('\n');
		const known = refusals.get(key);
		if (known) known.refusals += count.refusals;
		else if (refusals.size < MOST_REASONS) refusals.set(key, { ...count });
	}

	return {
		accepted(rows) {
			interval.requests++;
			interval.accepted += rows.length;
			countArrivals(interval, rows);
			telemetry.eventsAccepted.add(rows.length);
		},
		refusedEvent({ projectId, path }, { code, field, reason }) {
			telemetry.eventsRefused.add(1, { path, reason: code });
			// A list's position says nothing: `events.3.id` and `events.4.id` are one mistake.
			const general = field.replace(/(^|\.)\d+(?=\.|$)/g, '$1*');
			countRefusal({ project_id: projectId, path, code, field: general, reason, refusals: 1 });
		},
		refusedRequest({ projectId, path }, { status, code, detail, errors }) {
			telemetry.requests.add(1, { path, status, reason: code });
			// Its events were counted one by one.
			if (errors?.some(({ index }) => index >= 0)) return;
			countRefusal({
				project_id: projectId,
				path,
				code,
				field: errors?.[0]?.field ?? '',
				reason: errors?.[0]?.reason ?? detail,
				refusals: 1
			});
		},
		stored({ rows, bytes, insertMs, lagMs }) {
			interval.inserts++;
			interval.stored += rows;
			interval.insert_ms = Math.max(interval.insert_ms ?? 0, Math.round(insertMs));
			interval.store_lag_ms = Math.max(interval.store_lag_ms ?? 0, Math.round(lagMs));
			storedAt = Date.now();
			error = '';
			telemetry.rowsStored.add(rows);
			telemetry.segmentRows.record(rows);
			telemetry.segmentBytes.record(bytes);
			telemetry.insertTime.record(insertMs / 1000);
			telemetry.storeLag.record(lagMs / 1000);
		},
		retried(message) {
			interval.retries++;
			error = message;
			telemetry.insertRetries.add(1);
		},
		setAside(rows) {
			interval.set_aside += rows;
			telemetry.rowsSetAside.add(rows);
		},
		hasRefusals: () => refusals.size > 0,
		lastStoredAt: () => storedAt,
		lastError: () => error,
		take() {
			const taken = { interval, refusals: [...refusals.values()] };
			interval = emptyInterval();
			refusals = new Map();
			return taken;
		},
		giveBack({ interval: older, refusals: counts }) {
			for (const name of ADDED) interval[name] += older[name];
			addArrivals(interval, older);
			for (const name of ['store_lag_ms', 'insert_ms'] as const)
				if (older[name] !== null) interval[name] = Math.max(older[name], interval[name] ?? 0);
			const listed = counts.reduce((sum, { refusals: count }) => sum + count, 0);
			for (const count of counts) countRefusal(count);
			interval.refused += older.refused - listed;
		}
	};
}

const ADDED = ['requests', 'accepted', 'inserts', 'stored', 'set_aside', 'retries'] as const;

function emptyInterval(): Interval {
	return {
		...{ requests: 0, accepted: 0, refused: 0, inserts: 0, stored: 0, set_aside: 0, retries: 0 },
		...{ store_lag_ms: null, insert_ms: null },
		...{ late: 0, over_an_hour: 0, delays: {} }
	};
}
