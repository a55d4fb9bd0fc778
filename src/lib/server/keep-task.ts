import { randomUUID } from 'node:crypto';
import { holdLease, releaseLease } from '../../../settings/leases.ts';
import type { Settings } from '../../../settings/open-settings.ts';

/**
 * Does something every `everyMs`, in one of the processes that offer to: whoever holds the lease; another takes over when it is silent for
 * three rounds.
 *
 * @returns a function that ends it, once the round under way is through
 */
export function keepTask({
	lease,
	settings: open,
	everyMs,
	run,
	onError
}: {
	/** Its name. */
	lease: string;
	/** Opened at the first round, not before: the store may not be there yet. */
	settings: () => Promise<Settings>;
	everyMs: number;
	run: (settings: Settings) => Promise<void>;
	onError: (error: unknown) => void;
}): () => Promise<void> {
	const holder = randomUUID();
	let ended = false;
	let timer: NodeJS.Timeout | undefined;
	let round = Promise.resolve();

	async function runOnce(): Promise<void> {
		const settings = await open();
		if (await holdLease(settings, { name: lease, holder, forMs: 3 * everyMs })) await run(settings);
	}

	function next(): void {
		if (ended) return;
		timer = setTimeout(() => {
			round = runOnce().catch(onError).then(next);
		}, everyMs);
		timer.unref();
	}
	next();

	return async () => {
		ended = true;
		clearTimeout(timer);
		await round;
		await releaseLease(await open(), { name: lease, holder }).catch(onError);
	};
}
