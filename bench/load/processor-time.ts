import type { ChildProcess } from 'node:child_process';
import { EVENT_LOOP, readThreads } from './read-threads.ts';

/** Seconds of processor time. */
export interface ProcessorTime {
	/** Of the event loop. */
	loop: number;
	/** Of all other threads: the embedded database, most of all. */
	others: number;
}

/** What a process has used so far. Linux only. */
export async function processorTime(child: ChildProcess): Promise<ProcessorTime> {
	const threads = await readThreads(child.pid!);
	const loop = threads.get(EVENT_LOOP) ?? 0;
	return { loop, others: threads.values().reduce((sum, seconds) => sum + seconds, 0) - loop };
}

/** Microseconds of each from one reading to the next, for one of so many events. */
export function spentOnEach(
	{ before, after }: { before: ProcessorTime; after: ProcessorTime },
	events: number
): ProcessorTime {
	const each = (from: number, to: number) => ((to - from) * 1e6) / events;
	return {
		loop: each(before.loop, after.loop),
		others: each(before.others, after.others)
	};
}
