import type { ClickHouseClient } from '@clickhouse/client';
import type { Settings } from '../../settings/open-settings.ts';
import { errorFields, type Log } from '../log.ts';
import { applyRetention } from './apply-retention.ts';

const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 6 * 3_600_000;

/** Deletes what projects no longer keep, a minute after the start and then four times a day. */
export function keepRetention({
	client,
	settings,
	log
}: {
	client: ClickHouseClient;
	settings: Settings;
	log: Log;
}): { close(): Promise<void> } {
	let timer = setTimeout(() => void run(), FIRST_AFTER_MS).unref();
	let running: Promise<void> = Promise.resolve();

	function run(): Promise<void> {
		running = applyRetention({ client, settings }).then(
			(expired) => {
				for (const { projectId, table, rows } of expired)
					log('info', 'Rows were deleted: their time is over.', {
						project: projectId,
						table,
						rows
					});
			},
			(error: unknown) =>
				log('warn', 'Retention could not be applied; it will be.', errorFields(error))
		);
		timer = setTimeout(() => void run(), EVERY_MS).unref();
		return running;
	}

	return {
		close() {
			clearTimeout(timer);
			return running;
		}
	};
}
