import { SCHEMA_VERSION, type Refusal } from '../../sdk/event/index.ts';
import { takeEvents, type Batch, type Arrival } from '../ingest/take-events.ts';
import { isProblem, type Problem } from '../problem.ts';
import { telemetry } from '../telemetry.ts';
import { decodeLogs } from './decode-logs.ts';
import { readRecord } from './read-record.ts';

export interface LogsReceipt {
	accepted: number;
	/** `index` is the record's place in the request, counted through all resources and scopes. */
	refused: Refusal[];
}

/** The way in of OTLP's logs: each record is read as an event, and then goes the way of every event. */
export async function ingestLogs({
	body,
	protobuf,
	...arrival
}: Arrival & { protobuf: boolean }): Promise<LogsReceipt | Problem> {
	const found = decodeLogs({ body, protobuf });
	if (isProblem(found)) return found;
	const refused: Refusal[] = [];
	const batches: Batch[] = [];
	let dropped = 0;
	for (const [index, record] of found.entries()) {
		const read = readRecord(record, { key: arrival.sender.pseudonymKey });
		if (!('event' in read)) {
			refused.push({ index, ...read });
			continue;
		}
		dropped += read.dropped;
		batches.push({
			firstIndex: index,
			userAgent: read.userAgent,
			// OTLP does not say when it was sent, so a wrong clock cannot be measured.
			schema_version: SCHEMA_VERSION,
			sent_unix_ms: arrival.received,
			sdk: read.sdk,
			context: {},
			events: [read.event]
		});
	}
	telemetry.attributesDropped.add(dropped);
	return takeEvents({ ...arrival, batches, refused });
}
