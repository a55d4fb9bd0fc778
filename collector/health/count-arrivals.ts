import type { EventRow } from '../store/event-row.ts';

/** When events came, by how long before they had happened. */
export interface Arrivals {
	/** Over thirty days. */
	late: number;
	over_an_hour: number;
	/** Events by their step (`stepOf`). */
	delays: Record<number, number>;
}

const HOUR_MS = 3_600_000;

/**
 * Four steps to a doubling: what is read from a step is within a tenth of what it was. The page has it back as
 * `pow(2, step / 4) - 1`.
 */
export const stepOf = (delayMs: number): number =>
	Math.round(4 * Math.log2(1 + Math.max(0, delayMs)));

/** Adds events to what is counted. Of synthetic ones, and of those whose sender's clock was wrong, the time says nothing. */
export function countArrivals(arrivals: Arrivals, rows: readonly EventRow[]): void {
	for (const { occurred_at, received_at, late, synthetic, time_corrected } of rows) {
		if (synthetic || time_corrected) continue;
		const delayMs = Number(received_at) - Number(occurred_at);
		if (late) arrivals.late++;
		if (delayMs > HOUR_MS) arrivals.over_an_hour++;
		const step = stepOf(delayMs);
		arrivals.delays[step] = (arrivals.delays[step] ?? 0) + 1;
	}
}

/** Adds what another counted. */
export function addArrivals(arrivals: Arrivals, { late, over_an_hour, delays }: Arrivals): void {
	arrivals.late += late;
	arrivals.over_an_hour += over_an_hour;
	for (const [step, events] of Object.entries(delays))
		arrivals.delays[Number(step)] = (arrivals.delays[Number(step)] ?? 0) + events;
}
