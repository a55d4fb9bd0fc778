import type { ClickHouseClient } from '@clickhouse/client';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILT_IN_KNOWLEDGE } from '../collector/enrichment/knowledge.ts';
import { enrich } from '../collector/ingest/enrich.ts';
import { pseudonymise } from '../settings/pseudonymise.ts';
import { validate } from '../collector/ingest/validate.ts';
import { encodeBlock } from '../collector/store/encode-block.ts';
import type { EventRow } from '../collector/store/event-row.ts';
import { storeSegment } from '../collector/store/store-segment.ts';
import type { Batch } from '../sdk/event/index.ts';
import type { Sender } from '../settings/projects.ts';
import { toBatch, hasArrived } from './batch.ts';
import type { SimulatedDay } from './simulate.ts';
import type { Transmission } from './transmission.ts';

/** Rows of one insert: large ones are cheap, and this many are some 6 MB. */
const ROWS_PER_INSERT = 30_000;
/** How long a batch is under way, in simulated milliseconds. */
const LATENCY_MS = 35;

/**
 * Takes the simulated days through the collector's own steps (validate, pseudonymise, enrich, encode) straight into the database,
 * with the time each batch would have arrived. Only the network, the spool and the limits are left out.
 *
 * @returns events written
 * @throws Error when an event does not follow the contract: the simulator is wrong then
 */
export async function writeToDatabase({
	client,
	embedded,
	sender,
	days,
	directory,
	now,
	onDay
}: {
	client: ClickHouseClient;
	embedded: boolean;
	/** The project written to, as a server key's holder: it may send verdicts. */
	sender: Sender;
	days: Iterable<SimulatedDay>;
	/** Where the rows of an insert may lie for a moment. */
	directory: string;
	/** Nothing after this is written: Unix milliseconds. */
	now: number;
	onDay?: (day: SimulatedDay, events: number) => void;
}): Promise<number> {
	await mkdir(directory, { recursive: true });
	let waiting: EventRow[] = [];
	let written = 0;
	let inserts = 0;
	// One insert runs in the engine's own thread while the next one's rows are made here.
	let running: Promise<void> = Promise.resolve();

	const flush = async () => {
		const block = encodeBlock(waiting);
		const name = `simulated-${process.pid}-${++inserts}`;
		waiting = [];
		await running;
		running = insert({ client, embedded, path: join(directory, `${name}.rows`), name, block });
	};
	try {
		for (const day of days) {
			const before = written;
			// References repeat within a day; kept for longer they would fill the memory.
			const pseudonyms = pseudonymise({ key: sender.pseudonymKey });
			for (const transmission of day.transmissions) {
				if (!hasArrived(transmission, now)) continue;
				const rows = toRows({ transmission, sender, pseudonyms });
				waiting.push(...rows);
				written += rows.length;
			}
			if (waiting.length >= ROWS_PER_INSERT) await flush();
			onDay?.(day, written - before);
			// Lets the insert's answer and the progress bar through.
			await new Promise(setImmediate);
		}
		if (waiting.length > 0) await flush();
		await running;
	} finally {
		await running.catch(() => undefined);
		await rm(directory, { recursive: true, force: true });
	}
	return written;
}

function toRows({
	transmission,
	sender,
	pseudonyms
}: {
	transmission: Transmission;
	sender: Sender;
	pseudonyms: ReturnType<typeof pseudonymise>;
}) {
	const batch = toBatch({ transmission, sentAt: transmission.sentAt }) as Batch;
	const { events, refused } = validate({ batch, sender });
	if (refused[0])
		throw new Error(
			`The simulator made an event that the contract refuses: ${refused[0].field} ${refused[0].reason}`
		);
	const options = {
		batch,
		projectId: sender.projectId,
		pseudonyms,
		knowledge: BUILT_IN_KNOWLEDGE,
		country: '',
		userAgent: transmission.from === 'server' ? '' : transmission.userAgent,
		received: transmission.sentAt + LATENCY_MS
	};
	return events.map((event) => enrich(event, options));
}

async function insert({
	client,
	embedded,
	path,
	name,
	block
}: {
	client: ClickHouseClient;
	embedded: boolean;
	path: string;
	name: string;
	block: Buffer;
}): Promise<void> {
	await writeFile(path, block);
	// The name is the deduplication token: it must differ between runs.
	await storeSegment({ client, embedded, segment: { name: `${name}-${Date.now()}`, path } });
	await rm(path);
}
