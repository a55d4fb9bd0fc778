import type { Settings } from '../../../../settings/open-settings.ts';
import { readStreamEvents, type NumberedEvent } from '../../../../settings/stream-events.ts';
import {
	advanceStream,
	listStreams,
	noteStreamFailure,
	type Stream
} from '../../../../settings/streams.ts';
import { sendEvents, type StreamOutlets } from './send-events.ts';

const PAGE = 500;
/** What one request or one write holds. */
const BATCH_EVENTS = 100;
const BATCH_BYTES = 256_000;
/** A round ends in time for the lease under which it is made. */
const ROUND_MS = 15_000;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;

/**
 * Tells every stream what is new for it, in order. How far it has come is written after its receiver took a batch, so each event is told at
 * least once, under the same uid; what is not taken is tried again after five seconds, then after twice as long each time up to five
 * minutes, for as long as events are kept.
 */
export async function deliverStreams({
	settings,
	outlets,
	now = Date.now
}: {
	settings: Settings;
	outlets: StreamOutlets;
	now?: () => number;
}): Promise<void> {
	const streams = await listStreams(settings);
	const end = now() + ROUND_MS;
	await Promise.all(
		streams
			.filter(({ paused, nextAt }) => !paused && nextAt <= now())
			.map((stream) => deliver(stream, { settings, outlets, end, now }))
	);
}

/** Whether a stream tells of an event at all. What is of no project is told by each that wants its topic. */
const isFor = ({ topics, projects }: Stream, { topic, projectId }: NumberedEvent) =>
	topics.includes(topic) &&
	(projectId === '' || projects.length === 0 || projects.includes(projectId));

async function deliver(
	stream: Stream,
	{
		settings,
		outlets,
		end,
		now
	}: { settings: Settings; outlets: StreamOutlets; end: number; now: () => number }
): Promise<void> {
	let { position } = stream;
	while (now() < end) {
		const page = await readStreamEvents(settings, { after: position, limit: PAGE });
		if (page.length === 0) return;
		for (const { events, to, leftOut } of batchesOf(stream, page)) {
			if (now() >= end) return;
			const mistake = events.length > 0 ? await sendEvents(stream, events, outlets) : undefined;
			if (mistake !== undefined) {
				const failures = stream.failures + 1;
				const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
				await noteStreamFailure(settings, {
					...{ id: stream.id, failures, error: mistake, nextAt: now() + wait }
				});
				return;
			}
			await advanceStream(settings, {
				...{ stream: { ...stream, position }, to, leftOut, sent: events.length, now: now() }
			});
			position = to;
		}
	}
}

interface Batch {
	events: NumberedEvent[];
	/** The number up to which everything is in it, or is not for this stream. */
	to: number;
	leftOut: number;
}

function batchesOf(stream: Stream, page: readonly NumberedEvent[]): Batch[] {
	const batches: Batch[] = [];
	let batch: Batch | undefined;
	let bytes = 0;
	for (const event of page) {
		const wanted = isFor(stream, event);
		const told = wanted && event.body !== '';
		if (!batch || (told && (batch.events.length >= BATCH_EVENTS || bytes >= BATCH_BYTES))) {
			batch = { events: [], to: event.number, leftOut: 0 };
			batches.push(batch);
			bytes = 0;
		}
		batch.to = event.number;
		if (told) batch.events.push(event);
		else if (wanted) batch.leftOut++;
		bytes += told ? event.body.length : 0;
	}
	return batches;
}

/** What waits for a stream: how much, and since when. */
export async function waitingFor(
	settings: Settings,
	stream: Stream
): Promise<{ events: number; since: number | undefined; more: boolean }> {
	const page = await readStreamEvents(settings, { after: stream.position, limit: PAGE });
	const waiting = page.filter((event) => isFor(stream, event) && event.body !== '');
	return { events: waiting.length, since: waiting[0]?.foundAt, more: page.length === PAGE };
}
