import type { ClickHouseClient } from '@clickhouse/client';
import { errorFields, type Log } from '../log.ts';
import type { OpenKnowledge } from './open-knowledge.ts';

const RETRY_MS = 30_000;

const END_WHAT_IS_GONE = `
INSERT INTO authenticator_reports_state_v1
	(aaguid, status, effective_date, authenticator_version, certificate_number, first_seen_at, last_seen_at, gone_at)
SELECT aaguid, status, effective_date, authenticator_version, certificate_number, first_seen_at, last_seen_at,
	fromUnixTimestamp64Milli({now: Int64}, 'UTC')
FROM authenticator_reports_v1
WHERE gone_at IS NULL AND last_seen_at < fromUnixTimestamp64Milli({now: Int64}, 'UTC')`;

/**
 * Writes what a collector knows of authenticators, and how its tables stand, where pages can read it: now, and whenever a
 * table was looked for. A database that is away is tried again.
 *
 * @returns a function that stops
 */
export function publishKnowledge({
	knowledge,
	client,
	collector,
	log
}: {
	knowledge: OpenKnowledge;
	client: ClickHouseClient;
	/** Name of this collector among others. */
	collector: string;
	log: Log;
}): () => Promise<void> {
	let waiting = false;
	let stopped = false;
	let running = Promise.resolve();
	let timer: NodeJS.Timeout | undefined;

	function schedule(): Promise<void> {
		// Several tables loaded in a moment are one writing.
		if (waiting || stopped) return running;
		waiting = true;
		running = running.then(async () => {
			waiting = false;
			await publish().catch((error: unknown) => {
				log('warn', 'The state of the tables could not be written.', errorFields(error));
				timer = setTimeout(() => void schedule(), RETRY_MS).unref();
			});
		});
		return running;
	}

	async function publish(): Promise<void> {
		const generation = Date.now();
		if (await knowsAtLeastAsMuch()) {
			await publishReports(generation);
			const rows = knowledge.authenticators().map((row) => ({ ...row, generation }));
			await insert('authenticators_state_v1', rows);
		}
		const states = knowledge.tables().map((state) => ({
			collector,
			name: state.name,
			reported_at: generation,
			source: state.source,
			version: state.version,
			entries: state.entries,
			loaded_at: state.loadedAt === undefined ? null : Math.round(state.loadedAt),
			tried_at: state.triedAt ?? null,
			last_error: state.lastError ?? '',
			next_update: state.nextUpdate ?? null
		}));
		// One without a source tells that an earlier source's is not used any more.
		await insert('enrichment_tables_state_v1', states);
	}

	/** What is reported was seen now; what was reported and is not any more stays known, and ended now. Without a blob nothing did. */
	async function publishReports(now: number): Promise<void> {
		const reports = knowledge.statusReports();
		if (!reports) return;
		const seen = reports.map((report) => ({ ...report, first_seen_at: now, last_seen_at: now }));
		if (seen.length > 0) await insert('authenticator_reports_state_v1', seen);
		await client.command({ query: END_WHAT_IS_GONE, query_params: { now } });
	}

	/** A collector that could not load its list must not take from every page what another one knows. */
	async function knowsAtLeastAsMuch(): Promise<boolean> {
		const loaded = knowledge
			.tables()
			.every(({ name, source, version }) => name === 'country' || source === '' || version);
		if (loaded) return true;
		const answer = await client.query({
			query: 'SELECT count() AS known FROM authenticators_v1',
			format: 'JSONEachRow'
		});
		const [row] = await answer.json<{ known: string }>();
		return row?.known === '0';
	}

	function insert(table: string, values: Record<string, unknown>[]) {
		return client.insert({ table, values, format: 'JSONEachRow' });
	}

	knowledge.onChanged(schedule);
	void schedule();
	return async () => {
		stopped = true;
		clearTimeout(timer);
		await running;
	};
}
