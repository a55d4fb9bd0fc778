import type { Batch as SentBatch, PasslensEvent, Refusal } from '../../sdk/event/index.ts';
import type { Privacy } from '../../settings/privacy.ts';
import type { Sender } from '../../settings/projects.ts';
import type { ShutOut } from '../lifecycle/shut-out.ts';
import type { Problem } from '../problem.ts';
import type { Knowledge } from '../enrichment/knowledge.ts';
import type { Health } from '../health/health.ts';
import { SpoolError, type Spool } from '../spool/spool.ts';
import type { EventRow } from '../store/event-row.ts';
import { telemetry } from '../telemetry.ts';
import { enrich } from './enrich.ts';
import { pseudonymise, withoutReferences } from '../../settings/pseudonymise.ts';
import { validate } from './validate.ts';

/** One request, in whatever protocol it came. */
export interface Arrival {
	body: Uint8Array;
	sender: Sender;
	/** The request's User-Agent header. */
	userAgent: string;
	/** Of the sender's address; empty when unknown. The address itself ends with the request. */
	country: string;
	knowledge: Knowledge;
	/** The collector's clock, Unix epoch in milliseconds. */
	received: number;
	spool: Pick<Spool<EventRow>, 'append'>;
	health: Health;
	/** Address the request came to. */
	path: string;
	/** Who was erased. */
	shutOut: ShutOut;
}

/** Events that came under one envelope. */
export interface Batch extends SentBatch {
	/** Position of the first in the request: refusals are told by it. */
	firstIndex: number;
	/** Of the client, where the envelope itself tells it. */
	userAgent?: string | undefined;
}

/**
 * The way of every event, whatever protocol brought it: validate, pseudonymise, enrich, spool. References are turned
 * into pseudonyms before anything is written, the spool included. Resolves when what was accepted is on disk. What an erased
 * person did before is accepted and let go of: whoever sends it again has nothing to mend.
 */
export async function takeEvents({
	batches,
	sender,
	userAgent,
	country,
	knowledge,
	received,
	spool,
	health,
	path,
	shutOut,
	refused = []
}: Omit<Arrival, 'body'> & {
	batches: Batch[];
	/** What was refused before it came here. */
	refused?: Refusal[];
}): Promise<{ accepted: number; refused: Refusal[] } | Problem> {
	const { privacy } = sender;
	const all = pseudonymise({ key: sender.pseudonymKey });
	const pseudonyms = privacy.references ? all : withoutReferences(all);
	const sentBy = sender.kind === 'server' ? '' : userAgent;
	const rows = batches.flatMap((batch) => {
		const { events, refused: invalid } = validate({ batch, sender });
		noteDropped(batch, events);
		for (const { index, ...refusal } of invalid)
			refused.push({ index: batch.firstIndex + index, ...refusal });
		const options = {
			batch,
			projectId: sender.projectId,
			pseudonyms,
			knowledge,
			userAgent: batch.userAgent ?? sentBy,
			// A server's address is not its client's.
			country: sender.kind === 'server' || !privacy.country ? '' : country,
			received
		};
		return events.map((event) => enrich(withKeptTags(event, privacy), options));
	});
	for (const refusal of refused)
		health.refusedEvent({ projectId: sender.projectId, path }, refusal);
	if (rows.length === 0) return { accepted: 0, refused };
	const kept = rows.filter((row) => !shutOut.covers(row, pseudonyms));
	try {
		if (kept.length > 0) await spool.append(kept);
	} catch (error) {
		if (error instanceof SpoolError) return unavailable(error);
		throw error;
	}
	health.accepted(rows);
	telemetry.batchEvents.record(rows.length + refused.length);
	for (const { occurred_at = received } of rows)
		telemetry.arrivalDelay.record((received - occurred_at) / 1000);
	refused.sort((a, b) => a.index - b.index);
	return { accepted: rows.length, refused };
}

/** The event with the tags alone that its project keeps. */
function withKeptTags(event: PasslensEvent, { tags: kept }: Privacy): PasslensEvent {
	if (!kept || !event.tags) return event;
	const tags = Object.entries(event.tags).filter(([name]) => kept.includes(name));
	return { ...event, tags: Object.fromEntries(tags) };
}

/** What the envelope counts goes with the batch's first event: an id that comes again brings its count no second time. */
function noteDropped({ dropped_events: dropped = 0 }: Batch, [first]: PasslensEvent[]): void {
	if (!first || !dropped) return;
	const { omitted } = first;
	first.omitted = { ...omitted, dropped_events: (omitted?.dropped_events ?? 0) + dropped };
}

function unavailable({ code }: SpoolError): Problem {
	return {
		status: 503,
		code,
		title: 'Not taking events now',
		detail:
			code === 'spool_full'
				? 'The database has been away for so long that the spool is full. Send the batch again later.'
				: 'The events could not be put on disk, so they were not taken. Send the batch again later.',
		retryAfterSeconds: code === 'spool_full' ? 30 : 5
	};
}
