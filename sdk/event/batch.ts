import { z } from 'zod';
import { type contextSchema, SCHEMA_VERSION } from './event.ts';
import { LIMITS } from './limits.ts';

/**
 * What travels: one request body. The envelope is checked first; each event is then checked on its own,
 * as `{ ...context, ...event }`, so a bad one never harms its neighbours.
 */
export const batchSchema = z.object({
	schema_version: z.literal(SCHEMA_VERSION),
	/** When this attempt was sent on the sender's clock: the collector measures the clock's skew from it. */
	sent_unix_ms: z.int().min(0).max(8.64e15),
	/**
	 * The collector's clock minus the sender's, in milliseconds, as the sender measured it by the last answer: half the round trip
	 * is taken off. The collector believes it rather than its own `received - sent`, which a slow upload makes too large.
	 */
	clock_skew_ms: z.int().min(-8.64e15).max(8.64e15).optional(),
	sdk: z.object({
		name: z.string().min(1).max(LIMITS.name_length),
		version: z.string().min(1).max(LIMITS.name_length)
	}),
	/** Events the sender had to drop, for want of room, since its last batch that arrived: the part of telemetry that is known to be lost. */
	dropped_events: z.int().min(0).max(1_000_000).optional(),
	/** Defaults for every event of the batch; an event's own field wins. Checked with each event. */
	context: z.record(z.string(), z.unknown()).default({}),
	events: z.array(z.unknown()).min(1).max(LIMITS.events_per_batch)
});

export type Batch = z.output<typeof batchSchema>;
export type BatchInput = Omit<z.input<typeof batchSchema>, 'context' | 'events'> & {
	context?: z.input<typeof contextSchema>;
	events: unknown[];
};

/** One refused event, in the collector's answer. */
export interface Refusal {
	/** Position in the batch's `events`. */
	index: number;
	/** Path of the offending field, such as "request.timeout_ms"; empty for the event as a whole. */
	field: string;
	/** Stable code of the reason: the validator's issue code. */
	code: string;
	/** What is wrong and what would be right, in plain words. */
	reason: string;
}

/** The collector's answer to a batch it took wholly or in part (202). */
export interface BatchReceipt {
	accepted: number;
	refused: Refusal[];
	/** The collector's clock when the batch arrived, so that a sender can measure its skew. */
	received_unix_ms: number;
}
