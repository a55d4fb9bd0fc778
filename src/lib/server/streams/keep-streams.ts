import type { ClickHouseClient } from '@clickhouse/client';
import type { Settings } from '../../../../settings/open-settings.ts';
import { keepTask } from '../keep-task.ts';
import { deliverStreams } from './deliver-streams.ts';
import { findStreamEvents, LOOK_TIMES, type LookTimes } from './find-events.ts';
import type { StreamOutlets } from './send-events.ts';

/**
 * Looks for security-relevant events, and tells them to where streams lead, every `everyMs`. Each is one process's at a time, and both are
 * apart: a receiver that is slow holds up no look.
 *
 * @returns a function that ends both, once what is under way is through
 */
export function keepStreams({
	client,
	settings,
	outlets,
	everyMs,
	times = LOOK_TIMES,
	onError
}: {
	client: () => Promise<ClickHouseClient>;
	settings: () => Promise<Settings>;
	outlets: StreamOutlets;
	everyMs: number;
	times?: LookTimes;
	onError: (error: unknown) => void;
}): () => Promise<void> {
	const ends = [
		keepTask({
			...{ lease: 'stream-events', settings, everyMs, onError },
			run: async (store) =>
				findStreamEvents({ client: await client(), settings: store, now: new Date(), times })
		}),
		keepTask({
			...{ lease: 'streams', settings, everyMs, onError },
			run: async (store) => deliverStreams({ settings: store, outlets })
		})
	];
	return async () => void (await Promise.all(ends.map((end) => end())));
}
