import type { ClickHouseClient } from '@clickhouse/client';
import type { DatabaseOptions } from '../../migrations/connect.ts';
import type { Settings } from '../../settings/open-settings.ts';
import {
	addMoves,
	claimReclassification,
	finishReclassification,
	releaseReclassification,
	tellReclassification,
	type Reclassification,
	type ReclassificationProgress
} from '../../settings/reclassifications.ts';
import { errorFields, type Log } from '../log.ts';
import { finishReclassifying, reclassify } from './reclassify.ts';

const LOOK_EVERY_MS = 1_000;
const AFTER_FAILURE_MS = 30_000;

/**
 * Does the runs that somebody asked for on the Collector page: one collector each, which says how far it is and what moved. One
 * that is stopped or killed leaves the rest to its next start, or to another collector.
 */
export function keepReclassified({
	client,
	database,
	settings,
	collector,
	log
}: {
	/** A session that neither inserts nor refreshes the rollup. */
	client: ClickHouseClient;
	database: DatabaseOptions;
	settings: Settings;
	/** Name of this collector among others. */
	collector: string;
	log: Log;
}): { close(): Promise<void> } {
	const stop = new AbortController();
	let leftOver = true;
	let timer = setTimeout(() => void look(), 0).unref();
	let looking: Promise<void> | undefined;

	function look(): Promise<void> {
		looking = work().then((pause) => {
			if (!stop.signal.aborted) timer = setTimeout(() => void look(), pause).unref();
		});
		return looking;
	}

	/** @returns how long to wait before the next look */
	async function work(): Promise<number> {
		let run: Reclassification | undefined;
		try {
			if (leftOver) await finishReclassifying({ client, database });
			leftOver = false;
			run = await claimReclassification(settings, { collector });
			if (run) await carryOut(run);
			return LOOK_EVERY_MS;
		} catch (error) {
			log('warn', 'Newer rules could not be taken to the past; it will be tried again.', {
				...errorFields(error)
			});
			if (run) await release(run.id, error);
			return AFTER_FAILURE_MS;
		}
	}

	async function carryOut(run: Reclassification): Promise<void> {
		const { id } = run;
		// What an earlier attempt did is done: this one looks at the rest.
		const together = (since: ReclassificationProgress): ReclassificationProgress => ({
			...since,
			looked: run.looked + since.looked,
			written: run.written + since.written,
			moves: addMoves(run.moves, since.moves)
		});
		let last: ReclassificationProgress = { ...run };
		const { finished, version } = await reclassify({
			...{ client, database, settings, signal: stop.signal },
			onProgress: async (progress) => {
				last = together(progress);
				await tellReclassification(settings, { id, ...last });
			}
		});
		if (!finished) return releaseReclassification(settings, { id });
		await finishReclassification(settings, { id, ...pick(last) });
		log('info', 'Newer rules were taken to the past.', { version, written: last.written });
	}

	/** A settings store that is away is told with the next attempt. */
	async function release(id: string, error: unknown): Promise<void> {
		const lastError = error instanceof Error ? error.message : String(error);
		await releaseReclassification(settings, { id, lastError }).catch(() => undefined);
	}

	return {
		async close() {
			stop.abort();
			clearTimeout(timer);
			await looking;
		}
	};
}

function pick({ project, done, total, looked, written, moves }: ReclassificationProgress) {
	return { project, done, total, looked, written, moves };
}
