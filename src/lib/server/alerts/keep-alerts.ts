import type { ClickHouseClient } from '@clickhouse/client';
import { randomUUID } from 'node:crypto';
import { holdLease, releaseLease } from '../../../../settings/leases.ts';
import type { Settings } from '../../../../settings/open-settings.ts';
import { deliverAlerts } from './deliver-alerts.ts';
import { evaluateAlerts } from './evaluate-alerts.ts';
import type { AlertOutlets } from './send-alert.ts';

const LEASE = 'alerts';

/**
 * Evaluates every rule and delivers what is due, every `everyMs`, in one of the processes that do this: whoever holds the lease; another
 * takes over when it is silent for three rounds.
 *
 * @returns a function that ends it, once the round under way is through
 */
export function keepAlerts({
	open,
	outlets,
	origin,
	everyMs,
	onError
}: {
	/** Opened at the first round, not before: the stores may not be there yet. */
	open: () => Promise<{ client: ClickHouseClient; settings: Settings }>;
	outlets: AlertOutlets;
	origin: string;
	everyMs: number;
	onError: (error: unknown) => void;
}): () => Promise<void> {
	const holder = randomUUID();
	let ended = false;
	let timer: NodeJS.Timeout | undefined;
	let round = Promise.resolve();

	async function run(): Promise<void> {
		const { client, settings } = await open();
		if (!(await holdLease(settings, { name: LEASE, holder, forMs: 3 * everyMs }))) return;
		await evaluateAlerts({ client, settings });
		await deliverAlerts({ settings, outlets, origin });
	}

	function next(): void {
		if (ended) return;
		timer = setTimeout(() => {
			round = run().catch(onError).then(next);
		}, everyMs);
		timer.unref();
	}
	next();

	return async () => {
		ended = true;
		clearTimeout(timer);
		await round;
		const { settings } = await open();
		await releaseLease(settings, { name: LEASE, holder }).catch(onError);
	};
}
