/** A thread that sends the demonstration through the collector: making it takes the processor, and pages must go on. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { sendToCollector } from './send-to-collector.ts';
import { simulate } from './simulate.ts';

const orderSchema = z.object({
	collectorUrl: z.string(),
	ingestKey: z.string(),
	serverKey: z.string(),
	/** Last simulated day, `YYYY-MM-DD`. */
	endDay: z.string(),
	users: z.number(),
	days: z.number(),
	/** Nothing after this is sent: Unix epoch in milliseconds. */
	now: z.number()
});

/** What the thread is told when it starts. */
export type DemoOrder = z.infer<typeof orderSchema>;

/** What it says after each simulated day. */
export interface DemoProgress {
	/** Simulated days sent. */
	done: number;
	/** Events accepted so far. */
	events: number;
}

const { endDay, users, days, ...target } = orderSchema.parse(workerData);
const progress: DemoProgress = { done: 0, events: 0 };
await sendToCollector({
	...target,
	days: simulate({ seed: 'rollout', users, days, end: endDay }),
	// The page is looked at meanwhile: it and the sites that send come first.
	concurrency: 4,
	onDay: (_day, events) => {
		progress.done++;
		progress.events += events;
		parentPort?.postMessage(progress);
	}
});
