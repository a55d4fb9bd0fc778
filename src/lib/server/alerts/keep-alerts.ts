import type { ClickHouseClient } from '@clickhouse/client';
import type { Settings } from '../../../../settings/open-settings.ts';
import { keepTask } from '../keep-task.ts';
import { deliverAlerts } from './deliver-alerts.ts';
import { evaluateAlerts } from './evaluate-alerts.ts';
import type { AlertOutlets } from './send-alert.ts';

/**
 * Evaluates every rule and delivers what is due, every `everyMs`, in one of the processes that do this.
 *
 * @returns a function that ends it, once the round under way is through
 */
export function keepAlerts({
	client,
	settings,
	outlets,
	origin,
	everyMs,
	onError
}: {
	client: () => Promise<ClickHouseClient>;
	settings: () => Promise<Settings>;
	outlets: AlertOutlets;
	origin: string;
	everyMs: number;
	onError: (error: unknown) => void;
}): () => Promise<void> {
	return keepTask({
		...{ lease: 'alerts', settings, everyMs, onError },
		run: async (store) => {
			await evaluateAlerts({ client: await client(), settings: store });
			await deliverAlerts({ settings: store, outlets, origin });
		}
	});
}
