import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILT_IN_KNOWLEDGE } from '../collector/enrichment/knowledge.ts';
import { enrich } from '../collector/ingest/enrich.ts';
import { pseudonymise } from '../settings/pseudonymise.ts';
import { encodeBlock } from '../collector/store/encode-block.ts';
import { EVENT_COLUMNS, type EventRow } from '../collector/store/event-row.ts';
import { storeSegment } from '../collector/store/store-segment.ts';
import { applyMigrations } from '../migrations/apply.ts';
import { connectDatabase, createDatabase } from '../migrations/connect.ts';
import { eventSchema } from '../sdk/event/index.ts';
import { sampleBatch } from './load/sample-batch.ts';
import { result, type BenchPart } from './part.ts';

const ROWS = 10_000;
const ROUNDS = 3;

/**
 * Rows a second through the whole store path (encode, write, insert, materialized views) against the database reading the
 * same rows from a file that was made ready in its own fastest format. The best round of each counts.
 */
export const part: BenchPart = {
	name: 'insert',
	async run() {
		const dataDir = await mkdtemp(join(tmpdir(), 'passlens-bench-'));
		await createDatabase({ dataDir });
		const client = await connectDatabase({ dataDir });
		await applyMigrations({ client });
		const names = Object.keys(EVENT_COLUMNS).join(', ');
		// Arrow has no UUID.
		const asText = Object.entries(EVENT_COLUMNS)
			.map(([name, type]) => (type === 'UUID' ? `toString(${name}) AS ${name}` : name))
			.join(', ');
		const arrow = join(dataDir, 'rows.arrow');
		const best = { ours: 0, reference: 0 };
		try {
			for (let round = 0; round < ROUNDS; round++) {
				const rows = makeRows();
				const name = `bench-${round}`;
				const path = join(dataDir, `${name}.rows`);
				const ours = await rate(async () => {
					await writeFile(path, encodeBlock(rows));
					await storeSegment({ client, segment: { name, path }, embedded: true });
				});
				await client.command({
					query: `INSERT INTO FUNCTION file({path: String}, 'ArrowStream')
						SELECT ${asText}
						FROM events_raw_v1 LIMIT ${ROWS} SETTINGS engine_file_truncate_on_insert = 1`,
					query_params: { path: arrow }
				});
				const reference = await rate(() =>
					client.command({
						query: `INSERT INTO events_raw_v1 (${names}) SELECT ${names} FROM file({path: String}, 'ArrowStream')`,
						query_params: { path: arrow }
					})
				);
				best.ours = Math.max(best.ours, ours);
				best.reference = Math.max(best.reference, reference);
			}
		} finally {
			await client.close();
			await rm(dataDir, { recursive: true, force: true });
		}
		return [
			result({
				name: 'insert: rows from memory into every table',
				...best,
				unit: 'rows/s',
				against: 'the same rows from a prepared Arrow file'
			})
		];
	}
};

function makeRows(): EventRow[] {
	const rows: EventRow[] = [];
	const pseudonyms = pseudonymise({ key: Buffer.alloc(32, 1) });
	while (rows.length < ROWS) {
		const batch = { ...sampleBatch({ ceremonies: 5 }), context: {} };
		for (const event of batch.events)
			rows.push(
				enrich(eventSchema.parse(event), {
					batch,
					projectId: 'bench',
					pseudonyms,
					knowledge: BUILT_IN_KNOWLEDGE,
					country: '',
					userAgent: '',
					received: Date.now()
				})
			);
	}
	return rows;
}

async function rate(work: () => Promise<unknown>): Promise<number> {
	const started = performance.now();
	await work();
	return ROWS / ((performance.now() - started) / 1000);
}
